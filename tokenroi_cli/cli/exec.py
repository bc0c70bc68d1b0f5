"""`tokenroi exec`: specs carried out in order; the validation of each decides."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tokenroi_cli.cli.edge import Edge
from tokenroi_cli.cli.options import Json, MaxUsd, TierOption, Yes
from tokenroi_cli.domain.errors import Interrupted, TokenroiError, worst
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.result import RunResult

if TYPE_CHECKING:
    from tokenroi_cli.app.run_spec import ExecOptions, Unstarted
    from tokenroi_cli.app.workplace import Workplace
    from tokenroi_cli.cli.screens import Screen


def exec_(
    context: typer.Context,
    specs: Annotated[
        list[Path], typer.Argument(metavar="SPEC", help="Spec files, in order.", show_default=False)
    ],
    max_usd: MaxUsd = None,
    tier: TierOption = None,
    accept_stale: Annotated[
        bool, typer.Option("--accept-stale", help="Go on although files changed since the plan.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the files of a failed attempt in place.")
    ] = False,
    commit: Annotated[
        bool, typer.Option("--commit", help="Commit what is accepted, with cost trailers.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Carry specs out on a cheaper tier. Accepted is what passes their Validation; the cap holds per spec."""
    from tokenroi_cli.app.run_spec import ExecOptions, Unstarted, check_all

    edge: Edge = context.obj
    screen = edge.open_screen(json=json, yes=yes)
    wanted = [ExecOptions(spec, max_usd, tier, accept_stale, keep, commit) for spec in specs]
    ends: list[RunResult | TokenroiError]
    with edge.workplace(screen) as workplace:
        try:
            check_all(workplace, wanted)
        except Unstarted as unstarted:
            ends = [*_none(workplace, screen, wanted, unstarted)]
            code = unstarted.error.exit_code
        else:
            ends = list(_each(workplace, screen, wanted))
            code = worst([end.exit_code for end in ends])
    if len(specs) > 1:
        screen.finish(_all(ends, code))
    return code


def _each(
    workplace: "Workplace", screen: "Screen", wanted: Sequence["ExecOptions"]
) -> Iterator[RunResult | TokenroiError]:
    """The end of each spec, shown as it comes; nothing is started after an interrupt."""
    from tokenroi_cli.app.preflight import spec_name
    from tokenroi_cli.app.run_spec import run_spec

    left: dict[str, str] = {}
    for options in wanted:
        try:
            result = run_spec(workplace, replace(options, accepted_before=left))
        except TokenroiError as error:
            screen.fail(error, spec_name(workplace, options.spec))
            yield error
            continue
        screen.finish(result)
        yield result
        if result.exit_code == Interrupted.exit_code:
            return
        if result.exit_code == 0:
            left |= _hashes(workplace, result.attempts[-1].changed)


def _hashes(workplace: "Workplace", paths: Sequence[str]) -> dict[str, str]:
    """Of those that are files: what a command has left may be anything."""
    found = {}
    for path in paths:
        with suppress(TokenroiError):
            found[path] = workplace.tree.sha256(path)
    return {path: digest for path, digest in found.items() if digest is not None}


def _none(
    workplace: "Workplace", screen: "Screen", wanted: Sequence["ExecOptions"], why: "Unstarted"
) -> Iterator[TokenroiError]:
    """The end of each spec where one of them keeps all from being started."""
    from tokenroi_cli.app.preflight import spec_name

    for options in wanted:
        name = spec_name(workplace, options.spec)
        error = why.error
        if name != why.spec:
            what, hint = f"{name}: not started, because of {why.spec}", "mend that one, or leave it out"
            error = TokenroiError(what, hint, reason="not_started")
        screen.fail(error, name)
        yield error


def _all(ends: Sequence[RunResult | TokenroiError], code: int) -> RunResult:
    """One result for all of them: the sums, and the exit code that wins."""
    results = [end for end in ends if isinstance(end, RunResult)]
    accepted = sum(end.exit_code == 0 for end in ends)
    repriced = [result.repriced_premium for result in results if result.repriced_premium is not None]
    return RunResult(
        status="done" if code == 0 else "failed",
        exit_code=code,
        reason=next((end.reason for end in ends if end.exit_code == code), ""),
        what=f"{accepted} of {len(ends)} specs accepted",
        cost=Money(sum(result.cost for result in results)),
        unknown=Money(sum(result.unknown for result in results)),
        calls=sum(result.calls for result in results),
        session="",
        repriced_premium=Money(sum(repriced)) if results and len(repriced) == len(results) else None,
    )
