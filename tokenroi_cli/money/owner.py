"""Who answers for a call in flight. A process is told from a later one with the same pid by its start."""

import os
from pathlib import Path

from tokenroi_cli.domain.call import Owner, OwnerKind

PROC = Path("/proc")


def this_process() -> Owner:
    """The process that runs this; asked anew each time, so that a forked child is somebody else."""
    pid = os.getpid()
    return Owner(OwnerKind.PROCESS, f"{_boot()}:{pid}:{_start(pid) or ''}")


def is_alive(owner: Owner) -> bool:
    """Whether the owner may still act. In doubt it is alive: its money then stays reserved.

    Where there is no /proc, a process counts as alive as long as its pid is taken.
    """
    boot, pid, start = _parts(owner.key)
    if owner.kind is not OwnerKind.PROCESS or pid is None:
        return True
    here = _boot()
    if not boot or not here:
        return _exists(pid)
    return boot == here and _start(pid) == start


def _parts(key: str) -> tuple[str, int | None, str]:
    parts = key.split(":")
    if len(parts) != 3 or not parts[1].isdecimal():
        return "", None, ""
    return parts[0], int(parts[1]), parts[2]


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start(pid: int) -> str | None:
    """Clock ticks from boot to the start of the process; None when there is none, or only its corpse."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
