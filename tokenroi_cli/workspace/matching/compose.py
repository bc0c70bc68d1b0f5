"""What a block of a file becomes: lines that the edit keeps stay as they are, byte for byte."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from tokenroi_cli.workspace.matching.keys import plain_spelling
from tokenroi_cli.workspace.matching.lines import PLAIN_ENDS, Lines, end_of, lead_of, usual_end

Reshape = Callable[[str], str | None]
"""A line as the model spells it -> as the file does."""

_LIKE = 0.5
"""How alike a new line and an old one must be for one to be a version of the other."""

_COMPARED = 400
"""Characters: longer lines are not compared sign by sign."""


_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


class Unmapped(Exception):
    """A new line has an indentation of which the old lines do not tell what it is in the file."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a file, and which of them each quoted line is."""

    there: Lines
    old: Lines
    pairs: Mapping[int, int]
    """Index of a quoted line -> of the line of the file; both rise. Lines without a partner are blank."""
    reshape: Reshape
    usual: str
    """The line end for new lines where the block has none."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the new text is compared with: the old text as the model wrote it, or the file's own lines."""

    texts: tuple[str, ...]
    pairs: Mapping[int, int]
    reshape: Reshape


def composed(block: Block, new: Lines) -> str:
    """The block with the edit done. Raises Unmapped.

    The new text is spelled as the old one is or as the file is, whichever it has more lines in common with.
    """
    frame = _frame(block, new)
    parts = _Output(block, new)
    codes = SequenceMatcher(None, _keys(frame.texts), _keys(new.texts), autojunk=False).get_opcodes()
    for tag, first, last, from_new, to_new in codes:
        if tag == "equal":
            for index in range(first, last):
                parts.keep(frame.pairs, index)
            continue
        dropped = [frame.pairs[index] for index in range(first, last) if index in frame.pairs]
        fresh = _respelled(block, frame, (first, last), new.texts[from_new:to_new])
        parts.replace(dropped, fresh, range(from_new, to_new))
    return parts.text()


def keeps(old: Lines, new: Lines, index: int) -> bool:
    """Whether this line of `old` is one that `new` leaves where it is."""
    found = SequenceMatcher(None, _keys(old.texts), _keys(new.texts), autojunk=False)
    return any(block.a <= index < block.a + block.size for block in found.get_matching_blocks())


def agreement(block: Block, new: Lines) -> int:
    """How many lines the new text shares with the old one or with the file, whichever is more."""
    return max(_common(block.old.texts, new.texts), _common(block.there.texts, new.texts))


def _frame(block: Block, new: Lines) -> _Frame:
    mine = _Frame(block.old.texts, block.pairs, block.reshape)
    theirs = _Frame(
        block.there.texts, {index: index for index in range(len(block.there.texts))}, lambda line: line
    )
    ours, real = _common(mine.texts, new.texts), _common(theirs.texts, new.texts)
    if ours != real:
        return theirs if real > ours else mine
    return theirs if _begins_like_the_file(block, new) else mine


def _begins_like_the_file(block: Block, new: Lines) -> bool:
    """Without a line in common, where the first line begins tells whose indentation the new text has."""
    first = next((text for text in new.texts if text.strip()), "")
    pair = next(((mine, there) for mine, there in block.pairs.items() if block.old.texts[mine].strip()), None)
    if pair is None or not first:
        return False
    mine, real = lead_of(block.old.texts[pair[0]]), lead_of(block.there.texts[pair[1]])
    return mine != real and lead_of(first) == real


def _keys(texts: tuple[str, ...]) -> list[str]:
    return [text.rstrip() for text in texts]


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    matcher = SequenceMatcher(None, _keys(left), _keys(right), autojunk=False)
    found = matcher.get_matching_blocks()
    return sum(1 for start, _, size in found for text in left[start : start + size] if text.strip())


