"""What the new text of an edit is compared with: the old text as it was quoted, or the file's own lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tokenroi_cli.workspace.matching.diffing import Change, changes, common, shifted
from tokenroi_cli.workspace.matching.lines import Lines, lead_of
from tokenroi_cli.workspace.matching.placeholders import is_elision

Reshape = Callable[[str], str | None]
"""A line as the model spells it -> as the file does."""


_AS_QUOTED, _AS_THERE = "as quoted", "as there"


class Unmapped(Exception):
    """The old lines do not tell how a new line is to be spelled, or where it is to stand."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a file, and which of them each quoted line is."""

    there: Lines
    old: Lines
    pairs: Mapping[int, int]
    """Index of a quoted line -> of the line of the file; both rise. Lines without a partner are blank or,
    when `elided`, stand for lines that are left out."""
    reshape: Reshape
    usual: str
    """The line end for new lines where the block has none."""
    elided: bool = False

    @property
    def is_reindented(self) -> bool:
        """Whether a quoted line is indented otherwise than in the file."""
        pairs = ((self.old.texts[mine], self.there.texts[there]) for mine, there in self.pairs.items())
        return any(lead_of(mine) != lead_of(real) for mine, real in pairs if mine.strip())


@dataclass(frozen=True, slots=True)
class Frame:
    """Lines, which of them is which of the block, and how a new line beside them is spelled in the file."""

    texts: tuple[str, ...]
    pairs: Mapping[int, int]
    reshape: Reshape


def is_unpaired(block: Block, index: int) -> bool:
    """Whether this old line is there and is none of the file."""
    return 0 <= index < len(block.old.texts) and index not in block.pairs


def agreement(block: Block, new: Lines) -> int:
    """How many lines the new text shares with the old one or with the file, whichever is more."""
    return max(_common(block.old.texts, new.texts), _common(block.there.texts, new.texts))


def frame_of(block: Block, new: Lines) -> Frame:
    """Whichever of the two shares more lines with the new text. Raises Unmapped where it has some of both."""
    mine = Frame(block.old.texts, block.pairs, block.reshape)
    theirs = Frame(
        block.there.texts, {index: index for index in range(len(block.there.texts))}, lambda line: line
    )
    ours, real = _common(mine.texts, new.texts), _common(theirs.texts, new.texts)
    if block.elided or ours > real:
        return mine
    pairs = [index for index in mine.pairs if mine.texts[index].strip()]
    whole = [(pairs[:1], [text for text in new.texts if text.strip()][:1])]
    firsts, lasts = _votes(block, whole if real > ours else _replaced(block, mine, new))
    if real == ours and _AS_QUOTED in firsts:
        return mine
    if real == ours and _AS_THERE not in {*firsts, *lasts}:
        return mine
    wrong = {text for text in block.old.texts if text.strip()} - {*block.there.texts}
    if _AS_QUOTED in {*firsts, *lasts} or (real == ours and not firsts) or wrong & {*new.texts}:
        raise Unmapped("the new text is indented partly as the old one is and partly as the file")
    return theirs


def _replaced(block: Block, mine: Frame, new: Lines) -> list[tuple[list[int], list[str]]]:
    """Stretches of old lines and of the new ones in their place, without blank ones."""
    found = []
    for tag, first, last, from_new, to_new in changes_of(block, mine, new):
        if tag != "equal":
            gone = [
                index for index in range(first, last) if mine.texts[index].strip() and index in mine.pairs
            ]
            found.append((gone, [text for text in new.texts[from_new:to_new] if text.strip()]))
    return found


def _votes(block: Block, stretches: list[tuple[list[int], list[str]]]) -> tuple[list[str], list[str]]:
    """Whether new lines begin as the old lines that they replace or as those in the file, where these differ.

    Of the first lines of the stretches, and of the last.
    """
    votes: tuple[list[str], list[str]] = ([], [])
    for gone, fresh in stretches:
        for edge in (0, -1) if gone and fresh else ():
            index, lead = gone[edge], lead_of(fresh[edge])
            quoted, there = lead_of(block.old.texts[index]), lead_of(block.there.texts[block.pairs[index]])
            is_telling = quoted != there and block.reshape(fresh[edge]) != fresh[edge]
            if is_telling and lead in (quoted, there):
                votes[edge].append(_AS_QUOTED if lead == quoted else _AS_THERE)
    return votes


def _keys(texts: tuple[str, ...]) -> list[str]:
    return [text.rstrip() for text in texts]


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    return common(_keys(left), _keys(right))


def changes_of(block: Block, frame: Frame, new: Lines) -> list[Change]:
    """An elision stands for the same lines in both texts, and what is before it for nothing behind it."""
    old, fresh = _keys(frame.texts), _keys(new.texts)
    if not block.elided:
        return changes(old, fresh)
    mine, theirs = (_parts(texts) for texts in (old, fresh))
    found: list[Change] = []
    for (first, last), (from_new, to_new) in zip(mine, theirs, strict=True):
        found += shifted(changes(old[first:last], fresh[from_new:to_new]), first, from_new)
        if last < len(old):
            found.append(("equal", last, last + 1, to_new, to_new + 1))
    return found


def _parts(texts: list[str]) -> list[tuple[int, int]]:
    marks = [-1, *(at for at, text in enumerate(texts) if is_elision(text)), len(texts)]
    return [(before + 1, after) for before, after in pairwise(marks)]
