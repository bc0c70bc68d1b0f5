"""Runs a shell command so that it cannot hang, flood, see a key, or outlive us."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import IO

from tokenroi_cli.domain.errors import Interrupted
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.workspace.environment import child_environment
from tokenroi_cli.workspace.output import Output
from tokenroi_cli.workspace.paths import shown

GRACE_S = 2.0
"""Seconds between asking a command to end and killing it."""

_POLL_S = 0.05
_GUARD = Path(__file__).with_name("guard.py")


class _End(Enum):
    ITSELF = auto()
    TIMEOUT = auto()
    CANCELLED = auto()


def run_command(
    command: str,
    cwd: Path,
    *,
    timeout_s: float,
    environ: Mapping[str, str],
    cancel: Event | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
    held: Sequence[int] = (),
) -> CommandResult:
    """Runs `command` with /bin/sh in `cwd` for at most `timeout_s` seconds, with no input to read.

    It sees the allowed part of `environ` only, and `more`. Whatever it leaves running is ended with it. The
    descriptors `held` stay open until then, even if this process dies first.
    Output is stderr and stdout as they came, both ends of it when it is long, without control sequences. A
    command that cannot start is a result with no exit code. Raises Interrupted after `cancel` was set and
    the command ended.
    """
    started = time.monotonic()
    try:
        process = _start(command, cwd, {**child_environment(environ), **more}, held)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return CommandResult(command, None, f"could not start: {reason}", 0.0)
    output = Output()
    try:
        end = _follow(process, output, started + timeout_s, cancel)
        if end is not _End.ITSELF:
            process.terminate()
            _follow(process, output, time.monotonic() + GRACE_S, None)
    finally:
        _finish(process, output)
    if end is _End.CANCELLED:
        raise Interrupted(f"stopped: {shown(command)[:200]}")
    timed_out = end is _End.TIMEOUT
    code = None if timed_out else process.returncode
    return CommandResult(command, code, output.text(), time.monotonic() - started, timed_out)


def _start(
    command: str, cwd: Path, environ: Mapping[str, str], held: Sequence[int]
) -> subprocess.Popen[bytes]:
    """The command under its guard, in a session of its own."""
    guard = [sys.executable, "-I", "-S", str(_GUARD), ",".join(map(str, held))]
    return subprocess.Popen(
        [*guard, "/bin/sh", "-c", command],
        cwd=cwd,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=held,
    )


def _follow(process: subprocess.Popen[bytes], output: Output, deadline: float, cancel: Event | None) -> _End:
    """Drains the output until the command ends, or must."""
    with selectors.DefaultSelector() as selector:
        selector.register(_pipe(process.stdout), selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if cancel is not None and cancel.is_set():
                return _End.CANCELLED
            if selector.select(_POLL_S):
                chunk = os.read(_pipe(process.stdout).fileno(), 1 << 16)
                output.feed(chunk)
                if not chunk:
                    return _End.ITSELF  # the guard holds this pipe to its own end
            elif process.poll() is not None:
                return _End.ITSELF
    return _End.TIMEOUT


def _finish(process: subprocess.Popen[bytes], output: Output) -> None:
    """Lets the leash go, so that the guard kills all that is left, and takes what was still in the pipe."""
    _pipe(process.stdin).close()
    if _follow(process, output, time.monotonic() + GRACE_S, None) is not _End.ITSELF:
        process.kill()
    process.wait()
    _pipe(process.stdout).close()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
