"""Two changes of one text, made apart, brought together line by line; where they meet, neither is guessed."""

from tokenroi_cli.workspace.diff import Region, changes, lines

_Side = tuple[Region, list[str]]
"""A stretch of the common text, and the text in which it reads otherwise."""


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """`base` with what `ours` and `theirs` each made of it; None when both changed the same lines.

    Lines that touch count as the same: whether they belong together only their author knows. What holds a NUL
    is no text, and is not merged.
    """
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if any(b"\0" in text for text in (base, ours, theirs)):
        return None
    texts = [lines(text.decode("utf-8", "surrogateescape")) for text in (base, ours, theirs)]
    merged = _merged(*texts)
    return None if merged is None else merged.encode("utf-8", "surrogateescape")


def _merged(base: list[str], *texts: list[str]) -> str | None:
    sides = sorted(
        ((region, text) for text in texts for region in changes(base, text)), key=lambda side: side[0]
    )
    parts = list[str]()
    at = 0
    last: _Side | None = None
    for side in sides:
        (first, end, new_first, new_end), text = side
        if last is not None and text is not last[1] and first <= last[0][1]:
            if _replaced(side) == _replaced(last):
                continue  # both made the same change
            return None
        parts += base[at:first] + text[new_first:new_end]
        at, last = end, side
    return "".join(parts + base[at:])


def _replaced(side: _Side) -> tuple[int, int, list[str]]:
    (first, end, new_first, new_end), text = side
    return first, end, text[new_first:new_end]
