"""S041: files to create that do not exist."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.paths import fault
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    tree = draft.planned
    modified = {item.path for item in draft.spec.modify}
    for item in draft.spec.create if tree else ():
        if tree and fault(item.path) is None and item.path not in modified and tree.exists(item.path):
            yield Hit(item.line, f"{item.path} exists already")


RULE = Rule(
    id="S041",
    severity=Severity.ERROR,
    summary="No file to create exists already, unless it is a file to modify too",
    why="Creating it would overwrite what is there.",
    hint="move it to Files to Modify, or choose another path",
    fails="`src/retry.py` under Files to Create, where it exists",
    passes="`src/retry.py` under Files to Modify",
    check=check,
)
