"""What a line of a reply is on its own: a marker of a SEARCH/REPLACE block, a fence, the end of thoughts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPENING = frozenset({"search", "original", "head", "old", "before", "find"})
_CLOSING = frozenset({"replace", "replacement", "updated", "update", "new", "after"})

_INDENT = r"(?P<indent>(?:[ \t]|> )*+)"
_MARKER = re.compile(
    _INDENT + r"(?P<signs>(?P<sign>[<=>+-])(?P=sign){4,19})(?!(?P=sign))\s*"
    rf"(?:(?P<word>(?i:{'|'.join(sorted(_OPENING | _CLOSING))}))(?![\w./\\-]))?[>:]?(?P<rest>.*)"
)
_FENCE = re.compile(_INDENT + r"(?P<signs>`{3,}|~{3,})(?P<info>.*)")
_TAIL = re.compile(r"""\S+|\(.*\)|(["'`]).*\1""")
"""What may follow the word of a marker; anything else is a sentence about markers."""

THOUGHT = re.compile(r"(?i)\s*<(think(?:ing)?)>")
THOUGHT_END = re.compile(r"(?i)</think(?:ing)?>\s*$|^\s*</think(?:ing)?>")


@dataclass(frozen=True, slots=True)
class Marker:
    line: int
    """Counted from 0, as everywhere here."""
    indent: str
    sign: str
    """`<`, `=` or `>`: opens, divides, closes."""
    length: int
    word: str
    rest: str
    """What follows the word: a path, if anything."""
    plain: bool
    """A marker of our blocks, not only a line of the same make, such as one of a merge conflict."""

    @property
    def is_unmistakable(self) -> bool:
        """It can be nothing else: a divider also underlines headings, and a row of > quotes."""
        return self.plain and (self.sign == "<" or (self.sign == ">" and self.word != ""))


@dataclass(frozen=True, slots=True)
class Fence:
    line: int
    indent: str
    sign: str
    length: int
    info: str
    level: int
    """How many more fences with an info string than without one stood up to here."""

    def ends(self, opened: "Fence") -> bool:
        return not self.info and self.sign == opened.sign and self.length >= opened.length


def fence_on(line: str) -> re.Match[str] | None:
    """The `indent`, `signs` and `info` of the fence that the line is."""
    match = _FENCE.match(line)
    return None if match and match["signs"][0] == "`" and "`" in match["info"] else match


def thought_end(lines: Sequence[str]) -> int | None:
    """The first line that may end thoughts whose opening tag was never sent."""
    for number, line in enumerate(lines):
        if "<" in line:
            if THOUGHT.match(line):
                return None
            if THOUGHT_END.search(line):
                return number
    return None


def marker_on(number: int, line: str) -> Marker | None:
    """The marker that line `number` is."""
    match = _MARKER.match(line)
    if match is None:
        return None
    word = (match["word"] or "").lower()
    rest = match["rest"].strip().rstrip(":").rstrip()
    sign = match["sign"]
    # Rulers and diff headers are made of these signs, too: here it is the word that makes the marker.
    if (sign == "-" and word != "search") or (sign == "+" and word != "replace"):
        return None
    sign = {"-": "<", "+": ">"}.get(sign, sign)
    if sign == "=" and (word or rest):
        return None
    is_plain = sign == "=" or _is_plain(sign, word, rest)
    return Marker(number, match["indent"], sign, len(match["signs"]), word, rest, is_plain)


def _is_plain(sign: str, word: str, rest: str) -> bool:
    if rest and not _TAIL.fullmatch(rest):
        return False
    if sign == ">":
        return word in _CLOSING or not (word or rest)
    return word in _OPENING or (not word and (not rest or re.search(r"\.\w+$", rest) is not None))
