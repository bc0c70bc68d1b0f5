"""New lines as the file spells them: what the model lost or decorated in the old ones, undone."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

from tokenroi_cli.workspace.matching.keys import plain_spelling

_LIKE = 0.5
"""How alike a new line and an old one must be for one to be a version of the other."""

_COMPARED = 400
"""Characters: longer lines are not compared sign by sign."""

_AROUND = 2
"""Characters beside the same ones that a new line must have kept, too, for them to be the same."""

_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


def version_of(texts: Mapping[int, str], text: str) -> int | None:
    """Which of the old lines `text` is a version of."""
    wanted = text.strip()
    if not texts or not wanted or len(wanted) > _COMPARED:
        return None
    likeness = {index: _ratio(texts[index].strip(), wanted) for index in list(texts)[:50]}
    best = max(likeness, key=lambda index: likeness[index])
    return best if likeness[best] >= _LIKE else None


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right, autojunk=False).ratio() if len(left) <= _COMPARED else 0.0


def carried_over(old: str, there: str, new: str) -> str:
    """`new`, with what the file spells otherwise than `old` spelled as in the file, where `new` kept it."""
    if old == there or old.rstrip() == there.rstrip():
        return new
    kept = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    pieces = list(new)
    for tag, first, last, from_there, to_there in SequenceMatcher(
        None, old, there, autojunk=False
    ).get_opcodes():
        spans = [
            block
            for block in kept
            if block.a <= first and last <= block.a + block.size and block.size >= last - first + _AROUND
        ]
        if tag == "equal" or not spans or (last == len(old) and not there[from_there:to_there].strip()):
            continue
        at = spans[0].b + first - spans[0].a
        if tag == "insert":
            pieces[at : at + 1] = [there[from_there:to_there] + (pieces[at] if at < len(pieces) else "")]
            continue
        pieces[at] = there[from_there:to_there]
        pieces[at + 1 : at + last - first] = [""] * (last - first - 1)
    return "".join(pieces)


def as_spelled(quoted: str, real: str) -> Callable[[str], str]:
    """How a new line is spelled where the file has `real` for `quoted`.

    Only signs that the model wrote for others in the old text are undone: what it has nowhere else is meant.
    """
    foreign = {ord(sign): plain_spelling(sign) for sign in {*quoted} - {*real} if not sign.isascii()}
    if plain_spelling(real) != real:
        foreign = {}
    forms = [
        form
        for form in _FORMS
        if unicodedata.is_normalized(form, real) and not unicodedata.is_normalized(form, quoted)
    ]

    def spelled(text: str) -> str:
        if text.isascii() or quoted == real:
            return text
        text = text.translate(foreign)
        for form in forms:
            text = unicodedata.normalize(form, text)
        return text

    return spelled


def without_added_tails(old: Sequence[str], there: Sequence[str], new: Sequence[str]) -> Sequence[str]:
    """New lines without the white space that the model puts behind lines, and the file has not.

    Gone from what is an old line again, and where all new lines have it. Behind some only, it is what those
    lines shall have; behind a backslash, it is an escaped blank.
    """
    pairs = [(mine, real) for mine, real in zip(old, there, strict=True) if not tail_of(real)]
    wrong = {mine for mine, _ in pairs if tail_of(mine)}
    others = [text for text in new if text not in wrong]
    tails = {tail_of(text) for text in others if text.strip()} or {tail_of(text) for text in others}
    behind_all = all(tail_of(mine) for mine, _ in pairs if mine.strip())
    if behind_all and len(tails) == 1 and tails <= {tail_of(text) for text in wrong}:
        wrong |= {text for text in others if not text.rstrip().endswith("\\")}
    return [text.rstrip() if text in wrong else text for text in new]


def tail_of(text: str) -> str:
    """The white space at its end."""
    return text[len(text.rstrip()) :]
