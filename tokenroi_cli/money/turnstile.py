"""A lock file in front of the ledger: who waits is let through in turn, not when SQLite tries again."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


@contextmanager
def passed(path: Path, patience_s: float) -> Iterator[None]:
    """Holds the lock while the block runs. Raises TimeoutError after `patience_s` seconds.

    The lock is about fairness alone: what keeps the ledger whole is SQLite's own lock behind it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _lock(descriptor, patience_s)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, patience_s: float) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # The kernel queues those who wait; it knows no time limit, so a thread waits for us. Given up, it
        # gets the lock some day and lets go of it by closing its copy, which is then the last one.
        waiting = Thread(target=_wait, args=(os.dup(descriptor),), daemon=True)
        waiting.start()
        waiting.join(patience_s)
        if waiting.is_alive():
            raise TimeoutError from None


def _wait(descriptor: int) -> None:
    """On a copy of its own: the number of a closed one may belong to another file by now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)
