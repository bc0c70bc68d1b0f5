"""S002: the sections of the template."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_REQUIRED = ("Goal", "Context", "Detailed Spec", "Validation")
_FILES = ("Files to Modify", "Files to Create")


def check(draft: Draft) -> Iterator[Hit]:
    for title in _REQUIRED:
        if draft.spec.section(title) is None:
            yield Hit(draft.title_line, f"the section `## {title}` is missing")
    if all(draft.spec.section(title) is None for title in _FILES):
        yield Hit(draft.title_line, "both `## Files to Modify` and `## Files to Create` are missing")


RULE = Rule(
    id="S002",
    severity=Severity.ERROR,
    summary="Goal, Context, Detailed Spec, Validation and at least one list of files are there",
    why="The executor sees nothing of the planning talk: what the spec does not say, it has to guess.",
    hint="add the section; its heading is spelled as in the template",
    fails="a spec without `## Validation`",
    passes="a spec with all sections of the template",
    check=check,
)
