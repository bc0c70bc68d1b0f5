"""Hunks that fit and are yet not believed: cut off, made before, or too little to know a line by."""

from collections.abc import Sequence
from itertools import pairwise

from tokenroi_cli.workspace.matching.framing import Block
from tokenroi_cli.workspace.matching.hunk import MADE_BEFORE, WHOLE_LINES, Text, Unmatched
from tokenroi_cli.workspace.matching.keys import BLANK
from tokenroi_cli.workspace.matching.lines import Lines, end_of, lead_of
from tokenroi_cli.workspace.matching.placeholders import placeholder
from tokenroi_cli.workspace.matching.raw import Place, as_lf, begun, places
from tokenroi_cli.workspace.matching.windows import same_filled_lines

_REACH = 1000
"""Characters around a place, besides those of the new text, in which its lines are looked for."""


def check_new(old: str, new: str) -> None:
    """Raises Unmatched for a new text that stands for lines which it leaves out."""
    fresh = Lines.of(new).texts
    index = placeholder(Lines.of(old).texts, fresh)
    if index is not None:
        words = fresh[index].strip()[:60]
        raise Unmatched(
            f"line {index + 1} of the new text stands for lines that it leaves out: {words}",
            "write all lines that shall stand there, and quote only what changes",
        )


def check_cut(text: str, old: str, new: str, place: Place) -> None:
    """Raises Unmatched for a hunk that seems to have been cut off: what it lost would be left behind."""
    follows = text[place.end :]
    before = begun(text, place.start)
    begins = not before.strip("\ufeff \t")
    if _joins(old, new, begins=begins, is_last=not follows.strip("\r\n")):
        what = "the old text begins or ends with a line end and the new one does not: two lines would be one"
        raise Unmatched(what, "begin and end both with whole lines", (place,))
    if _is_one_of_more(text, old, new, place):
        raise Unmatched(
            "the lines that go stand once more beside those that are quoted", MADE_BEFORE, (place,)
        )
    if not new.strip():
        return
    rest = "" if old.endswith("\n") else follows.split("\n", 1)[0].strip()
    if rest and begins and _closes(old, new, rest):
        raise Unmatched("the old text ends in mid line and seems cut off", WHOLE_LINES, (place,))
    repeats = not rest and _repeats(old, new, follows)
    if repeats or (begins and _repeats(_upwards(old), _upwards(new), _upwards(_above(text, place, new)))):
        raise Unmatched(
            f"the new text {'ends' if repeats else 'begins'} with lines that stand next to the old text"
            " and would stand twice",
            "quote them in the old text, too, or leave them out of the new one",
            (place,),
        )


def _joins(old: str, new: str, *, begins: bool, is_last: bool) -> bool:
    """Whether the line before or after would be continued by what the hunk leaves."""
    head = old[0] in "\r\n" and not begins and (new or old.endswith("\n")) and _blank(old) != _blank(new)
    tail = old.endswith("\n") and not new.endswith("\n") and not is_last
    return bool(head or (tail and (new.strip() or not begins)))


def _is_one_of_more(text: str, old: str, new: str, place: Place) -> bool:
    """Whether all that goes is lines at an edge, and the same are beside: it fits again once it is made."""
    mine, fresh = as_lf(old), as_lf(new)
    reach = 2 * len(old) + 4
    above, below = as_lf(text[max(0, place.start - reach) : place.start]), as_lf(text[place.end :][:reach])
    head, tail = mine.removesuffix(fresh), mine.removeprefix(fresh)
    if not fresh.strip() or mine == fresh:
        return False
    if mine.strip("\n") != fresh.strip("\n"):
        return (head != mine and above.endswith(head)) or (tail != mine and below.startswith(tail))
    at_head = head != mine and (above.endswith("\n\n") or above == "\n")
    return at_head or (tail != mine and below.startswith("\n"))


def _blank(text: str) -> int:
    """How many line ends it begins with."""
    plain = as_lf(text)
    return len(plain) - len(plain.lstrip("\n"))


def _above(text: str, place: Place, new: str) -> str:
    start = place.start - len(begun(text, place.start))
    return text[max(0, start - 4 * len(new) - _REACH) : start]


def _upwards(text: str) -> str:
    """The lines from the last one to the first."""
    return "\n".join(reversed(Lines.of(text).texts))


def _closes(old: str, new: str, rest: str) -> bool:
    """Whether the new text ends as the rest of the line does, which the old text leaves out."""
    ends = new.rstrip().endswith(rest[-1]) and not old.rstrip().endswith(rest[-1])
    return ends and old.strip() != new.strip()


