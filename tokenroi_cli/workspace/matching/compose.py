"""What a block of a file becomes: lines that the edit keeps stay as they are, byte for byte."""

from collections.abc import Mapping, Sequence

from tokenroi_cli.workspace.matching.diffing import Change, changes
from tokenroi_cli.workspace.matching.framing import (
    Block,
    Frame,
    Unmapped,
    changes_of,
    frame_of,
    is_unpaired,
)
from tokenroi_cli.workspace.matching.lines import PLAIN_ENDS, Lines, added_ends, end_of
from tokenroi_cli.workspace.matching.respelling import (
    as_spelled,
    carried_over,
    tail_of,
    version_of,
    without_added_tails,
)


def composed(block: Block, new: Lines) -> str:
    """The block with the edit done. Raises Unmapped.

    The new text is spelled as the old one is or as the file is, whichever it has more lines in common with.
    """
    frame = frame_of(block, new)
    found = changes_of(block, frame, new)
    fresh = _respelled(block, frame, new, found)
    right = {
        there
        for mine, there in block.pairs.items()
        if _ends_alike(block.old.texts[mine], block.there.texts[there])
    }
    parts = _Output(block, new)
    for tag, first, last, from_new, to_new in found:
        if tag != "equal":
            dropped = [frame.pairs[index] for index in range(first, last) if index in frame.pairs]
            numbers = list(range(from_new, to_new))
            if numbers and not dropped:
                _check_elided(block, [fresh[at] for at in numbers], (first, parts.reached))
                numbers = _beside_blanks(frame, new, (tag, first, last, from_new, to_new), parts)
            parts.replace(dropped, {at: fresh[at] for at in numbers})
            continue
        for index, at in zip(range(first, last), range(from_new, to_new), strict=True):
            there = frame.pairs.get(index, -1)
            # White space at the end of a line where the old text has it rightly: what becomes of it is meant.
            if there in right and not _ends_alike(new.texts[at], frame.texts[index]):
                kept = block.there.texts[there].rstrip()
                parts.replace([there], {at: kept + tail_of(new.texts[at])})
            else:
                parts.keep(frame.pairs, index)
    return parts.text()


def _check_elided(block: Block, fresh: list[str], where: tuple[int, int]) -> None:
    """Raises Unmapped for new lines beside an elision where the lines left out are the same: made before."""
    index, reached = where
    marks = [at for at in (index - 1, index) if block.elided and is_unpaired(block, at)]
    texts = block.there.texts
    stands = {
        index: texts[reached : reached + len(fresh)],
        index - 1: texts[max(0, reached - len(fresh)) : reached],
    }
    if any(list(stands[at]) == fresh for at in marks):
        raise Unmapped("the new lines stand there already: the edit was made before")


def _ends_alike(left: str, right: str) -> bool:
    """Whether two lines end in the same white space; on a line of nothing else, its depth says nothing."""
    ends = (tail_of(left), tail_of(right))
    return ends[0] == ends[1] or (ends == (left, right) and all(ends))


def keeps(old: Lines, new: Lines, index: int) -> bool:
    """Whether this line of `old` is one that `new` leaves where it is."""
    found = changes(old.texts, new.texts)
    return any(tag == "equal" and first <= index < last for tag, first, last, *_ in found)


def _beside_blanks(frame: Frame, new: Lines, change: Change, parts: "_Output") -> list[int]:
    """Added lines in their order, a blank line of the file before them having come out if it belongs there.

    Blank lines that the old text leaves out or invents stand beside new ones so that each side has as many as
    the model shows. Raises Unmapped where that cannot be told.
    """
    _, first, _, from_new, to_new = change
    numbers = list(range(from_new, to_new))
    begins, ends = not new.texts[from_new].strip(), not new.texts[to_new - 1].strip()
    is_missing = first in frame.pairs and frame.pairs[first] > parts.reached
    above = first - 1
    is_extra = above >= 0 and above not in frame.pairs and not frame.texts[above].strip()
    if (is_missing and begins == ends) or (is_extra and begins):
        raise Unmapped("the new text has lines right where the blank lines are misquoted")
    if is_missing and ends:
        parts.catch_up(frame.pairs[first])
    return [numbers[-1], *numbers[:-1]] if is_extra and ends and not is_missing else numbers


