"""Hunks that fit and are yet not believed: cut off, made before, or too little to know a line by."""

from tokenroi_cli.workspace.matching.compose import Block
from tokenroi_cli.workspace.matching.hunk import MADE_BEFORE, WHOLE_LINES, Text, Unmatched
from tokenroi_cli.workspace.matching.lines import Lines, end_of, lead_of
from tokenroi_cli.workspace.matching.placeholders import placeholder
from tokenroi_cli.workspace.matching.raw import Place, places


def check_new(old: str, new: str) -> None:
    """Raises Unmatched for a new text that stands for lines which it leaves out."""
    fresh = new.splitlines()
    index = placeholder(old.splitlines(), fresh)
    if index is not None:
        words = fresh[index].strip()[:60]
        raise Unmatched(
            f"line {index + 1} of the new text stands for lines that it leaves out: {words}",
            "write all lines that shall stand there, and quote only what changes",
        )


def check_cut(text: str, old: str, new: str, place: Place) -> None:
    """Raises Unmatched for a hunk that seems to have been cut off: what it lost would be left behind."""
    if not new.strip():
        return
    follows = text[place.end :]
    if old.endswith("\n") and not new.endswith("\n") and follows.strip("\r\n"):
        what = "the new text ends in mid line, the old one does not"
        raise Unmatched(what, "end both with a line end", (place,))
    rest = "" if old.endswith("\n") else follows.split("\n", 1)[0].strip()
    if rest and _begins_line(text, place) and _closes(old, new, rest):
        raise Unmatched("the old text ends in mid line and seems cut off", WHOLE_LINES, (place,))
    if not rest and _repeats(old, new, follows):
        raise Unmatched(
            "the new text ends with lines that follow the old text already, and would stand twice",
            "quote them in the old text, too, or leave them out of the new one",
            (place,),
        )


def _begins_line(text: str, place: Place) -> bool:
    before = text[max(text.rfind("\n", 0, place.start), text.rfind("\r", 0, place.start)) + 1 : place.start]
    return not before.strip("\ufeff \t")


def _closes(old: str, new: str, rest: str) -> bool:
    """Whether the new text ends as the rest of the line does, which the old text leaves out."""
    ends = new.rstrip().endswith(rest[-1]) and not old.rstrip().endswith(rest[-1])
    return ends and old.strip() != new.strip()


def _repeats(old: str, new: str, follows: str) -> bool:
    """Whether the last lines of `new` are the ones that come next in the file, and `old` does not end so."""
    mine = [line.strip() for line in old.splitlines() if line.strip()]
    fresh = [line.rstrip() for line in new.rstrip().splitlines()]
    if not mine or len(fresh) < 2 or fresh[-1].strip() == mine[-1]:
        return False
    near = follows[: 4 * len(new) + 1000].lstrip("\r\n").splitlines()
    after = [line.rstrip() for line in near[: len(fresh)]]
    return any(
        fresh[-count:] == after[:count] and _says_something(fresh[-count:]) for count in range(1, len(fresh))
    )


def _says_something(lines: list[str]) -> bool:
    return any(sign.isalnum() for line in lines for sign in line)


def check_news(file: Text, block: Block, new: Lines, place: Place) -> None:
    """Raises Unmatched when the lines of `new` stand in the file already, though the block lacks some."""
    known = {text.rstrip() for text in (*block.old.texts, *block.there.texts)}
    fresh = closed("".join(new.whole))
    if all(text.rstrip() in known for text in new.texts):
        return
    stands = (one.start == 0 or file.text[one.start - 1] in "\r\n" for one in places(file.text, fresh))
    if any(stands):
        raise Unmatched("the new text stands in the file already", MADE_BEFORE, (place,))


def check_lonely(block: Block, new: Lines, place: Place) -> None:
    """Raises Unmatched for one line that is to go and is indented otherwise: another may be left of it."""
    filled = [text for text in block.old.texts if text.strip()]
    there = [text for text in block.there.texts if text.strip()]
    if len(filled) == 1 and not "".join(new.texts).strip() and lead_of(filled[0]) != lead_of(there[0]):
        raise Unmatched("the line to be removed is not in the file as quoted", WHOLE_LINES, (place,))


def closed(text: str) -> str:
    """`text` with a line end."""
    return text if end_of(text) in ("\n", "\r\n") else text + "\n"
