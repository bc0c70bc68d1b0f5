"""What the tools of a Run may do: look, or also write and run commands, all of it in the journal."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from tokenroi_cli.agent.tools.tool import Bench
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.events import Notice
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.workspace.commands import run_command
from tokenroi_cli.workspace.journal import Journal

NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python trusts a cached module whose source kept its size and its second: of two edits within one second,
the tests would see the first. Nor does it leave a `__pycache__` of ours in the user's tree."""

FIRST_SNAPSHOT = "keeping a copy of this project's files, once, so that what commands do can be undone"

READ_ONLY = "plan mode changes nothing"

Command = Callable[[str, int | None], CommandResult]


def within(run: Command | None, seconds_left: Callable[[], float]) -> Command | None:
    """No command outlasts its Run."""
    if run is None:
        return None

    def limited(command: str, timeout_s: int | None) -> CommandResult:
        left = max(1, ceil(seconds_left()))
        return run(command, left if timeout_s is None else min(timeout_s, left))

    return limited


def nowhere(_path: str) -> str:
    return READ_ONLY


def anywhere(_path: str) -> None:
    return None


def reading_bench(workplace: Workplace) -> Bench:
    """Tools that look and change nothing."""
    return Bench(
        tree=workplace.tree,
        journal=None,
        frontend=workplace.frontend,
        may_write=nowhere,
        run=None,
        spawn=None,
    )


def tell_uncovered(workplace: Workplace, journal: Journal) -> None:
    """Says which files no undo brings back, before a command can touch them; once for as long as it holds."""
    if not workplace.journals.snapshots.has_memory:
        workplace.frontend.emit(Notice(FIRST_SNAPSHOT))
    uncovered = journal.uncovered().spoken()
    if uncovered and uncovered != workplace.told.get("uncovered"):
        workplace.told["uncovered"] = uncovered
        workplace.frontend.emit(Notice(f"undo does not cover what commands do {uncovered}"))


def writing_bench(workplace: Workplace, journal: Journal, may_write: Callable[[str], str | None]) -> Bench:
    """Tools that write where `may_write` has no objection, and run what the user allows."""

    def run(command: str, timeout_s: int | None) -> CommandResult:
        with journal.command(command) as held:
            return shell(workplace, command, timeout_s, held)

    return replace(
        reading_bench(workplace),
        journal=journal,
        may_write=may_write,
        before_run=lambda: tell_uncovered(workplace, journal),
        run=run,
    )


def shell(
    workplace: Workplace, command: str, timeout_s: int | None = None, held: tuple[int, ...] = ()
) -> CommandResult:
    """Runs a command that the user allowed, in the root of the work tree."""
    limit = workplace.config.commands.timeout_s
    return run_command(
        command,
        workplace.root,
        timeout_s=min(timeout_s or limit, limit),
        environ={**workplace.environ, **NO_BYTECODE},
        cancel=workplace.stopping,
        held=held,
    )
