"""Where a quoted piece of text stands in a file, and how its replacement is spelled there."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

_SHOWN = 12
"""Lines of the file that a refusal quotes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text, in characters."""

    start: int
    end: int


def places(text: str, old: str) -> tuple[Place, ...]:
    """Every place where `old` stands in `text`, overlapping ones too; CRLF and LF count as the same."""
    view, wanted = _as_lf(text), _as_lf(old)
    returns = _returns(text) if len(view) < len(text) else []
    found = []
    start = view.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        found.append(Place(start + bisect_left(returns, start), end + bisect_left(returns, end)))
        start = view.find(wanted, start + 1)
    return tuple(found)


def spelled(new: str, replaced: str, text: str) -> str:
    """`new` with the line ends of the stretch it replaces; lines that it keeps keep their own.

    Where that stretch has no line end, those of most of the `text` are used.
    """
    lines = _split(_as_lf(new))
    endings = {_ending(line) for line in _split(replaced)} - {""}
    if len(endings) == 2:
        return _kept(lines, _split(replaced))
    ending = endings.pop() if endings else _usual(text)
    return "".join(_ended(line, ending) for line in lines)


def line_of(text: str, offset: int) -> int:
    """1-based."""
    return text.count("\n", 0, offset) + 1


def nearest(text: str, old: str) -> str:
    """The lines of `text`, numbered, that come nearest to `old`; empty for an empty text."""
    lines = _as_lf(text).removesuffix("\n").split("\n")
    wanted = _as_lf(old).strip("\n").split("\n")
    first = _best_start([line.strip() for line in lines], [line.strip() for line in wanted])
    first = max(0, first - 1)
    last = min(len(lines), first + min(len(wanted) + 2, _SHOWN))
    return (
        "\n".join(f"{number + 1:5}| {lines[number][:200]}" for number in range(first, last)) if text else ""
    )


def _best_start(lines: list[str], wanted: list[str]) -> int:
    """The line index at which most of `wanted` would stand, or the one that shares most words with it."""
    positions: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line:
            positions.setdefault(line, []).append(index)
    votes = Counter(
        index - offset for offset, line in enumerate(wanted) for index in positions.get(line, ())[:50]
    )
    if votes:
        return max(0, votes.most_common(1)[0][0])
    words = set(" ".join(wanted).split())
    return max(range(len(lines)), key=lambda index: len(words & set(lines[index].split())))


def _as_lf(text: str) -> str:
    return text.replace("\r\n", "\n")


def _returns(text: str) -> list[int]:
    """Offsets, in the text with LF line ends, of the line feeds that follow a carriage return in `text`."""
    offsets: list[int] = []
    at = text.find("\r\n")
    while at >= 0:
        offsets.append(at - len(offsets))
        at = text.find("\r\n", at + 2)
    return offsets


def _split(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ending(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else ""


def _ended(line: str, ending: str) -> str:
    return line[:-1] + ending if line.endswith("\n") else line


def _usual(text: str) -> str:
    pairs = text.count("\r\n")
    return "\r\n" if pairs > text.count("\n") - pairs else "\n"


def _kept(new: list[str], old: list[str]) -> str:
    """`new` over lines of mixed ends: a line that `old` has too is taken from there."""
    usual = _usual("".join(old))
    plain = [_as_lf(line) for line in old]
    taken = []
    for tag, first, last, from_new, to_new in SequenceMatcher(None, plain, new, autojunk=False).get_opcodes():
        same = tag == "equal"
        taken += old[first:last] if same else [_ended(line, usual) for line in new[from_new:to_new]]
    return "".join(taken)
