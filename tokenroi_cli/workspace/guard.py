"""Runs one command, and ends it with everything it started when it is done or when its leash is let go.

A script of its own, run by path: standard library only, one thread, so that forking is safe. Its standard
input is the leash, a pipe whose other end tokenroi holds; when tokenroi dies, of whatever cause, it closes.
"""

import ctypes
import os
import resource
import select
import signal
import sys

_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36
_LEASH = 0
_LET_GO = 128 + signal.SIGKILL


def main(held: str, argv: list[str]) -> int:
    """Exit code of the command, 128 + n when signal n ended it. SIGTERM is passed on to its process group.

    `held`: descriptors, with commas, that are to stay open as long as this one lives, and no longer.
    """
    for descriptor in held.split(",") if held else ():
        os.set_inheritable(int(descriptor), False)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_SET_CHILD_SUBREAPER, 1)  # whatever detaches itself becomes ours, and can be found
    wake, signalled = os.pipe()
    os.set_blocking(signalled, False)
    signal.set_wakeup_fd(signalled)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _noted)
    if select.select([_LEASH], [], [], 0)[0]:
        return _LET_GO  # whoever wanted the command has died already
    child = os.fork()
    if not child:
        _become(argv)
    code = _watch(child, wake)
    _end(child)
    return code


def _noted(_number: int, _frame: object) -> None:
    """Being called is all: the number arrives on the wake-up pipe."""


def _become(argv: list[str]) -> None:
    """In the child: a session of its own, nothing to read, and the command in its place."""
    os.setsid()
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), _LEASH)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)  # Python ignores them, and a child would inherit that
    try:
        os.execv(argv[0], argv)
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def _watch(child: int, wake: int) -> int:
    """Waits until the child has ended or the leash is let go."""
    while True:
        code = _reaped(child)
        if code is not None:
            return code
        ready, _, _ = select.select([_LEASH, wake], [], [])
        if wake in ready and signal.SIGTERM in os.read(wake, 4096):
            _kill_group(child, signal.SIGTERM)
        if _LEASH in ready and not os.read(_LEASH, 4096):
            return _LET_GO


def _reaped(child: int) -> int | None:
    """Collects whoever has ended; the child's exit code once it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        if not pid:
            return None


def _end(child: int) -> None:
    """Kills the group, then children until there are none: each one's own become ours as it dies."""
    _kill_group(child, signal.SIGKILL)
    not_ours: set[int] = set()
    while pids := set(_children()) - not_ours:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except PermissionError:
                not_ours.add(pid)  # started through sudo or the like: not ours to end, nor to wait for


def _children() -> list[int]:
    """Only Linux tells; elsewhere the process group is all that can be ended."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as children:  # noqa: PTH123 - light start
            return [int(pid) for pid in children.read().split()]
    except OSError:
        return []


def _kill_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return  # nobody left, or on macOS only a zombie


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
