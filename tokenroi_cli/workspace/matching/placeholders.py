"""Lines that stand for other lines: `...`, `# ... rest unchanged ...`, `// existing code`."""

import re
from collections import Counter
from collections.abc import Sequence

from tokenroi_cli.workspace.matching.lines import lead_of

_LEADER = re.compile(r"^\s*(?:#+|//+|/\*+|<!--|--+|;+|%+|\{/\*|\"\"\"|'''|\(\*|\*|REM\b|rem\b)?\s*")
_TRAILER = re.compile(r"\s*(?:\*+/\}?|-->|\"\"\"|'''|\*\))?\s*$")
_DOTS = r"(?:\.{3,}|\u2026)"
_STANDS_FOR = (
    r"(?:rest|remainder|remaining|existing|unchanged|same as|as before|previous|omitted|snip|snipped"
    r"|truncated|unmodified|continues?|keep|other|more|etc|the code|your code|code here|elided|stays?)"
)
_BARE = re.compile(rf"[\[(<]?\s*{_DOTS}\s*[\])>]?")
_DOTTED = re.compile(
    rf"[\[(<]?\s*(?:{_DOTS}.*\b{_STANDS_FOR}\b.*|.*\b{_STANDS_FOR}\b.*{_DOTS})\s*[\])>]?", re.IGNORECASE
)
_RULED = re.compile(r"^[-=~*]{2,}\s*(.*?)\s*[-=~*]{2,}$")
_SURROUNDED = re.compile(rf"{_DOTS}.*{_DOTS}")
_KEPT = r"(?:existing|remaining|previous|unchanged|unmodified)"
_WHAT = (
    r"(?:code|lines?|content|methods?|functions?|fields?|imports?|implementation|logic|here|part|body|styles?"
    r"|everything|rest)"
)
_SAME = (
    r"(?:unchanged|omitted|truncated|elided|(?:the )?same(?: as (?:before|above))?|as (?:before|above|is))"
)
_SPOKEN = re.compile(
    r"(?:todo:?\s*)?[\[(<]?\s*(?:the\s+)?(?:"
    rf"(?:rest|remainder)(?:\s+(?:of|{_SAME}|remains?|stays?|goes|continues|here)\b.{{0,60}})?"
    rf"|(?:all\s+|other\s+|the\s+|your\s+)*{_KEPT}\s+(?:\w+\s+){{0,4}}?{_WHAT}(?:\s+(?!is\b|are\b).{{0,40}})?"
    r"|keep\b.{0,20}\b(?:rest|existing|remaining|everything|other)\b.{0,40}"
    r"|your\s+(?:\w+\s+)?code(?:\s+goes)?\s+here|no changes?(?: here)?|snip(?:ped)?|etc\.?|ditto"
    rf"|(?:(?:all|other)\s+)*(?:\w+\s+){{0,2}}{_WHAT}\b.{{0,30}}\b(?:{_SAME}|remains?)\b.{{0,30}}"
    rf"|(?:remains?\s+|stays?\s+)?{_SAME}(?:\s+for brevity)?"
    r")\s*[\])>.]*",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")
_HEADER = re.compile(r"(?:async\s+)?def\s+\w+.*:|class\s+\w+\s*(?:[(\[].*)?:|\).*:|(?:else|try|finally)\s*:")


def is_elision(line: str) -> bool:
    """Whether a line stands for lines that are left out."""
    bare = _TRAILER.sub("", _LEADER.sub("", line, count=1), count=1)
    bare = _RULED.sub(r"\1", bare)
    if not bare or len(bare) > 160:
        return False
    if _BARE.fullmatch(bare) or _DOTTED.fullmatch(bare) or _SURROUNDED.fullmatch(bare):
        return True
    commented = bare != line.strip()
    bracketed = line.strip()[:1] in "[(<" and line.strip()[-1:] in "])>"
    return (commented or bracketed) and bool(_SPOKEN.fullmatch(bare))


def placeholder(old: Sequence[str], new: Sequence[str]) -> int | None:
    """Index of the first line of `new` that stands for others while no line of `old` says the same."""
    known = Counter(_said(line) for line in old)
    for index, line in enumerate(new):
        if not is_elision(line):
            continue
        if known[_said(line)]:
            known[_said(line)] -= 1
        elif not _is_code(old, new, index):
            return index
    return None


def _said(line: str) -> str:
    return line.strip().replace("\u2026", "...")


def _is_code(old: Sequence[str], new: Sequence[str], index: int) -> bool:
    """`...` is also Python: the whole body of a stub, or doctest's way of going on.

    Only below a line that is new itself: below one that the old text has, it stands for what follows there.
    """
    if new[index].strip() != "...":
        return False
    before = next((at for at in range(index - 1, -1, -1) if new[at].strip()), None)
    if before is None or new[before].strip() in {line.strip() for line in old}:
        return False
    if new[before].strip().startswith((">>> ", "... ")):
        return True
    after = next((line for line in new[index + 1 :] if line.strip()), "")
    depth = len(lead_of(new[index]))
    is_body = len(lead_of(new[before])) < depth and len(lead_of(after)) < depth
    return (
        is_body and bool(_HEADER.fullmatch(new[before].strip())) and not _had_a_body(old, new[: before + 1])
    )


def _had_a_body(old: Sequence[str], above: Sequence[str]) -> bool:
    """Whether the old text has what the last lines of `above` define: then its body is what is left out."""
    names = (match[1] for line in reversed(above) if (match := _NAMED.match(line)))
    name = next(names, None)
    return name is not None and any((match := _NAMED.match(line)) and match[1] == name for line in old)
