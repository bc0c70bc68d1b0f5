"""One work tree, one Run that writes in it: a lock that ends with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.paths import shown

PATIENCE_S = 10.0

_POLL_S = 0.01


class Busy(TokenroiError):
    """Somebody else holds the lock."""

    reason = "busy"


@contextmanager
def locked(root: Path, folder: Path) -> Iterator[None]:
    """Holds the work tree `root` for the block. The lock's file, in `folder`, stays. Raises Busy at once."""
    real = os.path.realpath(root)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{sha256(os.fsencode(real)).hexdigest()[:32]}.lock"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _take(fd, real)
        yield
    finally:
        os.close(fd)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time in the block, by a lock in the file `path`, which is made and stays.

    Waits for another one; after PATIENCE_S it goes on all the same, so that one that hangs holds nobody up.
    Whoever needs more than that must not rely on it alone.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not take_lock(fd) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(fd)


def take_lock(fd: int) -> bool:
    """Whether the lock of an open file is this process's now; never waits."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take(fd: int, root: str) -> None:
    """By flock: the system lets it go when the process ends, however it ends; no child inherits it."""
    if not take_lock(fd):
        raise Busy(
            f"another exec is at work in {shown(root)}",
            "wait for its end, or work in a work tree of its own: `git worktree add`",
        )
