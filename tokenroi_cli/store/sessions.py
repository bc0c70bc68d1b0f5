"""Sessions on disk: an append-only file each, a line per entry, and nothing acknowledged is lost."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.message import Block
from tokenroi_cli.domain.session import Entry, EntryKind, Session
from tokenroi_cli.domain.tier import TaskKind
from tokenroi_cli.store.session_file import (
    SessionDamaged,
    SessionInfo,
    append_line,
    create_file,
    read_info,
    read_session,
)
from tokenroi_cli.store.session_lines import entry_line, header_line, read_entry, read_header

__all__ = ["SessionDamaged", "SessionInfo", "SessionStore", "project_key"]

_SAME_SECOND = 100
"""Names tried for a session before giving up: four digits of chance within one second."""


def now() -> datetime:
    return datetime.now(UTC)


def random_id() -> str:
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class SessionStore:
    """The sessions of one work tree. Its methods raise TokenroiError when the disk refuses."""

    state: Path
    root: Path
    clock: Callable[[], datetime] = now
    """Gives the time with its zone."""
    ids: Callable[[], str] = random_id
    """Gives hexadecimal digits, other ones each time."""

    @property
    def folder(self) -> Path:
        return self.state / "sessions" / project_key(self.root)

    def create(self, notes: str, parent: str | None = None, task: TaskKind = TaskKind.CHAT) -> Session:
        """A new, empty session, on disk when this returns."""
        stamp = self.clock().astimezone(UTC).strftime("%Y%m%d-%H%M%S")
        root = os.path.realpath(self.root)
        with _told(self.folder):
            self._make_folder()
            for _ in range(_SAME_SECOND):
                session = Session(f"{stamp}-{self.ids()[:4]}", root, notes, parent=parent, task=task)
                line = header_line(session)
                if create_file(self._path(session.id), line):
                    return read_header(line)
        raise TokenroiError(f"cannot find a free name for a session in {self.folder}", "try again")

    def append(self, session: Session, kind: EntryKind, blocks: Iterable[Block]) -> Session:
        """The session with one more entry after its tip, on disk when this returns.

        What it returns is what was written, read back: halves of a character that arrived apart are one.
        """
        entry = Entry(self.ids(), session.tip, kind, tuple(blocks), self.clock().astimezone(UTC).isoformat())
        line = entry_line(entry)
        path = self._path(session.id)
        with _told(path):
            append_line(path, line)
        return replace(session, entries=(*session.entries, read_entry(line)), tip=entry.id)

    def load(self, session_id: str) -> Session:
        """The session as it was last appended to; a last line that a crash cut off does not count.

        Raises UsageError when there is none of that name, SessionDamaged with what can be kept of it.
        """
        path = self._path(session_id)
        with _told(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError as error:
                raise _no_session(session_id) from error
        return read_session(data, path, Session(session_id, os.path.realpath(self.root), notes=""))

    def newest(self) -> Session | None:
        """The chat that was written to last, child sessions aside. Raises what `load` raises.

        One in which nothing was said, such as of a REPL that was opened and left, hides no other.
        """
        chats = [info for info in self.list() if info.parent is None and info.task is TaskKind.CHAT]
        latest = next((info for info in chats if info.title), next(iter(chats), None))
        return self.load(latest.id) if latest else None

    def list(self) -> tuple[SessionInfo, ...]:
        """Every session whose header can be read, the one written to last first."""
        with _told(self.folder):
            found = (read_info(path) for path in self.folder.glob("*.jsonl") if path.is_file())
            infos = [info for info in found if info is not None]
        return tuple(sorted(infos, key=lambda info: (info.updated, info.id), reverse=True))

    def _path(self, session_id: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", session_id):
            raise _no_session(session_id)
        return self.folder / f"{session_id}.jsonl"

    def _make_folder(self) -> None:
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.parent.mkdir(mode=0o700, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)


def project_key(root: Path) -> str:
    """The folder name of a work tree's sessions: readable, and another one for every real path."""
    real = os.path.realpath(root)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(real).name)[:40].strip(".-") or "root"
    return f"{name}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:12]}"


def _no_session(session_id: str) -> UsageError:
    return UsageError(
        f"there is no session {session_id!r} for this folder", "it may have been removed; start a new one"
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Failures of the disk as failures of tokenroi."""
    try:
        yield
    except OSError as error:
        raise TokenroiError(
            f"{path}: {error.strerror or error}",
            "make room or give leave to write there",
            reason="session_store",
        ) from error
