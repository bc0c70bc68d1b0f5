"""Where the lines of a quoted block stand in a file, under one notion of which lines are the same."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

from tokenroi_cli.workspace.matching.keys import Key
from tokenroi_cli.workspace.matching.lines import Lines

MOST = 200
"""Places looked at for one block; that many are as good as any."""

_SOUGHT = 3
"""Lines of a block, the longest ones, of which the rarest is looked for."""

_SLIP = 2
"""Characters that a slip gets wrong in a line, or a tenth of the line if that is more."""

_TELLING = "=<>!&|+-*/%^~"
"""Signs that nobody writes by a slip: with another operator or number, it is another line."""

_LONG = 2000
"""Characters: a longer line is not compared sign by sign."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of lines, first:last exclusive, and which quoted line is which of them."""

    first: int
    last: int
    pairs: dict[int, int]


class Keyed:
    """The lines of a file under one key, made once for all hunks."""

    def __init__(self, lines: Lines, key: Key) -> None:
        self.lines = lines
        self.key = key

    @cached_property
    def keys(self) -> list[str]:
        return [self.key(text) for text in self.lines.texts]

    @cached_property
    def index(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, key in enumerate(self.keys):
            found.setdefault(key, []).append(at)
        return found

    @cached_property
    def filled(self) -> list[int]:
        """Lines that are not blank."""
        return [at for at, key in enumerate(self.keys) if key.strip()]

    @cached_property
    def filled_keys(self) -> list[str]:
        return [self.keys[at] for at in self.filled]


def same_lines(file: Keyed, old: Lines) -> list[Window]:
    """Every stretch whose lines are the quoted ones, one for one."""
    wanted = [file.key(text) for text in old.texts]
    return [
        Window(first, first + len(wanted), {index: first + index for index in range(len(wanted))})
        for first in _runs(file.keys, wanted)
    ]


def _runs(keys: list[str], wanted: list[str]) -> list[int]:
    """Starts of `wanted` in `keys`. Sought by a line that is likely to be rare: faster than any index."""
    longest = sorted((at for at, key in enumerate(wanted) if key.strip()), key=lambda at: -len(wanted[at]))
    found = [(at, _spots(keys, wanted[at])) for at in longest[:_SOUGHT]]
    if not found:
        return []
    rarest, spots = min(found, key=lambda each: len(each[1]))
    starts = (at - rarest for at in spots)
    return [start for start in starts if start >= 0 and keys[start : start + len(wanted)] == wanted][:MOST]


def _spots(keys: list[str], key: str) -> list[int]:
    """Where a key stands."""
    found: list[int] = []
    with suppress(ValueError):
        while True:
            found.append(keys.index(key, found[-1] + 1 if found else 0))
    return found


def same_filled_lines(file: Keyed, old: Lines) -> list[Window]:
    """Every stretch whose lines are the quoted ones when blank lines are left out of both."""
    mine = [at for at, text in enumerate(old.texts) if file.key(text).strip()]
    wanted = [file.key(old.texts[at]) for at in mine]
    if not wanted:
        return []
    return [
        _with_blanks(file, old, mine, file.filled[start : start + len(wanted)])
        for start in _runs(file.filled_keys, wanted)
    ]


def _with_blanks(file: Keyed, old: Lines, mine: list[int], there: list[int]) -> Window:
    """Blank lines beside each other are paired in order, as many as both have."""
    pairs = dict(zip(mine, there, strict=True))
    for (before, after), (above, below) in zip(pairwise(mine), pairwise(there), strict=True):
        pairs |= dict(zip(range(before + 1, after), range(above + 1, below), strict=False))
    first, last = there[0], there[-1]
    for index in range(mine[0] - 1, -1, -1):
        if first == 0 or file.keys[first - 1].strip():
            break
        first -= 1
        pairs[index] = first
    for index in range(mine[-1] + 1, len(old.texts)):
        if last + 1 == len(file.keys) or file.keys[last + 1].strip():
            break
        last += 1
        pairs[index] = last
    return Window(first, last + 1, dict(sorted(pairs.items())))


def elided(file: Keyed, old: Lines, is_elision: Callable[[str], bool]) -> list[Window]:
    """Every stretch that holds the quoted lines in order, with any lines where an elision stands."""
    parts = _parts(old, is_elision)
    if len(parts) < 2 or any(not old.between(*part).texts for part in parts):
        return []
    found = [same_lines(file, old.between(*part)) for part in parts]
    windows = []
    for chain in _chains(found, 0, 0):
        pairs = {
            part[0] + index: at
            for part, window in zip(parts, chain, strict=True)
            for index, at in window.pairs.items()
        }
        windows.append(Window(chain[0].first, chain[-1].last, pairs))
    return windows[:MOST]


def _parts(old: Lines, is_elision: Callable[[str], bool]) -> list[tuple[int, int]]:
    marks = [at for at, text in enumerate(old.texts) if is_elision(text)]
    edges = [-1, *marks, len(old.texts)]
    return [(before + 1, after) for before, after in pairwise(edges)]


def _chains(found: list[list[Window]], part: int, start: int) -> list[list[Window]]:
    """Ways to take one window of each part, each after the one before; at most MOST."""
    if part == len(found):
        return [[]]
    chains: list[list[Window]] = []
    for window in found[part]:
        if window.first >= start and len(chains) < MOST:
            chains += [
                [window, *rest] for rest in _chains(found, part + 1, window.last)[: MOST - len(chains)]
            ]
    return chains


def misquoted(file: Keyed, old: Lines) -> list[tuple[Window, int]]:
    """Stretches in which all lines but one are the quoted ones, and the index of that one.

    Two lines may differ in what comes back: the caller refuses when such a stretch is near.
    """
    wanted = [file.key(text) for text in old.texts]
    filled = [at for at, key in enumerate(wanted) if key.strip()]
    if len(filled) < 4:
        return []
    rare = sorted(filled, key=lambda at: (len(file.index.get(wanted[at], ())), at))
    known = [at for at in rare if wanted[at] in file.index][:3]
    starts = {at - index for index in known for at in file.index[wanted[index]][:MOST]}
    found = []
    for start in sorted(start for start in starts if 0 <= start <= len(file.keys) - len(wanted)):
        wrong = [at for at, key in enumerate(wanted) if file.keys[start + at] != key]
        if len(wrong) <= 2:
            window = Window(start, start + len(wanted), {at: start + at for at in range(len(wanted))})
            found.append((window, wrong[0] if len(wrong) == 1 else -1))
    return found


def near(quoted: str, there: str, *, first: bool, last: bool) -> bool:
    """Whether one line may be a misquotation of the other, and is none that was cut off.

    `first`, `last`: whether it is at that end of the block, where a quotation may break off.
    """
    mine, real = quoted.strip(), there.strip()
    if not mine or not real or (first and _is_cut(mine[::-1], real[::-1])) or (last and _is_cut(mine, real)):
        return False
    if max(len(mine), len(real)) > _LONG:
        return False
    codes = SequenceMatcher(None, mine, real, autojunk=False).get_opcodes()
    signs = {
        sign
        for tag, first, last, since, to in codes
        if tag != "equal"
        for sign in mine[first:last] + real[since:to]
    }
    if any(sign.isdigit() or sign in _TELLING for sign in signs):
        return False
    wrong = sum(max(last - first, to - since) for tag, first, last, since, to in codes if tag != "equal")
    return wrong <= max(_SLIP, len(mine) // 10)


def _is_cut(mine: str, real: str) -> bool:
    """Whether the end of `real` is missing in `mine`, which may be written with escapes."""
    return real.startswith(mine) or (len(real) > len(mine) + 2 and real[-2:] != mine[-2:])
