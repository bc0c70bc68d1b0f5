"""S061: something that runs."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    section = draft.spec.section("Validation")
    if section is not None and draft.spec.validation and not draft.spec.commands:
        yield Hit(section.line, "no item of `## Validation` holds a command that can be run")


RULE = Rule(
    id="S061",
    severity=Severity.WARNING,
    summary="At least one Validation item holds a command in backticks",
    why="What no command checks is accepted on the executor's word, and models report success when tests "
    "fail. Only the writing is looked at here; `exec` finds out whether the command starts.",
    hint="put the command in backticks: - [ ] `pytest -q tests/test_fetch.py` passes",
    fails="- [ ] Tests pass",
    passes="- [ ] `pytest -q tests/test_fetch.py` passes",
    check=check,
)
