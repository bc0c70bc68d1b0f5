"""Where a text stands in another as it is, line ends aside, and whether whole lines are meant."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from tokenroi_cli.workspace.matching.lines import end_of, lead_of, usual_end

_MOST = 1000
"""Places: who quotes something that stands more often than this did not mean one of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text, in characters."""

    start: int
    end: int


def places(text: str, old: str) -> tuple[Place, ...]:
    """Every place where `old` stands in `text`, overlapping ones too; CRLF and LF count as the same."""
    view, wanted = as_lf(text), as_lf(old)
    returns = _returns(text) if len(view) < len(text) else []
    return tuple(
        Place(start + bisect_left(returns, start), end + bisect_left(returns, end))
        for start, end in _found(view, wanted)
    )


def _found(view: str, wanted: str) -> Iterator[tuple[int, int]]:
    start = view.find(wanted)
    count = 0
    while start >= 0 and count < _MOST:
        yield start, start + len(wanted)
        count += 1
        start = view.find(wanted, start + 1)


def meant(text: str, old: str) -> tuple[Place, ...]:
    """Of the places where `old` stands, those that a person who quotes it would mean.

    Whole lines before pieces of lines, and never a piece of a word: `x = 1` does not mean `max = 10`.
    """
    found = places(text, old)
    whole = tuple(place for place in found if _is_whole(text, old, place))
    many = "\n" in old.strip("\r\n")
    if old[:1] in (" ", "\t") or many or old.endswith("\n"):
        if whole:
            return whole
        return tuple(place for place in found if _is_tail(text, old, place, many))
    return tuple(place for place in found if place in whole or not _splits_a_word(text, place))


def _is_whole(text: str, old: str, place: Place) -> bool:
    return _starts_line(text, old, place.start) and _ends_line(text, old, place.end)


def _starts_line(text: str, old: str, start: int) -> bool:
    before = text[_line_start(text, start) : start]
    return before in ("", "\ufeff") or text[start] in "\r\n" or (before.isspace() and not old[0].isspace())


def _ends_line(text: str, old: str, end: int) -> bool:
    return end == len(text) or old.endswith("\n") or text[end] in "\r\n"


def _is_tail(text: str, old: str, place: Place, many: bool) -> bool:
    """The end of a line and what follows; or the beginning of one line, its blanks included."""
    if _splits_a_word(text, place):
        return False
    if _ends_line(text, old, place.end):
        begun = text[_line_start(text, place.start) : place.start]
        return not begun.isspace()
    return not many and place.start == _line_start(text, place.start)


def _splits_a_word(text: str, place: Place) -> bool:
    return _joins(text, place.start) or _joins(text, place.end)


def _joins(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_word(text[at - 1]) and _is_word(text[at])


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def stands_already(text: str, old: str, new: str, place: Place) -> bool:
    """Whether the new text, which holds the old one, is what stands around this place."""
    wanted, fresh = as_lf(old), as_lf(new)
    if not wanted or wanted == fresh:
        return False
    reach = 2 * len(new)
    before = as_lf(text[max(0, place.start - reach) : place.start])
    after = as_lf(text[place.end : place.end + reach])
    return any(
        before.endswith(fresh[:at]) and after.startswith(fresh[end:]) for at, end in _found(fresh, wanted)
    )


def in_its_place(text: str, old: str, new: str, place: Place) -> str:
    """`new` as it is spelled in the place of `old`: line ends of the file, indentation once."""
    before = text[_line_start(text, place.start) : place.start]
    if before and before.isspace() and not old[0].isspace():
        new = _after_its_blanks(old, new, before)
    return spelled(new, text[place.start : place.end], text)


def _after_its_blanks(old: str, new: str, lead: str) -> str:
    """`new` for a place right after the blanks that its first line begins with, and `old` does not.

    The model left them out on the first line only, or on every line; what it shows of the others decides.
    """
    first, *rest = as_lf(new).split("\n")
    others = [line for line in rest if line.strip()]
    is_absolute = first.startswith(lead) and all(line.startswith(lead) for line in others)
    if is_absolute and (first.strip() != old.strip() or others):
        return new.removeprefix(lead)
    if "\n" in old.strip("\n") or not others or lead_of(first):
        return new
    opens = first.rstrip().endswith((":", "{", "(", "[", ",", "=", "\\", "=>", "->", "do", "then"))
    if all(line.startswith(lead) for line in others) and not (opens and lead_of(others[0]) == lead):
        return new
    if not any(lead_of(line) for line in others) and not opens:
        return new
    return "\n".join([first, *(lead + line if line.strip() else line for line in rest)])


def spelled(new: str, replaced: str, text: str) -> str:
    """`new` with the line ends of the stretch it replaces; lines that it keeps keep their own.

    Where that stretch has no line end, those of most of the `text` are used.
    """
    lines = _split(as_lf(new))
    endings = {_ending(line) for line in _split(replaced)} - {""}
    if len(endings) == 2:
        return _kept(lines, _split(replaced))
    ending = endings.pop() if endings else usual_end(text) if "\n" in text else "\n"
    return "".join(_ended(line, ending) for line in lines)


def as_lf(text: str) -> str:
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
    return end_of(line) if line.endswith("\n") else ""


def _ended(line: str, ending: str) -> str:
    return line[:-1] + ending if line.endswith("\n") else line


def _kept(new: list[str], old: list[str]) -> str:
    """`new` over lines of mixed ends: a line that `old` has too is taken from there."""
    usual = usual_end("".join(old))
    plain = [as_lf(line) for line in old]
    taken = []
    for tag, first, last, from_new, to_new in SequenceMatcher(None, plain, new, autojunk=False).get_opcodes():
        same = tag == "equal"
        taken += old[first:last] if same else [_ended(line, usual) for line in new[from_new:to_new]]
    return "".join(taken)
