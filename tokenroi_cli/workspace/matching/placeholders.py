"""Lines that stand for other lines: `...`, `# ... rest unchanged ...`, `// existing code`."""

import re
from collections import Counter

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
_SURROUNDED = re.compile(rf"{_DOTS}.*{_DOTS}")
_KEPT = r"(?:existing|remaining|previous|unchanged|unmodified)"
_WHAT = r"(?:code|lines?|content|methods?|functions?|fields?|imports?|implementation|logic|here|part)"
_SPOKEN = re.compile(
    r"[\[(<]?\s*(?:the\s+)?(?:(?:rest|remainder)\b.{0,60}"
    rf"|(?:all\s+|other\s+|the\s+)*{_KEPT}\s+(?:\w+\s+){{0,4}}?{_WHAT}\b.{{0,40}}"
    r"|unchanged|no changes?(?: here)?|snip(?:ped)?"
    r"|(?:code|lines?|content|everything)\b.{0,30}"
    r"\b(?:unchanged|omitted|remains?|the same|as before|as is)\b.{0,30}"
    r"|(?:remains?|stays?|same) (?:the same|unchanged|as (?:before|above|is)))\s*[\])>.]*",
    re.IGNORECASE,
)


def is_elision(line: str) -> bool:
    """Whether a line stands for lines that are left out."""
    bare = _TRAILER.sub("", _LEADER.sub("", line, count=1), count=1)
    if not bare or len(bare) > 160:
        return False
    if _BARE.fullmatch(bare) or _DOTTED.fullmatch(bare) or _SURROUNDED.fullmatch(bare):
        return True
    commented = bare != line.strip()
    bracketed = line.strip()[:1] in "[(<" and line.strip()[-1:] in "])>"
    return (commented or bracketed) and bool(_SPOKEN.fullmatch(bare))


def placeholder(old: list[str], new: list[str]) -> int | None:
    """Index of the first line of `new` that stands for others while no line of `old` says the same."""
    known = Counter(line.strip() for line in old)
    for index, line in enumerate(new):
        if not is_elision(line):
            continue
        if known[line.strip()]:
            known[line.strip()] -= 1
        elif not _is_code(new, index):
            return index
    return None


def _is_code(lines: list[str], index: int) -> bool:
    """`...` is also Python: the body of a stub, or doctest's way of going on."""
    if lines[index].strip() != "...":
        return False
    before = next((line.strip() for line in reversed(lines[:index]) if line.strip()), "")
    return before.endswith(":") or before.startswith((">>>", "... ", "@overload"))
