"""`tokenroi report`: what was spent, by one column."""

from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json

By = Annotated[
    str, typer.Option(metavar="COLUMN", help="model, tier, task, feature, spec, git-branch, day or session.")
]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="30d, 12h, 2w or a date; else from the first call on.")
]


def report(context: typer.Context, by: By = "model", since: Since = None, json: Json = False) -> int:
    """Add up the ledger. Calls, cost, what is unknown, and the same tokens on premium."""
    from tokenroi_cli.app.report import ReportOptions
    from tokenroi_cli.app.report import report as add_up
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.report import report_object, report_text

    edge: Edge = context.obj
    found = add_up(edge.environ, ReportOptions(by, since))
    edge.console.write((encode(report_object(found)) if json else report_text(found)) + "\n")
    return 0
