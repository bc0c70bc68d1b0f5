"""S060: something to check."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    section = draft.spec.section("Validation")
    if section is not None and not draft.spec.validation:
        yield Hit(section.line, "`## Validation` has no checkbox")


RULE = Rule(
    id="S060",
    severity=Severity.ERROR,
    summary="Validation holds at least one checkbox",
    why="The checkboxes alone decide whether a result is accepted.",
    hint="add an item such as - [ ] `pytest -q tests/test_fetch.py` passes",
    fails="`All tests pass.`",
    passes="- [ ] `pytest -q` passes",
    check=check,
)
