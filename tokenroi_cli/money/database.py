"""The ledger's SQLite file: it appears whole or not at all, and every failure of it is said in words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock

from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.money.schema import APPLICATION_ID, MIGRATIONS
from tokenroi_cli.money.turnstile import passed

PATIENCE_S = 10.0
"""Seconds to wait for others who are writing, before anything is spent."""
LONG_PATIENCE_S = 120.0
"""The same for what must be written: the end of a call that somebody has answered."""

_REMEDIES = {
    "BUSY": "another process holds it; try again when that one is done",
    "READONLY": "make the file and its folder writable; nothing is spent unrecorded",
    "FULL": "free some disk space; nothing is spent unrecorded",
    "CANTOPEN": "check that its folder exists and may be written to",
    "IOERR": "check the disk",
}
LOG, TURNSTILE = "-wal", ".lock"
"""What stands behind the name of the ledger in the names of the files beside it."""

LEAST_FREE = 16 * 2**20
"""Bytes of disk below which nothing new is reserved: what is under way must still be written."""

_HELD = "database is locked"
_REPLACE = "move it away to start a new one; what it counted is then no longer held against your caps"


class Database:
    """One connection, shared by the threads of a process; other processes have their own."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self.path = path
        self._patience_s = patience_s
        self._lock = RLock()
        with in_words(path):
            if not path.exists():
                _create(path)
            self._connection = _connect(path, patience_s)
            self._place = _place(path)
            _migrate(self._connection, path)

    @contextmanager
    def write(self, patience_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction that no other process can interleave: all of it, or nothing."""
        patience_s = self._patience_s if patience_s is None else patience_s
        with self._lock, in_words(self.path):
            self._check_there()
            with passed(self._turnstile, patience_s), self._connection as connection:
                connection.execute(f"PRAGMA busy_timeout = {patience_s * 1000:.0f}")
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with self._lock, in_words(self.path):
            yield self._connection

    @property
    def _turnstile(self) -> Path:
        return self.path.with_name(f"{self.path.name}{TURNSTILE}")

    def check_space(self) -> None:
        """Raises BudgetRefused when the disk is nearly full."""
        with in_words(self.path):
            disk = os.statvfs(self.path.parent)
        if disk.f_bavail * disk.f_frsize < LEAST_FREE:
            raise _refusal(self.path, f"less than {LEAST_FREE // 2**20} MB are free", _REMEDIES["FULL"])

    def _check_there(self) -> None:
        """SQLite goes on writing into a file that was deleted, where nobody else would see it."""
        if not self.path.exists() or _place(self.path) != self._place:
            raise _refusal(self.path, "it was removed or replaced while in use", "start again")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say into BudgetRefused, reason `ledger`, with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        kind = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").partition("_")[0]
        raise _refusal(path, str(error), _REMEDIES.get(kind, _REPLACE)) from error
    except TimeoutError as error:
        raise _refusal(path, _HELD, _REMEDIES["BUSY"]) from error
    except OSError as error:
        raise _refusal(path, error.strerror or str(error), _REMEDIES["CANTOPEN"]) from error


def _refusal(path: Path, why: str, remedy: str) -> BudgetRefused:
    return BudgetRefused(f"the ledger {path} cannot be used: {why}", remedy, reason="ledger")


def _anew(left: Path) -> str:
    return (
        f"restore it; or remove {left} too to start anew: what it counted is then no longer held against "
        "your caps"
    )


def _place(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _connect(path: Path, patience_s: float) -> sqlite3.Connection:
    """An existing file only: a ledger that vanished is never silently begun anew."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=patience_s,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = 1")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _create(path: Path) -> None:
    """Makes the file under another name and links it into place; whoever is first wins."""
    for left in (path.with_name(f"{path.name}{suffix}") for suffix in (LOG, TURNSTILE)):
        if left.exists() and not path.exists():
            raise _refusal(path, f"it is gone, and only {left.name} is left of it", _anew(left))
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_connect(new, PATIENCE_S)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _migrate(connection, new)
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the tables up to date in one transaction, or refuses a file that is not ours."""
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID:
        raise _refusal(path, "it is not a ledger of tokenroi", _REPLACE)
    if _version(connection) == len(MIGRATIONS):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version > len(MIGRATIONS):
            raise _refusal(path, "a newer version of tokenroi wrote it", "update tokenroi")
        for statement in (statement for step in MIGRATIONS[version:] for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
