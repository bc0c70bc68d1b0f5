"""`tokenroi doctor`: what a run stands on, one line each."""

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json


def doctor(context: typer.Context, json: Json = False) -> int:
    """Check the set-up. Keys, models, prices, caps, state; nothing is sent. Exit 1 when something fails."""
    from tokenroi_cli.app.doctor import doctor as examine
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.tables import table

    edge: Edge = context.obj
    checks = examine(edge.environ, edge.folder)
    if json:
        rows = [{"name": check.name, "ok": check.ok, "text": check.text} for check in checks]
        edge.console.write(encode({"checks": rows}) + "\n")
    else:
        shown = [["ok" if check.ok else "FAIL", check.name, check.text] for check in checks]
        edge.console.write(table(("", "check", "finding"), shown, "lll") + "\n")
    return 0 if all(check.ok for check in checks) else 1
