"""The log of one Run: what it did to files, a line per record, on disk before anything else happens.

While the Run is at work its log is called `<id>.open` and locked; when it has ended, `<id>.jsonl`. A log that
is open and not locked is that of a process that died.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tokenroi_cli.workspace.atomic import write_file
from tokenroi_cli.workspace.history.records import ENDED, OPEN, About, read, rows
from tokenroi_cli.workspace.history.states import Change
from tokenroi_cli.workspace.lock import take_lock

_PATIENCE_S = 10.0
"""For the last command of a dead process; its guard ends it at once."""

_POLL_S = 0.02


class Log:
    """A log that this process writes; made with its first record."""

    def __init__(self, folder: Path, about: About) -> None:
        self._folder = folder
        self._about = about
        self._fd: int | None = None
        self.has_changes = False
        self.id = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"

    @property
    def is_open(self) -> bool:
        return self._fd is not None

    @property
    def lock(self) -> tuple[int, ...]:
        """The descriptor that keeps the log locked: while a child has it open, the Run is not over."""
        return () if self._fd is None else (self._fd,)

    @property
    def path(self) -> Path:
        return self._folder / f"{self.id}{OPEN}"

    @property
    def manifest(self) -> Path:
        """Where the tree before a command is kept while the command runs."""
        return self.path.with_suffix(".manifest")

    def name(self, about: About) -> None:
        """Says later whose Run it is."""
        self._about = about
        if self._fd is not None:
            self._append({"about": asdict(about)})

    def intend(self, changes: Iterable[Change]) -> None:
        self._append({"intent": rows(changes)})

    def command(self, text: str, manifest: bytes | None) -> None:
        """`manifest`: what the tree is before it; None when it is what it was before the last one."""
        self._begun()
        if manifest is not None:
            write_file(self.manifest, manifest, 0o600)
        self._append({"command": text[:2000]})

    def changed(self, changes: Iterable[Change]) -> None:
        """What came of the last intent or command; it is pending no more."""
        written = rows(changes)
        self._append({"changed": written})
        self.has_changes = self.has_changes or bool(written)

    def end(self, *, rolled_back: bool) -> None:
        """The log is of the past from here on; that of a Run without a change goes.

        Nothing happens when there is none.
        """
        if self._fd is None:
            return
        self._append({"end": "rolled back" if rolled_back else "kept"})
        if self.has_changes or self._about.of:
            self.path.rename(self.path.with_suffix(ENDED))
        else:
            self.path.unlink()
        self.manifest.unlink(missing_ok=True)
        os.close(self._fd)
        self._fd = None

    def _append(self, record: Mapping[str, Any]) -> None:
        # The line feed in front ends a line that a crash or a full disk has torn.
        fd = self._begun()
        _write(fd, f"\n{json.dumps(record)}\n")
        os.fsync(fd)

    def _begun(self) -> int:
        """Locked before it can be seen: whoever finds it unlocked may take it for a dead process's."""
        if self._fd is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            hidden = self.path.with_suffix(".new")
            fd = os.open(hidden, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                head = {"version": 1, "at": datetime.now(UTC).isoformat(), "pid": os.getpid()}
                _write(fd, f"{json.dumps({**head, 'about': asdict(self._about)})}\n")
                hidden.rename(self.path)
                _sync(self._folder)
            except BaseException:
                os.close(fd)
                hidden.unlink(missing_ok=True)
                raise
            self._fd = fd
        return self._fd


class Revived(Log):
    """The log of a process that died, taken over by this one."""

    def __init__(self, path: Path, fd: int) -> None:
        facts = read(path)
        super().__init__(path.parent, facts.about)
        self.id = facts.id
        self.has_changes = bool(facts.changes)
        self._fd = fd


@contextmanager
def revived(path: Path) -> Iterator[Revived | None]:
    """Takes a log over; None while its process lives, or when somebody else has just ended it.

    Waits for the last command of a process that is dead: it is about to end, too.
    """
    try:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    log = Revived(path, fd)
    deadline = time.monotonic() + _PATIENCE_S
    while not (locked := take_lock(fd)) and not lives(read(path).pid) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    try:
        yield log if locked and path.exists() else None
    finally:
        if log.is_open:
            os.close(fd)


def is_held(path: Path) -> bool:
    """Whether whoever writes this log is at work."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return True  # it ended just now, as it should
    try:
        return not take_lock(fd)
    finally:
        os.close(fd)


def lives(pid: int) -> bool:
    """Whether there is a process of that number, one that has ended and is not yet collected aside."""
    with suppress(OSError, IndexError):  # only Linux tells
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(fd: int, text: str) -> None:
    with os.fdopen(fd, "wb", closefd=False) as log:
        log.write(text.encode())


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
