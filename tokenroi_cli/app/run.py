"""A Run: its session, its caps, its clock, and the one way in which every Run ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tokenroi_cli.agent.desk import Desk, RunClock
from tokenroi_cli.agent.explore import explore
from tokenroi_cli.agent.tools import SCHEMAS
from tokenroi_cli.agent.tools.tool import Bench, ToolRefused
from tokenroi_cli.app.bench import within
from tokenroi_cli.app.notes import project_notes
from tokenroi_cli.app.workplace import Workplace, now
from tokenroi_cli.domain.call import CallState, Purpose
from tokenroi_cli.domain.errors import BudgetRefused, TokenroiError, worst
from tokenroi_cli.domain.events import Alert
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.session import Session
from tokenroi_cli.domain.tier import Route, TaskKind
from tokenroi_cli.policy.limits import Limits
from tokenroi_cli.policy.prompt import Stable
from tokenroi_cli.policy.reprice import reprice
from tokenroi_cli.store.templates import template
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journal

DEFAULT_CAP = usd("1.00")
"""Of a headless Run whose user set none."""


def default_cap(workplace: Workplace) -> Money:
    """Of a headless Run that no option caps."""
    return workplace.config.budget.caps.get("run", DEFAULT_CAP)


TITLE_CHARS = 80
"""Of a Run's title in a list of checkpoints."""


@dataclass(frozen=True, slots=True)
class Run:
    """One Run in one session."""

    workplace: Workplace
    session: Session
    cap: Money | None
    """On this Run alone."""
    started: datetime

    @property
    def part(self) -> ScopePart:
        """The scope element of this Run; its sums stand there. The session's length makes it unique in it."""
        return ScopePart("run", f"{self.session.id}.{len(self.session.entries)}")

    @property
    def session_part(self) -> ScopePart:
        return ScopePart("session", self.session.id)


def begin(workplace: Workplace, cap: Money | None, task: TaskKind) -> Run:
    """A Run in a fresh session, with the project's notes as they are now."""
    if workplace.config.script:
        workplace.frontend.emit(
            Alert("scripted", f"SCRIPTED: replies come from {workplace.config.script}; no model is called")
        )
    _tell_old_prices(workplace)
    notes = workplace.redact(project_notes(workplace.tree))
    session = workplace.sessions.create(notes, parent=workplace.parent, task=task)
    return Run(workplace, session, cap, now())


def _tell_old_prices(workplace: Workplace) -> None:
    today = now().date()
    if not workplace.config.script and workplace.prices.stale(today):
        table = workplace.prices.table
        text = (
            f"the prices are those of {table.source}, {table.as_of}, and may have changed: `tokenroi prices`"
        )
        workplace.frontend.emit(Alert("stale_prices", text))


def desk(run: Run, purpose: Purpose, bench: Bench, parts: tuple[ScopePart, ...] = ()) -> Desk:
    """The set-up of one Run: charged to its feature and session, under its cap, and to `parts` inside it."""
    workplace = run.workplace
    clock = RunClock(bench.frontend, time.monotonic)
    limits = Limits(workplace.config.limits.steps, workplace.config.limits.minutes * 60)

    def seconds_left() -> float:
        return limits.seconds - clock.elapsed()

    gateway = workplace.gateway.timed(seconds_left)
    if purpose.feature:
        gateway = gateway.within(ScopePart("feature", purpose.feature))
    gateway = gateway.within(run.session_part).within(run.part, run.cap)
    for part in parts:
        gateway = gateway.within(part)
    made = Desk(
        gateway=gateway,
        sessions=workplace.sessions,
        clock=clock,
        bench=replace(bench, frontend=clock, run=within(bench.run, seconds_left)),
        stable=stable(purpose.route, run.session.notes),
        purpose=purpose,
        limits=limits,
        redact=workplace.redact,
        stopping=workplace.stopping,
    )
    return replace(made, bench=replace(made.bench, spawn=_spawn(workplace, made)))


def stable(route: Route, notes: str) -> Stable:
    """What stands at the top of every prompt to the model."""
    if not route.tools:
        return Stable(template("prompts/system_without_tools.md"), notes, ())
    return Stable(template("prompts/system.md"), notes, SCHEMAS)


def _spawn(workplace: Workplace, made: Desk) -> Callable[[str], str]:
    def spawn(question: str) -> str:
        route = workplace.route(TaskKind.EXPLORE)
        if not route.tools:
            raise ToolRefused(f"{route.model} has no tools to explore with; read yourself")
        return explore(made, route, question)

    return spawn


def about(run: Run, title: str, *, transaction: bool = False) -> About:
    """What the journal of a Run says of it."""
    session = run.session
    return About(session.id, session.parent or session.id, title[:TITLE_CHARS], transaction=transaction)


def journal_of(run: Run, title: str) -> Journal:
    """Everything that this Run changes. Whoever asks for it ends it."""
    return run.workplace.journals.begin(about(run, title))


def purpose_of(run: Run, route: Route) -> Purpose:
    git = run.workplace.git
    return Purpose(route=route, session=run.session.id, git_branch=git.branch() if git else None)


def _on_premium(run: Run) -> Money | None:
    """The Run's tokens at the premium tier's price; None unless every call that may be billed told them."""
    price = run.workplace.premium_price()
    booked = run.workplace.ledger.booked(since=run.started)
    events = [row.event for row in booked if run.part in row.call.scope]
    billed = [event for event in events if event.state is not CallState.RELEASED]
    told = [event.told for event in billed if event.told is not None]
    if price is None or not billed or len(told) < len(billed):
        return None
    return Money(sum(reprice(usage, price) for usage in told))


def finished(run: Run, what: str, *, status: str = "done", text: str = "") -> RunResult:
    """The result of a Run that did what was asked; sums come from the ledger.

    One in which a call cost more than its worst case did not go well, whatever else it did.
    """
    ledger = run.workplace.ledger
    totals = ledger.totals(run.part)
    result = RunResult(
        status=status,
        exit_code=0,
        reason="",
        what=what,
        cost=totals.settled,
        unknown=Money(totals.unknown + totals.in_flight),
        calls=totals.calls,
        session=run.session.id,
        scripted=bool(run.workplace.config.script),
        text=text,
        repriced_premium=_on_premium(run),
        cap=run.cap,
    )
    overrun = ledger.frozen(run.part)
    if overrun is None:
        return result
    return replace(
        result,
        exit_code=BudgetRefused.exit_code,
        reason="overrun",
        what=f"{what}, but {overrun}",
        hint="this project is frozen until you thaw it: `tokenroi budget thaw project/.`",
    )


def ended_by(run: Run, error: TokenroiError) -> RunResult:
    """The result of a Run that a typed failure ended: what it cost all the same, and what to do next."""
    result = finished(run, error.what, status="failed")
    if result.exit_code and worst([result.exit_code, error.exit_code]) == result.exit_code != error.exit_code:
        return result
    return replace(result, exit_code=error.exit_code, reason=error.reason, what=error.what, hint=error.hint)
