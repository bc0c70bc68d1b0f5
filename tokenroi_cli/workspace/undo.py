"""Undo and redo: the Runs of one session as numbered checkpoints, taken back in reverse and brought again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace.history.records import ENDED, About, Facts, Kind, read
from tokenroi_cli.workspace.history.restore import Reversal
from tokenroi_cli.workspace.history.states import Change, first_states
from tokenroi_cli.workspace.journal import Journals


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The files as they were before one Run changed some of them."""

    number: int
    """From 1 in each session; a number is never given twice."""
    title: str
    at: str
    """When the Run began, ISO 8601 UTC."""
    files: tuple[str, ...]
    """What the Run changed, sorted."""
    undone: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo or a redo did."""

    checkpoints: tuple[Checkpoint, ...]
    """Those whose Runs it concerned, in the order of their numbers, as they were before."""
    reversal: Reversal


@dataclass(slots=True)
class _Past:
    """The Runs of one session and what has been undone of them."""

    runs: list[Facts] = field(default_factory=list)
    done: list[Facts] = field(default_factory=list)
    undos: list[Facts] = field(default_factory=list)
    """That a redo can take back, the last one first to go."""

    def add(self, facts: Facts) -> None:
        match facts.about.kind:
            case Kind.RUN:
                self.runs.append(facts)
                self.done.append(facts)
                self.undos.clear()
            case Kind.UNDO:
                self.done = [run for run in self.done if run.id not in facts.about.of]
                self.undos.append(facts)
            case Kind.REDO:
                again = {run for undo in self.undos if undo.id in facts.about.of for run in undo.about.of}
                self.undos = [undo for undo in self.undos if undo.id not in facts.about.of]
                standing = again | {run.id for run in self.done}
                self.done = [run for run in self.runs if run.id in standing]

    def checkpoint(self, run: Facts) -> Checkpoint:
        files = (path for path, state in first_states(run.changes).items() if not state.is_folder)
        shown = {change.path for change in run.changes if change.before.digest or change.after.digest}
        return Checkpoint(
            number=self.runs.index(run) + 1,
            title=run.about.title,
            at=run.at,
            files=tuple(sorted(shown.intersection(files))),
            undone=run not in self.done,
        )


def family(journals: Journals) -> str | None:
    """The session in which something can be undone, the one with the newest Run; None when there is none."""
    last = None
    for facts in _ended(journals):
        if facts.about.kind is Kind.RUN:
            last = facts.about.family
    return last


def checkpoints(journals: Journals, session: str) -> tuple[Checkpoint, ...]:
    """Of a session and of those that it started, by number."""
    past = _past(journals, session)
    return tuple(past.checkpoint(run) for run in past.runs)


def undo(journals: Journals, session: str, to: int | None = None) -> Undone:
    """Makes the files what they were before checkpoint `to`, by default before the last Run not undone yet.

    Raises UsageError when there is none of that number, or nothing to undo.
    """
    past = _past(journals, session)
    if not past.done:
        raise UsageError("nothing to undo in this session", "a Run that changes no file leaves no checkpoint")
    first = past.checkpoint(past.done[-1]).number if to is None else to
    runs = [run for run in past.done if past.checkpoint(run).number >= first]
    if not runs or past.checkpoint(runs[0]).number != first:
        there = ", ".join(str(past.checkpoint(run).number) for run in past.done)
        raise UsageError(f"there is no checkpoint {first} to go back to", f"the checkpoints are: {there}")
    about = About(session, session, kind=Kind.UNDO, of=tuple(run.id for run in runs))
    changes = [change for run in runs for change in run.changes]
    return Undone(tuple(map(past.checkpoint, runs)), _reversed(journals, about, changes))


def redo(journals: Journals, session: str) -> Undone:
    """Takes the last undo back. Raises UsageError when there is none, or a Run changed files after it."""
    past = _past(journals, session)
    if not past.undos:
        raise UsageError("nothing to redo in this session", "a Run that changes files after an undo ends it")
    last = past.undos[-1]
    about = About(session, session, kind=Kind.REDO, of=(last.id,))
    runs = [run for run in past.runs if run.id in last.about.of]
    return Undone(tuple(map(past.checkpoint, runs)), _reversed(journals, about, last.changes))


def diff(journals: Journals, session: str, since: int | None = None) -> str:
    """Unified diff from before checkpoint `since`, by default the first one that is not undone, to now."""
    past = _past(journals, session)
    runs = [run for run in past.done if since is None or past.checkpoint(run).number >= since]
    return journals.patch([change for run in runs for change in run.changes])


def _reversed(journals: Journals, about: About, changes: Sequence[Change]) -> Reversal:
    """One that found nothing to do counts as well; one that had to leave everything does not."""
    journal = journals.begin(about)
    done = journal.take_back(changes)
    if not done.steps and not done.left:
        journal.record(())
    journal.end(rolled_back=bool(done.left) and not done.steps)
    return done


def _past(journals: Journals, session: str) -> _Past:
    past = _Past()
    for facts in _ended(journals):
        if facts.about.family == session:
            past.add(facts)
    return past


def _ended(journals: Journals) -> list[Facts]:
    found = (read(path) for path in journals.logs() if path.suffix == ENDED)
    return [facts for facts in found if not facts.rolled_back and (facts.changes or facts.about.of)]
