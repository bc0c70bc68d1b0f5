"""`tokenroi check`: the linter over spec files; needs no key, no network, no trust."""

from pathlib import Path
from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.domain.errors import UsageError

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="Specs, or folders of them; else specs/.", show_default=False),
]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="How findings are printed.")]


def check(context: typer.Context, files: Files = None, format_: Format = "text") -> int:
    """Lint specs. Exit 1 when there are errors."""
    from tokenroi_cli.app.check import check as lint
    from tokenroi_cli.views.findings import check_object, check_text
    from tokenroi_cli.views.jsonl import encode

    edge: Edge = context.obj
    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: there is no such format", "text or json")
    found = lint(files or (), _root(edge.folder))
    said = encode(check_object(found)) if format_ == "json" else check_text(found)
    edge.console.write(said + "\n")
    return 1 if found.errors else 0


def _root(start: Path) -> Path:
    """The work tree around a folder, or the folder: found without starting git."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)
