"""S042: paths that stay in the repository."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import FileItem, Severity
from tokenroi_cli.spec.paths import fault, other_case
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    for item in (*draft.spec.modify, *draft.spec.create):
        if problem := fault(item.path) or _problem_on_disk(draft, item):
            yield Hit(item.line, f"path {_visible(item.path)} {problem}")


def _problem_on_disk(draft: Draft, item: FileItem) -> str | None:
    tree = draft.planned
    if tree is None:
        return None
    if tree.is_ignored(item.path):
        return "is ignored by git"
    other = other_case(tree, item.path)
    return f"differs in case from {other}" if other else None


def _visible(path: str) -> str:
    """The path with every character that hides itself shown by its code point."""
    shown = path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
    return f"`{shown}`"


RULE = Rule(
    id="S042",
    severity=Severity.ERROR,
    summary="Every path is relative, inside the repository, outside .git, not ignored, in the file's case",
    why="The lists say what the executor may write. A path that leaves the repository, or means another file "
    "on another machine, must not be among them.",
    hint="write the path relative to the repository root, with forward slashes, as git spells it",
    fails="`../secrets.env`, `/etc/hosts`, `.git/config`, `src\\a.py`, `src/`",
    passes="`src/a.py`",
    check=check,
    waivable=False,
)
