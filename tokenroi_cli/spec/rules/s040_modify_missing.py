"""S040: files to modify that exist."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import FileItem, Severity
from tokenroi_cli.spec.paths import fault, namesakes, other_case
from tokenroi_cli.spec.rule import Draft, Hit, Rule
from tokenroi_cli.spec.tree import Tree


def check(draft: Draft) -> Iterator[Hit]:
    tree = draft.planned
    if tree is None:
        return
    for item in draft.spec.modify:
        # S042 says what is wrong with a path that cannot be one, or is spelled in another case.
        if fault(item.path) is None and not tree.exists(item.path) and other_case(tree, item.path) is None:
            yield Hit(item.line, f"{item.path} does not exist", _suggestion(tree, item))


def _suggestion(tree: Tree, item: FileItem) -> str:
    others = namesakes(tree, item.path)
    return f"did you mean {', '.join(others[:3])}?" if others else ""


RULE = Rule(
    id="S040",
    severity=Severity.ERROR,
    summary="Every file to modify exists",
    why="A third of real specs name a file that is not there; the executor edits another or makes it up.",
    hint="correct the path, or move the file to Files to Create",
    fails="`src/loader.ts`, where only `src/core/loader.ts` exists",
    passes="`src/core/loader.ts`",
    check=check,
)
