"""Where a text stands in another as it is, line ends aside, and whether whole lines are meant."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_MOST = 1000
"""Places: who quotes something that stands more often than this did not mean one of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text, in characters."""

    start: int
    end: int


def places(text: str, old: str) -> tuple[Place, ...]:
    """Every place where `old` stands in `text`, overlapping ones too; CRLF and LF count as the same.

    Where there is one, so does the last line of a text that does not end it, and `old` does.
    """
    view, wanted = as_lf(text), as_lf(old)
    returns = _returns(text) if len(view) < len(text) else []
    found = list(_found(view, wanted))
    if found and wanted.endswith("\n") and view.endswith(f"\n{wanted[:-1]}") and not view.endswith("\n"):
        found.append((len(view) - len(wanted) + 1, len(view)))
    return tuple(
        Place(start + bisect_left(returns, start), end + bisect_left(returns, end)) for start, end in found
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
    whole = tuple(place for place in found if is_whole(text, old, place))
    many = "\n" in old.strip("\r\n")
    if old[:1] in (" ", "\t") or many or old.endswith("\n"):
        if whole:
            return whole
        return tuple(place for place in found if _is_tail(text, old, place, many))
    return tuple(
        place
        for place in found
        if place in whole or not (_splits_a_word(text, place) or _is_behind(text, old, place))
    )


def _is_behind(text: str, old: str, place: Place) -> bool:
    """Whether `old` begins with the end of a line of which the file has blanks that it leaves out."""
    return old[0] in "\r\n" and begun(text, place.start).isspace()


def is_whole(text: str, old: str, place: Place) -> bool:
    """Whether whole lines are quoted, but for the blanks at their ends."""
    return _starts_line(text, old, place.start) and ends_line(text, old, place.end)


def _starts_line(text: str, old: str, start: int) -> bool:
    before = begun(text, start)
    return before in ("", "\ufeff") or (before.isspace() and not old[0].isspace())


def ends_line(text: str, old: str, end: int) -> bool:
    if old.endswith("\n"):
        return True
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return end == len(text) or text[end] in "\r\n"


def _is_tail(text: str, old: str, place: Place, many: bool) -> bool:
    """The end of a line and what follows; or the beginning of one line, its blanks included."""
    if _splits_a_word(text, place):
        return False
    if ends_line(text, old, place.end):
        return not begun(text, place.start).isspace()
    return not many and not begun(text, place.start)


def _splits_a_word(text: str, place: Place) -> bool:
    return _joins(text, place.start) or _joins(text, place.end)


def _joins(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_word(text[at - 1]) and _is_word(text[at])


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def begun(text: str, at: int) -> str:
    """What stands before this place on its line."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return text[start:at]


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
