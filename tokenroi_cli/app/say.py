"""`-p` and the REPL: prompts in a session, answered on the mid tier."""

from dataclasses import dataclass, replace

from tokenroi_cli.agent.turn import run_turn
from tokenroi_cli.app.bench import anywhere, writing_bench
from tokenroi_cli.app.run import (
    Run,
    begin,
    default_cap,
    desk,
    ended_by,
    finished,
    journal_of,
    purpose_of,
)
from tokenroi_cli.app.workplace import Workplace, now
from tokenroi_cli.domain.errors import BudgetRefused, Interrupted, LimitReached, TokenroiError, UsageError
from tokenroi_cli.domain.events import Notice
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.session import Session
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.workspace.paths import shown

SESSION_CAP = usd("5.00")
"""Of a REPL session whose user set none."""

RESUME = "`tokenroi --continue` goes on from here"

NOTHING_TO_CONTINUE = "no conversation in this folder to go on with: this is a new one"


@dataclass(frozen=True, slots=True)
class SayOptions:
    """One headless Turn."""

    text: str
    max_usd: Money | None = None
    tier: Tier | None = None
    model: str | None = None
    continue_: bool = False
    """Go on in the newest session of this work tree."""


def say(workplace: Workplace, options: SayOptions) -> RunResult:
    """Answers one prompt. Raises before a session exists; after that every end is a RunResult."""
    if not options.text.strip():
        raise UsageError("the prompt is empty", 'say what to do: tokenroi -p "explain src/app.py"')
    route = workplace.route(TaskKind.CHAT, options.tier, options.model)
    cap = options.max_usd if options.max_usd is not None else default_cap(workplace)
    newest = workplace.sessions.newest() if options.continue_ else None
    if options.continue_ and newest is None:
        workplace.frontend.emit(Notice(NOTHING_TO_CONTINUE))
    run = Run(workplace, newest, cap, now()) if newest else begin(workplace, cap, TaskKind.CHAT)
    return _resumable(answer(run, route, options.text)[1])


def answer(run: Run, route: Route, text: str, facts: tuple[str, ...] = ()) -> tuple[Session, RunResult]:
    """One Turn on the session's branch; the session as it stands afterwards, and how the Turn ended.

    `facts`: what the model is told before the prompt itself.
    """
    workplace = run.workplace
    journal = journal_of(run, one_line(text))
    made = desk(run, purpose_of(run, route), writing_bench(workplace, journal, anywhere))
    session = run.session
    try:
        try:
            end = run_turn(made, session, tuple(map(Text, (*facts, text))))
        finally:
            journal.end()
    except TokenroiError as error:
        return workplace.sessions.load(session.id), ended_by(run, error)
    except KeyboardInterrupt:
        interrupted = Interrupted("interrupted", "what was billed is booked; the session can be continued")
        return workplace.sessions.load(session.id), ended_by(run, interrupted)
    return end.session, finished(run, "answered", text=end.text)


def one_line(text: str) -> str:
    return shown(" ".join(text.split()))


def _resumable(result: RunResult) -> RunResult:
    """After a limit or a cap the session can be gone on with."""
    if result.exit_code not in (LimitReached.exit_code, BudgetRefused.exit_code):
        return result
    return replace(result, hint="; ".join(filter(None, (result.hint, RESUME))))


@dataclass(frozen=True, slots=True)
class Status:
    """What the status bar shows; every number comes from the ledger."""

    tier: Tier | None
    model: str
    context_tokens: int
    """Tokens that the next call of this branch reads at least."""
    spent: Money
    unknown: Money
    cap: Money | None
    hard: bool
    scripted: bool


class Conversation:
    """The session of a REPL: one prompt after the other on one branch."""

    def __init__(
        self, workplace: Workplace, session: Session | None = None, cap: Money | None = None
    ) -> None:
        """`cap`: on what the session may cost, instead of the configured one."""
        self._route = workplace.route(TaskKind.CHAT)
        self._session = session or begin(workplace, None, TaskKind.CHAT).session
        configured = workplace.config.budget.caps.get("session")
        self._cap = cap if cap is not None else configured if configured is not None else SESSION_CAP
        self._untold: list[str] = []
        self._hard = workplace.caps_hard(self._route.model)
        self._workplace = workplace.on_behalf_of(self._session.id, self._cap)

    @property
    def workplace(self) -> Workplace:
        """For what is started from here, plans and specs: charged to this session, under its cap."""
        return self._workplace

    @property
    def session(self) -> Session:
        return self._session

    def say(self, text: str) -> RunResult:
        """Answers one prompt; for a worker thread. Never raises a TokenroiError: its end is the result."""
        run = Run(self._workplace, self._session, None, now())
        told, self._untold = self._untold, []
        self._session, result = answer(run, self._route, text, tuple(told))
        return result

    def tell(self, fact: str) -> None:
        """Something the model learns with the next prompt."""
        self._untold.append(fact)

    def cancel(self) -> None:
        """From any thread: ends the Turn in progress; what it cost is booked."""
        self._workplace.stop()

    def status(self) -> Status:
        workplace = self._workplace
        totals = workplace.ledger.totals(ScopePart("session", self._session.id))
        last = workplace.ledger.last_usage(self._session.id)
        return Status(
            tier=self._route.tier,
            model=self._route.model,
            context_tokens=last.context + last.output if last else 0,
            spent=totals.settled,
            unknown=Money(totals.unknown + totals.in_flight),
            cap=self._cap,
            hard=self._hard,
            scripted=bool(workplace.config.script),
        )
