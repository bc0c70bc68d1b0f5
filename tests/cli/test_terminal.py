"""The commands with somebody at the terminal."""

from pathlib import Path

import pytest

from tests.cli.test_commands import scripted, spec, writes
from tests.conftest import Repo
from tests.repl.terminal import tokenroi


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("specs/001.md", spec("one.txt"))
    repo.commit()
    return repo


def test_exec_asks_and_shows_the_bill(project: Repo, tmp_path: Path) -> None:
    env = scripted(tmp_path, writes("one.txt", "yes"))
    with tokenroi(project.root, "exec", "specs/001.md", env=env) as terminal:
        terminal.see("? Run the Validation commands of specs/001.md?", "  $ grep yes one.txt", "[y/N]")
        terminal.press("y\r")
        assert terminal.ended() == 0
        assert "attempt 1 on mid: accepted" in terminal.text
        assert "total $0.0083" in terminal.text
        assert "the same tokens on premium: $0.0165" in terminal.text
    assert b"\x1b[1;32m  attempt 1" in terminal.written


def test_an_answer_typed_before_the_question_does_not_count(project: Repo, tmp_path: Path) -> None:
    env = scripted(tmp_path, writes("one.txt", "yes"))
    with tokenroi(project.root, "exec", "specs/001.md", env=env) as terminal:
        terminal.press("y\r")
        terminal.see("[y/N]")
        terminal.press("\r")
        assert terminal.ended() == 11
        assert "were not allowed to run" in terminal.text


def test_yes_on_a_terminal_asks_nothing(project: Repo, tmp_path: Path) -> None:
    env = scripted(tmp_path, writes("one.txt", "yes"))
    with tokenroi(project.root, "exec", "specs/001.md", "--yes", env={**env, "NO_COLOR": "1"}) as terminal:
        assert terminal.ended() == 0
        assert "[y/N]" not in terminal.text
    assert b"\x1b[" not in terminal.written


def test_ctrl_c_at_a_question_is_130_and_spends_nothing(project: Repo, tmp_path: Path) -> None:
    env = scripted(tmp_path, writes("one.txt", "yes"))
    with tokenroi(project.root, "exec", "specs/001.md", env=env) as terminal:
        terminal.see("[y/N]")
        terminal.press("\x03")
        assert terminal.ended() == 130
        assert "tokenroi: interrupted" in terminal.text
