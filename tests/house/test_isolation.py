"""The tests' own promises: a temporary home, no keys, no way to the real home."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Cli, Clock, Repo
from tests.house.source import ROOT
from tests.real_home import RealHomeTouched, real_homes

GUARDED = [home for home in real_homes() if not home.is_relative_to(ROOT)]


def test_home_is_temporary(temporary_home: Path) -> None:
    assert Path.home() == temporary_home
    assert Path(os.environ["TOKENROI_HOME"]).is_relative_to(temporary_home)


def test_no_key_and_no_host_is_in_the_environment() -> None:
    assert [name for name in os.environ if name.endswith(("_API_KEY", "_API_BASE", "_BASE_URL"))] == []


@pytest.mark.parametrize("name", ["no-such-file", ".config/no-such-file"])
def test_writing_to_the_real_home_raises(name: str) -> None:
    for home in _outside_home():
        with pytest.raises(RealHomeTouched):
            os.open(home / name, os.O_WRONLY)


def test_settings_of_the_real_home_cannot_be_read() -> None:
    for home in _outside_home():
        with pytest.raises(RealHomeTouched):
            (home / ".gitconfig").open()
        with pytest.raises(RealHomeTouched):
            sqlite3.connect(f"{home}/.local/share/tokenroi/no-such-file.db")


def _outside_home() -> list[Path]:
    """The homes as the password database has them; the environment's is the temporary one by now."""
    homes = [home for home in GUARDED if home.is_dir()]
    if not homes:
        pytest.skip("this user has no home of its own")
    return homes


def test_a_repository_has_an_identity_of_its_own(repo: Repo) -> None:
    repo.write("a.txt", "one\r\n")
    assert repo.git("show", "--no-patch", "--format=%an <%ae>", repo.commit()) == (
        "Test Person <person@example.invalid>"
    )
    assert (repo.root / "a.txt").read_bytes() == b"one\r\n"


def test_the_command_line_runs_as_a_process(cli: Cli, temporary_home: Path) -> None:
    shown = cli.python("-c", "import os, sys; print(os.environ['HOME'], sys.stdin.read())", stdin="in")
    assert (shown.code, shown.out, shown.err) == (0, f"{temporary_home} in\n", "")


def test_the_clock_moves_when_told(clock: Clock) -> None:
    before = clock()
    clock.advance(61)
    assert (clock() - before).total_seconds() == 61
