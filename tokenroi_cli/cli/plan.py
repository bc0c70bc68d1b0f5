"""`tokenroi plan`: a premium model writes the spec that a cheaper one carries out."""

from pathlib import Path
from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json, MaxUsd, TierOption, Yes


def plan(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="What to plan.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Where the spec goes; else specs/.")
    ] = None,
    feature: Annotated[
        str | None, typer.Option(metavar="NAME", help="Label that reports sum costs under.")
    ] = None,
    tier: TierOption = None,
    max_usd: MaxUsd = None,
    json: Json = False,
    yes: Yes = False,
) -> int:
    """Write a spec with a premium model. Nothing else changes; what executing it may cost is printed."""
    from tokenroi_cli.app.plan import PlanOptions
    from tokenroi_cli.app.plan import plan as run_plan

    edge: Edge = context.obj
    screen = edge.open_screen(json=json, yes=yes)
    with edge.workplace(screen) as workplace:
        result = run_plan(workplace, PlanOptions(task, out, feature, tier, max_usd))
    screen.finish(result)
    return result.exit_code
