"""Which lines of one text another one keeps."""

from collections.abc import Sequence
from difflib import SequenceMatcher

Change = tuple[str, int, int, int, int]
"""(tag, first, last, from_new, to_new), as SequenceMatcher.get_opcodes gives them."""


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """How `old` becomes `new`: what both begin with is kept first, then what both end with, as git has it.

    So of two like lines of which one goes, the lower one goes, and an insertion stands as low as it can.
    """
    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    tail = next((at for at in range(shortest - head) if old[-1 - at] != new[-1 - at]), shortest - head)
    middle = (old[head : len(old) - tail], new[head : len(new) - tail])
    found: list[Change] = [("equal", 0, head, 0, head)]
    if any(middle):
        found += shifted(SequenceMatcher(None, *middle, autojunk=False).get_opcodes(), head, head)
    found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return [change for change in found if change[1] < change[2] or change[3] < change[4]]


def shifted(found: Sequence[Change], old: int, new: int) -> list[Change]:
    """The same changes of texts that begin at these lines of longer ones."""
    return [
        (tag, first + old, last + old, from_new + new, to_new + new)
        for tag, first, last, from_new, to_new in found
    ]


def common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines that are not blank both have."""
    return sum(
        bool(text.strip())
        for tag, first, last, *_ in changes(old, new)
        if tag == "equal"
        for text in old[first:last]
    )
