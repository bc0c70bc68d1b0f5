"""`tokenroi demo`: the whole loop on a bundled project, without a key or a network."""

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json


def demo(context: typer.Context, json: Json = False) -> int:
    """Show the whole loop without a key. Plan, exec, a failed attempt, the retry, the bill, by a script."""
    from tokenroi_cli.app.demo import demo as run_demo
    from tokenroi_cli.cli.answers import nobody
    from tokenroi_cli.cli.screens import Terminal

    edge: Edge = context.obj
    if json:
        screen = edge.open_screen(json=json)
    else:  # what is shown is what the command is for, in a pipe too
        screen = edge.screen = Terminal(edge.console, nobody)
    code = 0
    for end in run_demo(screen, edge.environ):
        screen.finish(end)
        code = end.exit_code
    return code
