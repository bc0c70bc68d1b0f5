"""The rungs below the text as it is, each looser than the one before."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tokenroi_cli.workspace.matching.compose import Block, keeps
from tokenroi_cli.workspace.matching.hunk import Fit, Reading, Text
from tokenroi_cli.workspace.matching.indent import reindent
from tokenroi_cli.workspace.matching.keys import BLANK, TYPOGRAPHY, Key, exact, trailing
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
        old = _quoted(reading)
        for key in _telling(file, reading, keys):
            for window in same_lines(file.keyed(key), old):
                yield _fit(file, reading, window)

    return rung


def _by_indentation(find: Callable[[Keyed, Lines], list[Window]]) -> Rung:
    """One rule must take the indentation of all quoted lines to that of the file."""

    def rung(file: Text, reading: Reading) -> Iterator[Fit]:
        old = _quoted(reading)
        if not any(sign.isalnum() for sign in reading.old):
            return
        for key in _telling(file, reading, BLANK):
            for window in find(file.keyed(key), old):
                mine = [old.texts[index] for index in window.pairs]
                rule = reindent(mine, [file.lines.texts[at] for at in window.pairs.values()])
                if rule is not None:
                    fit = _fit(file, reading, window)
                    yield replace(fit, block=replace(fit.block, reshape=rule))

    return rung


def _by_filled_lines(file: Text, reading: Reading) -> Iterator[Fit]:
    for key in _telling(file, reading, TYPOGRAPHY):
        for window in same_filled_lines(file.keyed(key), _quoted(reading)):
            yield _fit(file, reading, window)


def _by_elision(file: Text, reading: Reading) -> Iterator[Fit]:
    """`...` in both texts stands for the same lines; where only one has it, those cannot be known."""
    old = _quoted(reading)
    marks = _elisions(old.texts)
    news = tuple(new for new in reading.news if _elisions(new.splitlines()) == marks)
    if not marks or not news:
        return
    for key in _telling(file, reading, TYPOGRAPHY):
        for window in elided(file.keyed(key), old, is_elision):
            yield _fit(file, replace(reading, news=news), window)


def _elisions(lines: tuple[str, ...] | list[str]) -> list[str]:
    return [line.strip() for line in lines if is_elision(line)]


def _by_misquotation(file: Text, reading: Reading) -> Iterator[Fit]:
    """One context line of a block is misquoted, and no other stretch comes near."""
    old = _quoted(reading)
    for key in _telling(file, reading, TYPOGRAPHY):
        found = misquoted(file.keyed(key), old)
        if len(found) == 1:
            window, index = found[0]
            news = _keeping(reading, old, file.there(window), index) if index >= 0 else ()
            if news:
                yield _fit(file, replace(reading, news=news), window)
        if found:
            return


def _keeping(reading: Reading, old: Lines, there: Lines, index: int) -> tuple[str, ...]:
    """The new texts that keep the misquoted line, as it was quoted or as it stands; no other may apply."""
    if not near(old.texts[index], there.texts[index]):
        return ()
    return tuple(
        new for new in reading.news if keeps(old, Lines.of(new), index) or keeps(there, Lines.of(new), index)
    )


def _telling(file: Text, reading: Reading, keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The keys that may differ from each other: on ASCII, ways to read typographic characters do not."""
    return keys[:1] if file.text.isascii() and reading.old.isascii() else keys


def _quoted(reading: Reading) -> Lines:
    """The quoted lines; a byte order mark is no part of the first one."""
    return Lines.of(reading.old.removeprefix("\ufeff"))


def _fit(file: Text, reading: Reading, window: Window) -> Fit:
    pairs = {mine: at - window.first for mine, at in window.pairs.items()}
    block = Block(file.there(window), _quoted(reading), pairs, lambda line: line, file.usual_end)
    return Fit(reading, window, block)


RUNGS: tuple[Rung, ...] = (
    _by_lines(exact),
    _by_lines(trailing),
    _by_lines(*TYPOGRAPHY),
    _by_indentation(same_lines),
    _by_filled_lines,
    _by_indentation(same_filled_lines),
    _by_elision,
    _by_misquotation,
)
"""In this order: only line ends, white space at the end, quotes and dashes, indentation, blank lines, both,
elisions, one misquoted line."""
