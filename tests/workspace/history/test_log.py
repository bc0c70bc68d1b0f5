"""The log of a Run: torn lines are passed over, and only its own process is taken for alive."""

import os
import sys
from pathlib import Path

import pytest

from tokenroi_cli.workspace.history.log import Log, is_held, lives, revived
from tokenroi_cli.workspace.history.records import About, Kind, read
from tokenroi_cli.workspace.history.states import NOTHING, Change, State

CHANGE = Change("a\udcff\n", NOTHING, State("00", 0o100644))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path, About("s", "f", "title"))


def test_what_was_written_is_read(log: Log) -> None:
    log.intend([CHANGE])
    assert read(log.path).pending is not None
    log.changed([CHANGE])
    log.name(About("s", "f", "other", Kind.UNDO, ("x",)))
    facts = read(log.path)
    assert (facts.changes, facts.pending, facts.settled) == ((CHANGE,), None, True)
    assert facts.about == About("s", "f", "other", Kind.UNDO, ("x",))
    assert facts.pid == os.getpid()


@pytest.mark.parametrize("torn", [b'\n{"changed": [["b', b"\n\xff\xfe", b"\n[1]\n", b'\n"x"\n'])
def test_a_torn_line_is_passed_over(log: Log, torn: bytes) -> None:
    log.changed([CHANGE])
    with log.path.open("ab") as file:
        file.write(torn)
    log.intend([CHANGE])
    facts = read(log.path)
    assert facts.changes == (CHANGE,)
    assert facts.pending is not None


def test_a_log_is_held_until_it_ends(log: Log) -> None:
    log.changed([CHANGE])
    open_name = log.path
    assert is_held(open_name)
    with revived(open_name) as taken:
        assert taken is None
    log.end(rolled_back=False)
    assert is_held(open_name), "it is gone, as it should be"
    assert read(open_name).changes == (CHANGE,), "under its new name"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells")
def test_a_process_that_has_ended_does_not_live_until_it_is_collected() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert not lives(pid)
    os.waitpid(pid, 0)
    assert not lives(pid)
    assert lives(os.getpid())
