"""The lock in front of the ledger: one at a time, in turn, and nobody waits for ever."""

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from tokenroi_cli.money.turnstile import passed

HOLDS = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db.lock"


def test_it_can_be_passed_again_and_again(lock: Path) -> None:
    for _ in range(3):
        with passed(lock, 0.1):
            assert lock.exists()


def test_who_waits_is_let_through_when_it_is_free(lock: Path) -> None:
    inside, leave, through = Event(), Event(), Event()

    def hold() -> None:
        with passed(lock, 60):
            inside.set()
            leave.wait(60)

    def follow() -> None:
        with passed(lock, 60):
            through.set()

    threads = [Thread(target=hold), Thread(target=follow)]
    threads[0].start()
    assert inside.wait(60)
    threads[1].start()
    assert not through.wait(0.1)
    leave.set()
    assert through.wait(60)
    for thread in threads:
        thread.join()


def test_patience_has_an_end_and_what_was_given_up_blocks_nobody(lock: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(TimeoutError), passed(lock, 0.05):
        raise AssertionError("nobody gets in")
    holder.stdin.close()
    holder.wait()
    holder.stdout.close()
    with passed(lock, 60):
        pass


def test_a_link_in_its_place_is_not_followed(lock: Path) -> None:
    lock.symlink_to(lock.with_name("elsewhere"))
    with pytest.raises(OSError, match="symbolic"), passed(lock, 1):
        raise AssertionError("nobody gets in")
