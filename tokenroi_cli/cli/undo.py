"""`tokenroi undo`: the files of the last session, back or forth."""

from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json
from tokenroi_cli.domain.errors import UsageError

To = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="Back to before checkpoint N; else before the last run.", show_default=False
    ),
]


def undo(
    context: typer.Context,
    to: To = None,
    redo: Annotated[bool, typer.Option("--redo", help="Take the last undo back.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the checkpoints, and change nothing.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what the session changed, as a patch, and change nothing.")
    ] = False,
    json: Json = False,
) -> int:
    """Put files back. What the last session here changed, by commands, too; HEAD and index stay.

    What somebody else changed since is merged, or left and named: exit 1.
    """
    from tokenroi_cli.app.undo import newest_files
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.safe import prose
    from tokenroi_cli.views.undo import checkpoint_object, checkpoints_text, undone_object, undone_text

    edge: Edge = context.obj
    if redo + list_ + diff > 1 or (to is not None and (redo or list_)):
        raise UsageError("--to, --redo, --list and --diff ask for different things", "give one of them")
    screen = edge.open_screen(json=json)
    files = newest_files(edge.environ, edge.folder, screen)
    if list_:
        points = files.checkpoints()
        listed = {"checkpoints": [checkpoint_object(point) for point in points]}
        edge.console.write((encode(listed) if json else checkpoints_text(points)) + "\n")
        return 0
    if diff:
        patch = files.diff(to)
        edge.console.write(encode({"patch": patch}) + "\n" if json else prose(patch))
        return 0
    done = files.redo() if redo else files.undo(to)
    verb = "redone" if redo else "undone"
    edge.console.write((encode(undone_object(done)) if json else undone_text(verb, done)) + "\n")
    return 1 if done.reversal.left else 0
