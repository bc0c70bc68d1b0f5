"""S001: a title."""

import re
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_PLACEHOLDER = re.compile(r"\[.*\]", re.DOTALL)


def check(draft: Draft) -> Iterator[Hit]:
    title = draft.spec.title
    if not title:
        yield Hit(draft.title_line, "there is no `# Task:` title")
    elif _PLACEHOLDER.fullmatch(title):
        yield Hit(draft.title_line, f"the title is still the template's {title}")


RULE = Rule(
    id="S001",
    severity=Severity.ERROR,
    summary="The spec begins with `# Task:` and a title of its own",
    why="The title names the task in the ledger, in reports and in the commit.",
    hint="write `# Task: ` and what is done, in a few words",
    fails="`# Task: [Short Title]`",
    passes="`# Task: Add retry to fetch()`",
    check=check,
)
