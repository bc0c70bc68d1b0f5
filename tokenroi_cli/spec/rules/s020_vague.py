"""S020: no words that leave the choice to the executor."""

import re
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_VAGUE = re.compile(
    r"(?<![\w/])(?:maybe|perhaps|possibly|etc\b\.?|and\s+so\s+on|as\s+needed|(?:if|when|where)\s+(?:necessary|appropriate|"
    r"possible)|somehow|something\s+like)(?![\w/])",
    re.IGNORECASE,
)


def check(draft: Draft) -> Iterator[Hit]:
    for line, vague in draft.search(_VAGUE):
        yield Hit(line, f"vague: {' '.join(vague[0].split())}")


RULE = Rule(
    id="S020",
    severity=Severity.WARNING,
    summary="No maybe, perhaps, possibly, etc., and so on, as needed, if necessary, where appropriate, "
    "when possible, somehow, something like",
    why="Whoever carries the spec out must be able to do so without a judgement call.",
    hint="name the cases, or say when",
    fails="validate length, encoding etc.",
    passes="reject a name that is empty, longer than 255 characters, or not UTF-8",
    check=check,
)
