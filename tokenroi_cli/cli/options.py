"""Options that several commands share, each with one meaning."""

from typing import Annotated

import typer

from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.tier import Tier


def money(text: str) -> Money:
    """An amount on the command line, in USD."""
    try:
        return usd(text.removeprefix("$"))
    except ValueError as error:
        raise typer.BadParameter(f"{error}, such as 0.50") from error


def tier(text: str) -> Tier:
    """A tier by its name."""
    try:
        return Tier(text.lower())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(Tier)}") from error


MaxUsd = Annotated[
    Money | None,
    typer.Option(parser=money, metavar="USD", help="Cap on what this run may spend.", show_default=False),
]
TierOption = Annotated[
    Tier | None,
    typer.Option(parser=tier, metavar="|".join(Tier), help="Which tier does the work.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Answer yes to estimates and to running commands, and only those.")
]
