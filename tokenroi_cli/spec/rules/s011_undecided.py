"""S011: nothing left to be decided."""

import re
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_MARK = re.compile(
    r"(?<![\"'“‘/\w])(?:TBD|TODO|FIXME|XXX|TKTK)\b"
    r"(?!/|s?[ -](?:list|app|item|comment|marker|placeholder|entr|api))"
    r"|\?{3,}"
    r"|\b(?i:needs\s+clarification|to\s+be\s+(?:decided|determined|defined)(?!\s+(?:\w+ly\s+)?(?:by|from)))\b"
)


def check(draft: Draft) -> Iterator[Hit]:
    for line, mark in draft.search(_MARK):
        yield Hit(line, f"left open: {' '.join(mark[0].split())}")


RULE = Rule(
    id="S011",
    severity=Severity.ERROR,
    summary="No TBD, TODO, FIXME, XXX, TKTK, ???, NEEDS CLARIFICATION or `to be decided` outside code",
    why="What the planner left open the executor decides, and nobody learns how.",
    hint="decide it and write the decision down; quote a marker that is meant literally in backticks",
    fails="Timeout: TBD",
    passes="Timeout: 30 seconds",
    check=check,
)
