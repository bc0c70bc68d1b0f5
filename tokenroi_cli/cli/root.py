"""`tokenroi` alone: the REPL; with `-p`, one headless Turn."""

from typing import Annotated

import typer

from tokenroi_cli import __version__
from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json, MaxUsd, TierOption, Yes
from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.money import Money


def print_version(wanted: bool) -> None:
    """Leaves before anything else is looked at."""
    if wanted:
        typer.echo(f"tokenroi {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
]


def root(
    context: typer.Context,
    prompt: Annotated[
        str | None,
        typer.Option(
            "-p", "--prompt", metavar="TEXT", help="Answer one prompt and leave; standard input is appended."
        ),
    ] = None,
    json: Json = False,
    tier: TierOption = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="A model instead of a tier.")] = None,
    max_usd: MaxUsd = None,
    continue_: Annotated[bool, typer.Option("--continue", help="Go on in the newest session here.")] = False,
    yes: Yes = False,
    _version: Version = False,
) -> int:
    """A coding assistant that spends money on purpose. Without a command: the REPL in this folder."""
    edge: Edge = context.obj
    if context.invoked_subcommand is not None:
        _expect_only((), context, f"write it after `{context.invoked_subcommand}`")
        return 0
    if prompt is None:
        _expect_only(("continue_", "max_usd"), context, 'say what to do: tokenroi -p "..."')
        return _repl(edge, resume=continue_, cap=max_usd)

    from tokenroi_cli.app.say import SayOptions, say
    from tokenroi_cli.views.safe import well_formed

    screen = edge.open_screen(json=json, yes=yes)
    text = "\n\n".join(filter(None, (prompt, edge.console.piped())))
    with edge.workplace(screen) as workplace:
        result = say(workplace, SayOptions(well_formed(text), max_usd, tier, model, continue_))
    screen.finish(result)
    return result.exit_code


def _expect_only(allowed: tuple[str, ...], context: typer.Context, hint: str) -> None:
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in allowed:
            raise UsageError(f"{parameter.opts[0]} does not belong here", hint)


def _repl(edge: Edge, *, resume: bool, cap: Money | None) -> int:
    if not edge.console.attended:
        raise UsageError("the REPL needs a terminal", 'say what to do: tokenroi -p "..."')
    from tokenroi_cli.cli.crash import record
    from tokenroi_cli.repl.loop import Start, repl

    def bug(error: BaseException) -> TokenroiError:
        return record(error, (), edge.environ)

    return repl(Start(edge.folder, edge.environ, edge.console, bug, resume, cap))