class _Output:
    """The lines of the block as they come out, in order."""

    def __init__(self, block: Block, new: Lines) -> None:
        self._block = block
        self._new = new
        self._out: list[str] = []
        self._next = 0
        self._end = usual_end("".join(block.there.whole[:-1] or block.there.whole), block.usual)

    def keep(self, pairs: Mapping[int, int], index: int) -> None:
        """A quoted line that stays. One without a partner stands for all up to the next one that has one."""
        there = pairs.get(index)
        if there is None:
            stop = min((real for mine, real in pairs.items() if mine > index), default=self._next)
        else:
            stop = there + 1
        self._out += self._block.there.whole[self._next : stop]
        self._next = max(self._next, stop)

    def replace(self, dropped: list[int], fresh: list[str], indices: range) -> None:
        """Lines of the file that go, those between them included, and lines that come."""
        ends = [end_of(self._block.there.whole[index]) for index in dropped]
        if dropped:
            self._out += self._block.there.whole[self._next : dropped[0]]
            self._next = dropped[-1] + 1
        for number, (text, index) in enumerate(zip(fresh, indices, strict=True)):
            own = end_of(self._new.whole[index])
            there = ends[number] if number < len(ends) else ""
            end = there if there in PLAIN_ENDS else self._end
            self._out.append(text + (own if own and own not in PLAIN_ENDS else end))

    def text(self) -> str:
        whole = self._block.there.whole
        self._out += whole[self._next :]
        if self._out and whole and not end_of(whole[-1]) and not self._adds_last_end():
            self._out[-1] = self._out[-1][: len(self._out[-1]) - len(end_of(self._out[-1]))]
        last = len(self._out) - 1
        out = [line if end_of(line) or at == last else line + self._end for at, line in enumerate(self._out)]
        if out and whole and end_of(whole[-1]) and not end_of(out[-1]):
            out[-1] += self._end
        return "".join(out)

    def _adds_last_end(self) -> bool:
        """The file ends without a line end, the old text quotes that, and the new one has one."""
        old, new = self._block.old.whole, self._new.whole
        return bool(old and new) and not end_of(old[-1]) and bool(end_of(new[-1]))


def _respelled(block: Block, frame: _Frame, span: tuple[int, int], fresh: tuple[str, ...]) -> list[str]:
    """New lines in the file's indentation and, where they are versions of old lines, with its characters."""
    sources = [index for index in range(*span) if index in frame.pairs]
    out = []
    tails = _added_tails(block, frame)
    for text in fresh:
        text = text.rstrip() if _tail(text) in tails else text
        real = frame.reshape(text)
        if real is None:
            raise Unmapped(text)
        source = _source(frame, sources, text)
        if source is not None:
            old = frame.reshape(frame.texts[source])
            there = block.there.texts[frame.pairs[source]]
            real = _carried_over(old if old is not None else frame.texts[source], there, real)
        out.append(_as_spelled(block, frame, real))
    return out


def _added_tails(block: Block, frame: _Frame) -> frozenset[str]:
    """What the model put behind lines that have nothing there in the file."""
    pairs = ((frame.texts[mine], block.there.texts[there]) for mine, there in frame.pairs.items())
    return frozenset(_tail(mine) for mine, real in pairs if _tail(mine) and not _tail(real))


def _tail(text: str) -> str:
    return text[len(text.rstrip()) :]


def _source(frame: _Frame, sources: list[int], text: str) -> int | None:
    """The old line that `text` is a version of."""
    wanted = text.strip()
    if not sources or not wanted or len(wanted) > _COMPARED:
        return None
    likeness = {index: _ratio(frame.texts[index].strip(), wanted) for index in sources[:50]}
    best = max(likeness, key=lambda index: likeness[index])
    return best if likeness[best] >= _LIKE else None


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right, autojunk=False).ratio() if len(left) <= _COMPARED else 0.0


def _carried_over(old: str, there: str, new: str) -> str:
    """`new`, with what the file spells otherwise than `old` spelled as in the file, where `new` kept it."""
    if old == there or old.rstrip() == there.rstrip():
        return new
    kept = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    pieces = list(new)
    for tag, first, last, from_there, to_there in SequenceMatcher(
        None, old, there, autojunk=False
    ).get_opcodes():
        spans = [block for block in kept if block.a <= first and last <= block.a + block.size and block.size]
        if tag == "equal" or not spans or (last == len(old) and not there[from_there:to_there].strip()):
            continue
        at = spans[0].b + first - spans[0].a
        if tag == "insert":
            pieces[at : at + 1] = [there[from_there:to_there] + (pieces[at] if at < len(pieces) else "")]
            continue
        pieces[at] = there[from_there:to_there]
        pieces[at + 1 : at + last - first] = [""] * (last - first - 1)
    return "".join(pieces)


def _as_spelled(block: Block, frame: _Frame, text: str) -> str:
    """Fresh characters as the file has them where there is one way: ASCII, or one form of Unicode."""
    if frame.texts is block.there.texts or text.isascii():
        return text
    quoted, real = "".join(block.old.texts), "".join(block.there.texts)
    if quoted == real:
        return text
    if not quoted.isascii() and plain_spelling(real) == real and plain_spelling(quoted) != quoted:
        text = plain_spelling(text)
    for form in _FORMS:
        if unicodedata.is_normalized(form, real) and not unicodedata.is_normalized(form, quoted):
            text = unicodedata.normalize(form, text)
    return text
