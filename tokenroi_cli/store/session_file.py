"""The bytes of a session file: whole lines under a lock, and what can be read of a file after a crash."""

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.session import Entry, EntryKind, Session
from tokenroi_cli.domain.tier import TaskKind
from tokenroi_cli.store.session_lines import read_entry, read_header, record

_WINDOW = 64 * 2**10
"""Bytes read at an end of a file to find its last line or its title."""
_TITLE = 80
"""Characters."""


class SessionDamaged(TokenroiError):
    """Something overwrote lines in the middle of a session file. `kept` is the session without them."""

    reason = "session_damaged"

    def __init__(self, what: str, hint: str, kept: Session) -> None:
        super().__init__(what, hint)
        self.kept = kept


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as a list shows it, read from the beginning of its file alone."""

    id: str
    parent: str | None
    task: TaskKind
    updated: datetime
    """When its file was last written, UTC."""
    title: str
    """The first line of the first prompt; empty when there is none yet."""


def create_file(path: Path, header: bytes) -> bool:
    """Writes a new file that only its owner reads; False when there is one of that name. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(header)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    return True


def append_line(path: Path, line: bytes) -> None:
    """Adds one line behind the last whole one, durably, alone among all processes.

    Raises OSError, and TokenroiError when not even the header of the file is left.
    """
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = _sound_end(file)
        if end == 0:
            raise TokenroiError(f"{path}: its first line is lost", "start a new session")
        file.truncate(end)
        file.seek(end)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_session(data: bytes, path: Path, empty: Session) -> Session:
    """The session that a file holds. Raises SessionDamaged; `empty` stands in for a header that is lost."""
    lines = _whole_lines(data)
    bad: list[int] = []
    try:
        session = read_header(lines[0])
    except (ValueError, IndexError):
        session, bad = empty, [1]
    entries, lost = _entries(lines[1:])
    session = replace(session, entries=tuple(entries), tip=entries[-1].id if entries else None)
    if bad := [*bad, *lost]:
        raise SessionDamaged(
            f"{path}: line {bad[0]} is not of a session of this version ({len(bad)} lost)",
            f"{len(entries)} entries can still be read; the file was left as it is",
            session,
        )
    return session


def read_info(path: Path) -> SessionInfo | None:
    """None when the header cannot be read. Raises OSError."""
    with path.open("rb") as file:
        lines = file.read(_WINDOW).split(b"\n")[:-1]
        updated = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    try:
        session = read_header(lines[0])
    except (ValueError, IndexError):
        return None
    return SessionInfo(path.stem, session.parent, session.task, updated, _title(_entries(lines[1:])[0]))


def _whole_lines(data: bytes) -> list[bytes]:
    """All lines but a last one that a crash cut off: without its end, or of which pages never got to disk."""
    lines = data.split(b"\n")[:-1]
    if lines and not _is_record(lines[-1]):
        lines.pop()
    return lines


def _entries(lines: Sequence[bytes]) -> tuple[list[Entry], list[int]]:
    """The entries that hang together, and the numbers of the lines that are lost (the header is line 1)."""
    entries: dict[str, Entry] = {}
    lost = []
    for number, line in enumerate(lines, 2):
        try:
            entry = read_entry(line)
        except ValueError:
            lost.append(number)
            continue
        if entry.id in entries or (entry.parent is not None and entry.parent not in entries):
            lost.append(number)
        else:
            entries[entry.id] = entry
    return list(entries.values()), lost


def _sound_end(file: BufferedRandom) -> int:
    """The offset behind the last whole line."""
    size = file.seek(0, os.SEEK_END)
    start, line = _last_line(file, size)
    return size if line.endswith(b"\n") and _is_record(line) else start


def _last_line(file: BufferedRandom, size: int) -> tuple[int, bytes]:
    window = _WINDOW
    while True:
        start = max(0, size - window)
        file.seek(start)
        data = file.read(size - start)
        newline = data.rfind(b"\n", 0, -1)
        if newline >= 0 or start == 0:
            return start + newline + 1, data[newline + 1 :]
        window *= 8


def _is_record(line: bytes) -> bool:
    try:
        record(line)
    except ValueError:
        return False
    return True


def _title(entries: Sequence[Entry]) -> str:
    prompts = (block for entry in entries if entry.kind is EntryKind.USER for block in entry.blocks)
    text = next((block.text for block in prompts if isinstance(block, Text)), "")
    return next(iter(text.strip().splitlines()), "").strip()[:_TITLE]


def _sync_folder(folder: Path) -> None:
    """Makes a new name durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
