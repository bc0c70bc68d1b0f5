"""Only a process that is surely dead is called dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tokenroi_cli.domain.call import Owner, OwnerKind
from tokenroi_cli.money import owner
from tokenroi_cli.money.owner import is_alive, this_process

ASK = "from tokenroi_cli.money.owner import this_process; print(this_process().key, flush=True); input()"


def a_process() -> tuple[subprocess.Popen[str], Owner]:
    """A running process and what it calls itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Owner(OwnerKind.PROCESS, process.stdout.readline().strip())


@pytest.mark.parametrize("proc", [Path("/proc"), Path("/no/such/folder")])
def test_a_process_is_alive_until_it_is_killed(monkeypatch: pytest.MonkeyPatch, proc: Path) -> None:
    monkeypatch.setattr(owner, "PROC", proc)
    process, its = a_process()
    with process:
        assert is_alive(this_process())
        assert is_alive(its)
        process.kill()
        process.wait()
        assert not is_alive(its)


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the start of a process is only known with /proc"
)
def test_a_corpse_a_reused_pid_and_an_earlier_boot_are_dead() -> None:
    process, its = a_process()
    with process:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(its)
    boot, pid, start = this_process().key.split(":")
    assert not is_alive(Owner(OwnerKind.PROCESS, f"{boot}:{pid}:{int(start) + 1}"))
    assert not is_alive(Owner(OwnerKind.PROCESS, f"another-boot:{pid}:{start}"))


@pytest.mark.parametrize("kind", [OwnerKind.BATCH, OwnerKind.LEASE])
def test_who_is_no_process_is_never_dead(kind: OwnerKind) -> None:
    assert is_alive(Owner(kind, "another-boot:1:1"))


@pytest.mark.parametrize("key", ["", "x", "a:b:c", "::", "1:2", "1:2:3:4", "boot:-1:2"])
def test_a_key_that_cannot_be_read_proves_no_death(key: str) -> None:
    assert is_alive(Owner(OwnerKind.PROCESS, key))


def test_the_pid_of_somebody_else_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "PROC", Path("/no/such/folder"))
    assert is_alive(Owner(OwnerKind.PROCESS, ":1:"))
    assert is_alive(Owner(OwnerKind.PROCESS, f":{2**80}:"))
