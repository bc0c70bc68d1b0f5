"""`tokenroi budget`: caps, what is left of them, and what is frozen."""

from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json, money

budget = typer.Typer(help="Show caps and what is left, set a cap, or let a frozen scope spend again.")

Scope = Annotated[
    str,
    typer.Argument(
        metavar="SCOPE",
        help="day, month, session, project, feature, run or attempt; or one: feature/login, project/.",
    ),
]


@budget.callback(invoke_without_command=True)
def default(context: typer.Context, json: Json = False) -> None:
    """Without a command: show."""
    if context.invoked_subcommand is None:
        show(context, json)


@budget.command("show")
def show(context: typer.Context, json: Json = False) -> None:
    """This month, day and project; every element with a cap of its own; all that is frozen."""
    from tokenroi_cli.app.budgets import show as look
    from tokenroi_cli.views.budgets import budgets_object, budgets_text
    from tokenroi_cli.views.jsonl import encode

    edge: Edge = context.obj
    found = look(edge.environ, edge.folder)
    edge.console.write((encode(budgets_object(found)) if json else budgets_text(found)) + "\n")


@budget.command("set")
def set_(
    context: typer.Context,
    scope: Scope,
    usd: Annotated[str, typer.Argument(metavar="USD", help="The cap, such as 20 or 0.50.")],
) -> None:
    """Write a cap into your configuration; comments in it stay. It holds from the next start on."""
    from tokenroi_cli.app.budgets import set_cap
    from tokenroi_cli.views.money import dollars
    from tokenroi_cli.views.safe import prose

    edge: Edge = context.obj
    cap = money(usd)
    name, file = set_cap(edge.environ, edge.folder, scope, cap)
    edge.console.write(prose(f"{name}: capped at {dollars(cap)} in {file}\n"))


@budget.command("thaw")
def thaw(context: typer.Context, scope: Scope) -> None:
    """Let a frozen scope, and all that was frozen with it, spend again."""
    from tokenroi_cli.app.budgets import thaw as melt
    from tokenroi_cli.views.safe import prose

    edge: Edge = context.obj
    part, why = melt(edge.environ, edge.folder, scope)
    edge.console.write(prose(f"{part} may spend again; it was frozen because {why}\n"))