def _repeats(old: str, new: str, follows: str) -> bool:
    """Whether the last lines of `new` are the ones that come next in the file, and `old` does not end so."""
    mine = [line.rstrip() for line in Lines.of(old.rstrip()).texts]
    fresh = [line.rstrip() for line in Lines.of(new.rstrip()).texts]
    near = Lines.of(follows[: 4 * len(new) + _REACH]).texts
    after = [line.rstrip() for line in near[: len(fresh)]]
    if after and not after[0]:
        return _repeated(mine, fresh, after) or _repeated(mine, fresh, after[1:])
    return _repeated(mine, fresh, after)


def _repeated(mine: list[str], fresh: list[str], after: list[str]) -> bool:
    return any(
        fresh[-count:] == after[:count] != mine[-count:] and _says_something(fresh[-count:])
        for count in range(1, len(fresh) + 1)
    )


def _says_something(lines: list[str]) -> bool:
    return any(sign.isalnum() for line in lines for sign in line)


def check_made(text: str, old: str, new: str, place: Place) -> None:
    """Raises Unmatched where lines that the hunk adds stand around the place already, indentation aside.

    For hunks that are indented otherwise than the file: then the old text fits what it has become, too.
    """
    mine, fresh = _filled(old), _filled(new)
    reach = 4 * len(new) + _REACH
    above = _filled(text[max(0, place.start - reach) : place.start])
    below = _filled(text[place.end : place.end + reach])
    for at in range(len(fresh) - len(mine) + 1):
        head, tail = fresh[:at], fresh[at + len(mine) :]
        is_there = above[len(above) - at :] == head and below[: len(tail)] == tail
        if fresh[at : at + len(mine)] == mine and is_there and _says_something([*head, *tail]):
            raise Unmatched("the new text stands there already", MADE_BEFORE, (place,))


def _filled(text: str) -> list[str]:
    return [" ".join(line.split()) for line in Lines.of(text).texts if line.strip()]


def check_news(file: Text, block: Block, new: Lines, place: Place) -> None:
    """Raises Unmatched when `new` stands in the file already, and is not just what is left of the block."""
    quoted = {text.rstrip() for text in block.old.texts}
    known = quoted | {text.rstrip() for text in block.there.texts}
    fresh = {text.rstrip() for text in new.texts}
    if fresh <= quoted:
        return
    loosely = BLANK[0]
    adds = {*map(loosely, new.texts)} - {*map(loosely, block.old.texts), ""}
    if block.is_reindented and adds and same_filled_lines(file.keyed(loosely), new):
        raise Unmatched("the new text stands in the file already", MADE_BEFORE, (place,))
    if block.elided and adds and adds <= {*file.keyed(loosely).keys}:
        raise Unmatched("all new lines stand in the file already", MADE_BEFORE, (place,))
    for one in places(file.text, closed("".join(new.whole))):
        inside = place.start <= one.start and one.end <= place.end
        is_line = one.start == 0 or file.text[one.start - 1] in "\r\n"
        beside = one.end <= place.start or place.end <= one.start
        if is_line and not (fresh <= known and (inside or beside)):
            raise Unmatched("the new text stands in the file already", MADE_BEFORE, (place,))


def check_doubled(block: Block, new: Lines, after: str, place: Place) -> None:
    """Raises Unmatched where a line would stand below itself, as it does in neither text nor in the file."""
    before = max(_doubles(block.there.texts), _doubles(new.texts))
    if _doubles(Lines.of(after).texts) > before:
        raise Unmatched("a new line would stand right beside the same one", MADE_BEFORE, (place,))


def _doubles(lines: Sequence[str]) -> int:
    return sum(above == below and _says_something([above]) for above, below in pairwise(lines))


def check_lonely(block: Block, new: Lines, place: Place) -> None:
    """Raises Unmatched where all that goes is one line, or blanks beside one, and it is misquoted.

    Another line like it may be what is left of it.
    """
    filled = [text for text in block.old.texts if text.strip()]
    there = [text for text in block.there.texts if text.strip()]
    is_exact = lead_of(filled[0]) == lead_of(there[0]) and len(block.old.texts) == len(block.there.texts)
    only_goes = all(text.strip() in ("", filled[0].strip()) for text in new.texts)
    if len(filled) == 1 and only_goes and not is_exact:
        raise Unmatched("the line to be removed is not in the file as quoted", WHOLE_LINES, (place,))


def check_blanks(block: Block, new: Lines, place: Place) -> None:
    """Raises Unmatched where nothing but blank lines changes, and one that is quoted is misquoted."""
    old = [text for text in block.old.texts if text.strip()]
    pairs = ((block.old.texts[mine], block.there.texts[there]) for mine, there in block.pairs.items())
    wrong = any(mine != real and not real.strip() for mine, real in pairs)
    if wrong and not block.is_reindented and old == [text for text in new.texts if text.strip()]:
        raise Unmatched("the blank lines to be changed are not in the file as quoted", WHOLE_LINES, (place,))


def closed(text: str) -> str:
    """`text` with a line end."""
    return text if end_of(text) in ("\n", "\r\n") else text + "\n"
