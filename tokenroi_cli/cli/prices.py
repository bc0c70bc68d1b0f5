"""`tokenroi prices`: the price table."""

from typing import Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json

Model = Annotated[
    str | None, typer.Argument(metavar="MODEL", help="A model id or a tier; left out: the models in use.")
]
All = Annotated[bool, typer.Option("--all", help="List every model that has a price.")]


def prices(context: typer.Context, model: Model = None, all_: All = False, json: Json = False) -> int:
    """Show what models cost, in USD per million tokens, and how old the prices are. Exit 14: no price."""
    from tokenroi_cli.app.prices import price_of
    from tokenroi_cli.app.prices import prices as look
    from tokenroi_cli.views.jsonl import encode
    from tokenroi_cli.views.prices import price_object, price_text, prices_object, prices_text

    edge: Edge = context.obj
    if model is not None:
        row = price_of(edge.environ, model)
        text = encode(price_object(row)) if json else price_text(row)
    else:
        found = look(edge.environ, everything=all_)
        text = encode(prices_object(found)) if json else prices_text(found)
    edge.console.write(text + "\n")
    return 0
