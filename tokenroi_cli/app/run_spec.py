"""`tokenroi exec`: a cheaper model carries a spec out in a fresh context; its validation decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tokenroi_cli.app.attempts import Execution, attempt
from tokenroi_cli.app.commit import check_committable, commit_spec
from tokenroi_cli.app.estimate import price_range
from tokenroi_cli.app.preflight import load_spec, preflight, read_spec, spec_name
from tokenroi_cli.app.rollback import RolledBack, as_before, roll_back
from tokenroi_cli.app.run import (
    about,
    begin,
    default_cap,
    ended_by,
    finished,
    purpose_of,
)
from tokenroi_cli.app.workplace import Workplace, now
from tokenroi_cli.domain.errors import BudgetRefused, Interrupted, TokenroiError, ValidationFailed
from tokenroi_cli.domain.events import Answer, AttemptEnded, Estimated, Notice, Question, QuestionKind
from tokenroi_cli.domain.money import Money, decimal_usd, usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Attempt, Spec
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.policy.cascade import Stop, next_step
from tokenroi_cli.spec.stamp import stamped
from tokenroi_cli.workspace.atomic import Write
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journal
from tokenroi_cli.workspace.lock import locked


@dataclass(frozen=True, slots=True)
class ExecOptions:
    spec: Path
    max_usd: Money | None = None
    tier: Tier | None = None
    """Start there; None: where routing sends `execute`."""
    accept_stale: bool = False
    keep: bool = False
    """Leave a failed attempt's files in place."""
    commit: bool = False
    accepted_before: Mapping[str, str] | None = None
    """Path -> hash that specs accepted earlier in this same command left."""


def check_all(workplace: Workplace, wanted: Sequence[ExecOptions]) -> None:
    """What can be known of all specs of a command before the first one spends; for free.

    Raises Unstarted around the SpecError of one that cannot be read or is invalid, or the UsageError of one
    that could not be committed.
    """
    coming: frozenset[str] = frozenset()
    for options in wanted:
        try:
            spec = read_spec(workplace, options.spec, coming)
            if options.commit:
                check_committable(workplace, spec)
        except TokenroiError as error:
            raise Unstarted(spec_name(workplace, options.spec), error) from error
        coming |= {item.path for item in spec.create}


class Unstarted(Exception):
    """Of the specs of a command, the one for which none is begun, and why."""

    def __init__(self, spec: str, error: TokenroiError) -> None:
        super().__init__(error.what)
        self.spec = spec
        self.error = error


def run_spec(workplace: Workplace, options: ExecOptions) -> RunResult:
    """Executes one spec.

    Raises SpecError, StaleOrOutOfScope, ValidationFailed (it cannot run), BudgetRefused, NotConfigured or
    Busy (another one is at work in this tree) before the first call. After that every end is a RunResult.
    Unless it was accepted, everything that it changed is put back, by commands, too.
    """
    with locked(workplace.root, workplace.home.state / "locks"):
        title = spec_name(workplace, options.spec)
        journal = workplace.journals.begin(About(title=title, transaction=True))
        try:
            execution = _prepared(workplace, options, journal)
        except BaseException:
            as_before(workplace.frontend, journal)
            raise
        return _carried_out(execution, options)


def _prepared(workplace: Workplace, options: ExecOptions, journal: Journal) -> Execution:
    """All that may refuse the spec before it spends; then the Run begins."""
    spec = load_spec(workplace, options)
    if options.commit:
        check_committable(workplace, spec)
    route = workplace.route(TaskKind.EXECUTE, options.tier)
    marks = preflight(workplace, spec, journal)
    cap = _cap(workplace, spec, options)
    _gate(workplace, spec, route, cap)
    run = begin(workplace, cap, TaskKind.EXECUTE)
    purpose = replace(
        purpose_of(run, route), spec=_spec_id(spec), feature=spec.stamp.feature if spec.stamp else None
    )
    journal.name(about(run, spec.path, transaction=True))
    return Execution(run, spec, marks, purpose, journal)


def _carried_out(execution: Execution, options: ExecOptions) -> RunResult:
    attempts: list[Attempt] = []
    try:
        _attempt_until_accepted(execution, attempts)
        if attempts[-1].accepted:
            _record(execution)
            execution.journal.end()
    except TokenroiError as error:
        return _rolled_back(execution, error, attempts, options)
    except KeyboardInterrupt:
        interrupted = Interrupted("interrupted", "what was billed is booked")
        return _rolled_back(execution, interrupted, attempts, options)
    except BaseException:  # not even a bug of ours may leave a half-done tree behind
        roll_back(execution)
        raise
    if not attempts[-1].accepted:
        failed = ValidationFailed(
            f"validation failed after {len(attempts)} attempts: {_failing(attempts[-1])}",
            "read the failing output above; refine the spec, or start on another tier with --tier",
        )
        return _rolled_back(execution, failed, attempts, options)
    return _accepted(execution, attempts, options)