class _Output:
    """The lines of the block as they come out, in order."""

    def __init__(self, block: Block, new: Lines) -> None:
        self._block = block
        self._new = new
        self._out: list[str] = []
        self.reached = 0
        """The first line of the file that has not come out."""

    def keep(self, pairs: Mapping[int, int], index: int) -> None:
        """A quoted line that stays. One without a partner stands for all up to the next one that has one."""
        there = pairs.get(index)
        if there is None:
            there = min((real for mine, real in pairs.items() if mine > index), default=self.reached) - 1
        self.catch_up(there + 1)

    def catch_up(self, stop: int) -> None:
        """All lines of the file up to this one."""
        self._out += self._block.there.whole[self.reached : stop]
        self.reached = max(self.reached, stop)

    def replace(self, dropped: list[int], fresh: Mapping[int, str]) -> None:
        """Lines of the file that go, those between them included, and lines that come, by their number."""
        whole = self._block.there.whole
        if dropped:
            self._out += whole[self.reached : dropped[0]]
            self.reached = dropped[-1] + 1
        before = end_of(self._out[-1]) if self._out else ""
        after = end_of(whole[self.reached]) if self.reached < len(whole) else ""
        gone = [end_of(whole[index]) for index in dropped]
        ends = added_ends(len(fresh), gone, (before, after), self._block.usual)
        for (index, text), end in zip(fresh.items(), ends, strict=True):
            own = end_of(self._new.whole[index])
            self._out.append(text + (own if own and own not in PLAIN_ENDS else end))

    def text(self) -> str:
        whole, out = self._block.there.whole, self._out
        out += whole[self.reached :]
        usual = next((end for end in map(end_of, reversed(whole)) if end in PLAIN_ENDS), self._block.usual)
        if out and whole and not end_of(whole[-1]) and not self._adds_last_end():
            out[-1] = out[-1][: len(out[-1]) - len(end_of(out[-1]))]
        last = len(out) - 1
        out = [line if end_of(line) or at == last else line + usual for at, line in enumerate(out)]
        if out and whole and end_of(whole[-1]) and not end_of(out[-1]):
            out[-1] += usual
        return "".join(out)

    def _adds_last_end(self) -> bool:
        """The file ends without a line end, the old text quotes that, and the new one has one."""
        old, new = self._block.old.whole, self._new.whole
        return bool(old and new) and not end_of(old[-1]) and bool(end_of(new[-1]))


def _respelled(block: Block, frame: Frame, new: Lines, found: Sequence[Change]) -> dict[int, str]:
    """New lines in the file's indentation and, where they are versions of old lines, with its characters."""
    spans = [change for change in found if change[0] != "equal"]
    numbers = [at for *_, from_new, to_new in spans for at in range(from_new, to_new)]
    quoted = [frame.texts[mine] for mine in frame.pairs]
    real = [block.there.texts[there] for there in frame.pairs.values()]
    texts = dict(
        zip(numbers, without_added_tails(quoted, real, [new.texts[at] for at in numbers]), strict=True)
    )
    spelled = as_spelled("".join(frame.texts), "".join(block.there.texts))
    out = {}
    for _, first, last, from_new, to_new in spans:
        gone = {index: frame.texts[index] for index in range(first, last) if index in frame.pairs}
        for at in range(from_new, to_new):
            out[at] = spelled(_reshaped(block, frame, gone, texts[at]))
    return out


def _reshaped(block: Block, frame: Frame, gone: Mapping[int, str], text: str) -> str:
    wanted = frame.reshape(text)
    if wanted is None:
        raise Unmapped(f"the block is indented otherwise in the file, which says nothing of the line: {text}")
    source = version_of(gone, text)
    if source is None:
        return wanted
    old = frame.reshape(gone[source])
    return carried_over(
        old if old is not None else gone[source], block.there.texts[frame.pairs[source]], wanted
    )
