"""`tokenroi report`: what was spent, by one column."""

from pathlib import Path
from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json

By = Annotated[
    str,
    typer.Option(
        metavar="COLUMN",
        help="model, tier, task, attempt, class (of tokens), feature, spec, git-branch, day or session.",
    ),
]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="30d, 12h, 2w or a date; else from the first call on.")
]
Reconcile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="First compare with a provider's usage export, and book what it proves of unknown money.",
        show_default=False,
    ),
]


def report(
    context: typer.Context,
    by: By = "model",
    since: Since = None,
    reconcile: Reconcile = None,
    json: Json = False,
) -> int:
    """Add up the ledger. Calls, cost, what is unknown, and the same tokens on premium."""
    from tokenroi_cli.app.reconcile import reconcile as compare
    from tokenroi_cli.app.report import ReportOptions, check
    from tokenroi_cli.app.report import report as add_up
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.reconcile import reconciled_object, reconciled_text
    from tokenroi_cli.views.report import report_object, report_text

    edge: Edge = context.obj
    options = ReportOptions(by, since)
    check(options)
    compared = None if reconcile is None else compare(edge.environ, reconcile)
    found = add_up(edge.environ, options)
    if json:
        more = {} if compared is None else {"reconcile": reconciled_object(compared)}
        edge.console.write(encode({**report_object(found), **more}) + "\n")
    else:
        before = "" if compared is None else f"{reconciled_text(compared)}\n\n"
        edge.console.write(f"{before}{report_text(found)}\n")
    return 0
