"""A disk that fails, or a process that dies, at the n-th call that touches files; in a child process."""

import errno
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from tokenroi_cli.domain.errors import TokenroiError

CALLS = (
    *("open", "mkdir", "rmdir", "unlink", "remove", "rename", "replace", "link", "symlink", "readlink"),
    *("stat", "lstat", "fstat", "scandir", "listdir", "chmod", "fchmod", "fchown", "setxattr", "fsync"),
)
"""Of the module `os`; pathlib goes through them, too."""

DIED = 77
FAILED = 78
"""Exit codes of the child: it was killed by the shim; its work raised."""


class _Shim:
    def __init__(self, at: int, fault: int | None, *, lasting: bool) -> None:
        """`fault`: errno of the n-th call (`lasting`: and of all after it); None: the process dies there."""
        self.count = 0
        self._at, self._fault, self._lasting = at, fault, lasting

    def hit(self) -> None:
        self.count += 1
        if self.count == self._at or (self._lasting and self.count > self._at > 0):
            if self._fault is None:
                os._exit(DIED)
            raise OSError(self._fault, os.strerror(self._fault))

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            self.hit()
            return call(*args, **named)

        return counted


class _File:
    """An open file whose writes count as calls; one that dies leaves half of what it was to write."""

    def __init__(self, file: IO[bytes], shim: _Shim) -> None:
        self._file, self._shim = file, shim

    def write(self, data: bytes) -> int:
        self._file.write(data[: len(data) // 2])
        self._file.flush()
        self._shim.hit()
        self._file.write(data[len(data) // 2 :])
        return len(data)

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def faulted(
    work: Callable[[], object],
    at: int,
    fault: int | None,
    *,
    lasting: bool = False,
    counted: Path | None = None,
) -> int:
    """Runs `work` in a child whose `at`-th call on files, from 1, fails or kills it; the child's exit code.

    0: none does. `counted`: a file that gets the number of calls.
    """
    pid = os.fork()
    if not pid:
        shim = _Shim(at, fault, lasting=lasting)
        try:
            code = _child(work, shim)
            if counted is not None:
                counted.write_text(str(shim.count))
            os._exit(code)
        finally:  # whatever else it was must not go on with the tests
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _child(work: Callable[[], object], shim: _Shim) -> int:
    try:
        for name in CALLS:
            setattr(os, name, shim.wrapped(getattr(os, name)))
        plain = os.fdopen

        def fdopen(fd: int, mode: str = "r", *args: Any, **named: Any) -> Any:
            file = plain(fd, mode, *args, **named)
            return _File(file, shim) if "w" in mode or "a" in mode else file

        os.fdopen = fdopen
        work()
    except OSError:
        return FAILED
    except TokenroiError:
        return FAILED
    return 0


FAULTS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE]
MOST_CALLS = 2_000
"""A work that does not end within so many has lost its way."""