def _spec_id(spec: Spec) -> str:
    return spec.stamp.id if spec.stamp else spec.path


def _cap(workplace: Workplace, spec: Spec, options: ExecOptions) -> Money:
    """The lower of the spec's cap and the user's; the default when neither is set."""
    caps = [options.max_usd] if options.max_usd is not None else []
    if spec.stamp and spec.stamp.cap_usd is not None:
        caps.append(usd(spec.stamp.cap_usd))
    return min(caps, default=default_cap(workplace))


def _gate(workplace: Workplace, spec: Spec, route: Route, cap: Money) -> None:
    """Stops when even the low end is above the cap; asks when the high end is."""
    ranges = price_range(workplace, spec)
    workplace.frontend.emit(Estimated(spec.path, ranges))
    if route.tier is None or route.tier not in ranges:
        return
    low, high = ranges[route.tier]
    words = f"${decimal_usd(low)} to ${decimal_usd(high)} on {route.tier}, the cap is ${decimal_usd(cap)}"
    if low > cap:
        raise BudgetRefused(
            f"{spec.path}: the estimate is {words}",
            "raise --max-usd or cap_usd, or split the spec",
            reason="gate",
        )
    if high > cap:
        asked = Question(QuestionKind.ESTIMATE, f"The estimate is {words}. Go on?")
        if workplace.frontend.ask(asked) is Answer.NO:
            raise BudgetRefused(f"{spec.path}: not started: the estimate is {words}", reason="gate")


def _attempt_until_accepted(execution: Execution, done: list[Attempt]) -> None:
    """Adds attempts to `done` until one is accepted or the cascade stops."""
    session = execution.run.session
    while not done or not isinstance(next_step(done), Stop):
        session, ended = attempt(execution, session, done)
        done.append(ended)
        execution.workplace.frontend.emit(AttemptEnded(ended))


def _failing(attempt: Attempt) -> str:
    return "; ".join(result.command for result in attempt.validation if not result.passed)


def _accepted(execution: Execution, attempts: Sequence[Attempt], options: ExecOptions) -> RunResult:
    workplace, spec = execution.workplace, execution.spec
    result = replace(
        finished(execution.run, f"{spec.path}: accepted", status="accepted"),
        spec=spec.path,
        attempts=tuple(attempts),
    )
    if not options.commit:
        return result
    try:
        commit = commit_spec(execution.run, spec, execution.results(), result)
    except TokenroiError as error:
        refused = ended_by(execution.run, error)
        return replace(refused, spec=spec.path, attempts=tuple(attempts), status="accepted_not_committed")
    workplace.frontend.emit(Notice(f"committed {commit}" if commit else "nothing to commit"))
    return result


def _record(execution: Execution) -> None:
    """Writes into the spec's front matter what was accepted: a record for people and hooks, not a proof."""
    workplace, spec = execution.workplace, execution.spec
    if spec.stamp is None or not workplace.tree.exists(spec.path):
        return
    hashes = {path: workplace.tree.sha256(path) for path in execution.results()}
    record = {"at": now().isoformat(timespec="seconds"), "files": {k: v for k, v in hashes.items() if v}}
    stamp = replace(spec.stamp, extra={**spec.stamp.extra, "accepted": record})
    path = workplace.tree.resolve(spec.path)
    before = path.read_bytes()
    try:
        execution.journal.carry_out([Write(path, before, stamped(spec.source, stamp).encode())])
    except OSError as error:
        what = f"{spec.path}: what was accepted could not be recorded: {error.strerror or error}"
        raise TokenroiError(what) from error


def _rolled_back(
    execution: Execution, error: TokenroiError, attempts: Sequence[Attempt], options: ExecOptions
) -> RunResult:
    """The tree as it was, and the last attempt as a patch for whoever wants to look at it."""
    if options.keep:
        rolled = RolledBack()
        execution.journal.end()
    else:
        rolled = roll_back(execution)
    result = ended_by(execution.run, error)
    hint = "; ".join(part for part in (result.hint, rolled.trouble) if part)
    return replace(result, spec=execution.spec.path, attempts=tuple(attempts), path=rolled.patch, hint=hint)
