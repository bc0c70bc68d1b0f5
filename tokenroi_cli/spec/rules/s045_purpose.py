"""S045: a purpose for each file."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    for item in (*draft.spec.modify, *draft.spec.create):
        if not item.purpose:
            yield Hit(item.line, f"{item.path} is listed without a purpose")


RULE = Rule(
    id="S045",
    severity=Severity.WARNING,
    summary="Every listed file says what changes in it, or what it does",
    why="The purpose tells the executor where a change belongs when Detailed Spec names no file.",
    hint="add a dash and the purpose: `path` — what and why",
    fails="`src/fetch.py`",
    passes="`src/fetch.py` — retry three times, because the mirror drops connections",
    check=check,
)
