"""Undo, redo and what changed: the files of one session, back and forth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenroi_cli.app.workplace import Workplace, find_root, open_journals, recovered
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.events import Frontend
from tokenroi_cli.store.paths import locate
from tokenroi_cli.workspace import undo as past
from tokenroi_cli.workspace.journal import Journals
from tokenroi_cli.workspace.lock import locked
from tokenroi_cli.workspace.undo import Checkpoint, Undone


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one session in one work tree.

    Its methods raise UsageError where there is nothing to do, and Busy while an exec is at work in the tree.
    """

    journals: Journals
    locks: Path
    session: str
    """The one that the user talks in; what it started belongs to it."""

    def undo(self, to: int | None = None) -> Undone:
        """Files as they were before checkpoint `to`, by default before the last Run that is not undone."""
        with locked(self.journals.root, self.locks):
            return past.undo(self.journals, self.session, to)

    def redo(self) -> Undone:
        """Takes the last undo back."""
        with locked(self.journals.root, self.locks):
            return past.redo(self.journals, self.session)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """By number."""
        return past.checkpoints(self.journals, self.session)

    def diff(self, since: int | None = None) -> str:
        """Unified diff from before checkpoint `since`, by default before the first, to now."""
        return past.diff(self.journals, self.session, since)


def files_of(workplace: Workplace, session: str) -> Files:
    """The files of a session that is open."""
    return Files(workplace.journals, workplace.home.state / "locks", session)


def newest_files(environ: Mapping[str, str], folder: Path, frontend: Frontend) -> Files:
    """Those of the session in this work tree whose Run changed files last. Raises UsageError without one."""
    state = locate(environ).ensure_state()
    root, _git = find_root(folder, environ)
    journals = open_journals(state, root, environ)
    recovered(journals, frontend)
    session = past.family(journals)
    if session is None:
        raise UsageError(f"nothing to undo in {root}", "no Run of tokenroi has changed a file here")
    return Files(journals, state / "locks", session)
