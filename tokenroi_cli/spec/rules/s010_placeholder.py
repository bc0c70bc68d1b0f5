"""S010: nothing of the template left over."""

import re
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_BRACKETS = re.compile(r"(?<![\w\])\[/\\])\[([^\[\]]+)\](?![(\[:]|\**\s*(?:→|->))")
_WORDS = re.compile(
    r"title|path|file|name|date|description|purpose|summary|goal|context|details|reason|command|criteria"
    r"|todo|tbd|placeholder|\.\.\.|…",
    re.IGNORECASE,
)
"""What stands alone in brackets in templates; other single words may be labels ([optional], [P1])."""


def check(draft: Draft) -> Iterator[Hit]:
    for line, brackets in draft.search(_BRACKETS):
        if line != draft.title_line and _is_placeholder(brackets[1]):
            yield Hit(line, f"placeholder {' '.join(brackets[0].split())}")


def _is_placeholder(inner: str) -> bool:
    """Several words that are no list of values, or a word that templates use."""
    if _WORDS.fullmatch(inner.strip()):
        return True
    words = re.findall(r"[^\W\d_]{2,}", inner)
    parts = inner.split(",")
    is_list_of_values = len(parts) > 1 and all(len(part.split()) == 1 for part in parts)
    return len(words) > 1 and len(inner.split()) > 1 and not is_list_of_values


RULE = Rule(
    id="S010",
    severity=Severity.ERROR,
    summary="No `[placeholder]` of the template is left",
    why="The executor takes it for text, or fills it in by guessing. Links, checkboxes, code and types such "
    "as list[int] are no placeholders.",
    hint="replace it with what is meant, or put literal brackets in backticks",
    fails="src/fetch.py — [what changes and why]",
    passes="src/fetch.py — retries with exponential delay",
    check=check,
)
