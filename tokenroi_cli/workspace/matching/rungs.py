"""The rungs below the text as it is, each looser than the one before."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tokenroi_cli.workspace.matching.compose import keeps
from tokenroi_cli.workspace.matching.framing import Block
from tokenroi_cli.workspace.matching.hunk import Fit, Reading, Text
from tokenroi_cli.workspace.matching.indent import reindent
from tokenroi_cli.workspace.matching.keys import BLANK, DASHES, TYPOGRAPHY, Key, exact, trailing
from tokenroi_cli.workspace.matching.lines import Lines
from tokenroi_cli.workspace.matching.placeholders import is_elision
from tokenroi_cli.workspace.matching.windows import (
    Keyed,
    Window,
    elided,
    misquoted,
    near,
    same_filled_lines,
    same_lines,
)

Rung = Callable[[Text, Reading], Iterator[Fit]]
"""Every place where a reading fits."""


def _by_lines(*keys: Key) -> Rung:
    def rung(file: Text, reading: Reading) -> Iterator[Fit]:
        old = _quoted(file, reading)
        if file.is_plain and reading.old.isascii() and not file.may_have(old):
            return
        for key in _telling(file, reading, keys):
            for window in same_lines(file.keyed(key), old):
                yield _fit(file, reading, window)

    return rung


def _by_indentation(find: Callable[[Keyed, Lines], list[Window]], *, blanks: bool) -> Rung:
    """One rule must take the indentation of all quoted lines to that of the file.

    `blanks`: whether blank lines count.
    """

    def rung(file: Text, reading: Reading) -> Iterator[Fit]:
        old = _quoted(file, reading)
        if not _says_something(reading) or _same_but(reading, BLANK[0], blanks=blanks):
            return
        for key in _telling(file, reading, BLANK):
            for window in find(file.keyed(key), old):
                mine = [old.texts[index] for index in window.pairs]
                there = file.there(window).texts
                rule = reindent(mine, [there[at - window.first] for at in window.pairs.values()])
                if rule is not None:
                    fit = _fit(file, reading, window)
                    yield replace(fit, block=replace(fit.block, reshape=rule))

    return rung


def _by_filled_lines(file: Text, reading: Reading) -> Iterator[Fit]:
    if not _says_something(reading) or _same_but(reading, trailing, blanks=False):
        return
    for key in _telling(file, reading, TYPOGRAPHY):
        for window in same_filled_lines(file.keyed(key), _quoted(file, reading)):
            yield _fit(file, reading, window)


def _says_something(reading: Reading) -> bool:
    """Brackets alone stand anywhere, and in any indentation."""
    return any(sign.isalnum() for sign in reading.old)


def _same_but(reading: Reading, key: Key, *, blanks: bool) -> bool:
    """Whether the edit changes nothing but what the rung overlooks: it cannot tell it from a misquotation."""
    old, *news = (
        [key(line) for line in text.splitlines() if blanks or line.strip()]
        for text in (reading.old, *reading.news)
    )
    return old in news


def _by_elision(file: Text, reading: Reading) -> Iterator[Fit]:
    """`...` in both texts stands for the same lines; where only one has it, those cannot be known."""
    old = _quoted(file, reading)
    marks = _elisions(old.texts)
    news = tuple(new for new in reading.news if _elisions(new.splitlines()) == marks)
    if not marks or not news:
        return
    for key in _telling(file, reading, TYPOGRAPHY):
        for window in elided(file.keyed(key), old, is_elision):
            fit = _fit(file, replace(reading, news=news), window)
            yield replace(fit, block=replace(fit.block, elided=True))


def _elisions(lines: tuple[str, ...] | list[str]) -> list[str]:
    return [line.strip() for line in lines if is_elision(line)]


def _by_misquotation(file: Text, reading: Reading) -> Iterator[Fit]:
    """One context line of a block is misquoted, and no other stretch comes near."""
    old = _quoted(file, reading)
    for key in _telling(file, reading, TYPOGRAPHY):
        found = misquoted(file.keyed(key), old)
        if len(found) == 1:
            window, index = found[0]
            news = _keeping(file, reading, window, index) if index >= 0 else ()
            if news:
                yield _fit(file, replace(reading, news=news), window)
        if found:
            return


def _keeping(file: Text, reading: Reading, window: Window, index: int) -> tuple[str, ...]:
    """The new texts that keep the misquoted line, as it was quoted or as it stands; no other may apply."""
    old, there = _quoted(file, reading), file.there(window)
    filled = [at for at, text in enumerate(old.texts) if text.strip()]
    first, last = index == filled[0], index == filled[-1]
    if not near(old.texts[index], there.texts[index], first=first, last=last):
        return ()
    return tuple(
        new for new in reading.news if keeps(old, file.cut(new), index) or keeps(there, file.cut(new), index)
    )


def _telling(file: Text, reading: Reading, keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The keys that may differ from each other: they do in how they read long dashes."""
    return keys if any(dash in text for dash in DASHES for text in (file.text, reading.old)) else keys[:1]


def _quoted(file: Text, reading: Reading) -> Lines:
    """The quoted lines; a byte order mark is no part of the first one."""
    return file.cut(reading.old.removeprefix("\ufeff"))


def _fit(file: Text, reading: Reading, window: Window) -> Fit:
    pairs = {mine: at - window.first for mine, at in window.pairs.items()}
    block = Block(file.there(window), _quoted(file, reading), pairs, lambda line: line, file.usual_end)
    return Fit(reading, window, block)


RUNGS: tuple[Rung, ...] = (
    _by_lines(exact),
    _by_lines(trailing),
    _by_lines(*TYPOGRAPHY),
    _by_indentation(same_lines, blanks=True),
    _by_filled_lines,
    _by_indentation(same_filled_lines, blanks=False),
    _by_elision,
    _by_misquotation,
)
"""In this order: only line ends, white space at the end, quotes and dashes, indentation, blank lines, both,
elisions, one misquoted line."""
