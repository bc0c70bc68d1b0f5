"""`tokenroi config`: which settings are in force, and where they come from."""

from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json

config = typer.Typer(help="Show the settings in force, or where the file is.")


@config.command("show")
def show(
    context: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value comes from.")] = False,
    json: Json = False,
) -> None:
    """Every setting in force. Keys are named by their variable, never shown."""
    from tokenroi_cli.app.settings import show as settings
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.tables import table

    edge: Edge = context.obj
    found = settings(edge.environ)
    if json:
        rows = [{"key": row.key, "value": row.value, "origin": row.origin} for row in found]
        edge.console.write(encode({"settings": rows}) + "\n")
    elif origin:
        shown = [(row.key, row.value, row.origin) for row in found]
        edge.console.write(table(("key", "value", "origin"), shown, "lll") + "\n")
    else:
        edge.console.write(table(("key", "value"), [(row.key, row.value) for row in found], "ll") + "\n")


@config.command("path")
def path(context: typer.Context) -> None:
    """Where the configuration file is, or would be."""
    from tokenroi_cli.store.paths import locate
    from tokenroi_cli.views.safe import prose

    edge: Edge = context.obj
    edge.console.write(prose(str(locate(edge.environ).config)) + "\n")
