"""Terminals that know little: the REPL still works, and the price is printed instead of pinned."""

from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.repl.scripts import PRICES, SLOW, runs, says
from tests.repl.terminal import tokenroi

CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "replies.toml"


def test_a_dumb_terminal(repo: Repo, script: Path) -> None:
    script.write_text(PRICES + says("Hello.") + runs("touch made") + says("Made."))
    with tokenroi(repo.root, env={"TOKENROI_SCRIPT": str(script), "TERM": "dumb"}) as terminal:
        terminal.see("/help lists", ">")
        terminal.press("hi\n")
        terminal.see("Hello.", "SCRIPTED | mid | ", "$0.0081 of $5.00 hard")
        terminal.press("make\n")
        terminal.see("? Run this command?", "  $ touch made", "[y/N]")
        terminal.press("y\n")
        terminal.see("Made.")
        assert (repo.root / "made").exists()
        terminal.press("/hlep\n")
        terminal.see("did you mean /help?")
        terminal.press("/quit\n")
        assert terminal.ended() == 0
    assert b"\x1b" not in terminal.written


def test_ctrl_c_on_a_dumb_terminal(repo: Repo, script: Path) -> None:
    script.write_text(PRICES + SLOW)
    with tokenroi(repo.root, env={"TOKENROI_SCRIPT": str(script), "TERM": "dumb"}) as terminal:
        terminal.see("/help lists", ">")
        terminal.press("go\n")
        terminal.see("one two three")
        terminal.press(CTRL_C)
        terminal.see("tokenroi: interrupted", "unknown up to $")
        terminal.press(CTRL_C)
        terminal.see("press Ctrl-C again to leave")
        terminal.press(CTRL_C)
        assert terminal.ended() == 130


def test_the_end_of_input_leaves(repo: Repo, script: Path) -> None:
    script.write_text(PRICES + SLOW)
    with tokenroi(repo.root, env={"TOKENROI_SCRIPT": str(script), "TERM": "dumb"}) as terminal:
        terminal.see("/help lists", ">")
        terminal.press(CTRL_D)
        assert terminal.ended() == 0


def test_a_terminal_that_does_not_say_where_its_cursor_is(repo: Repo, script: Path) -> None:
    script.write_text(PRICES + says("Hello.") + says("Again."))
    with tokenroi(repo.root, env={"TOKENROI_SCRIPT": str(script)}, answers=False) as terminal:
        terminal.see("/help lists", ">")
        terminal.press("hi\r")
        terminal.see("Hello.")
        terminal.press("more\r")
        terminal.see("Again.", "SCRIPTED | mid | ", "$0.0162 of $5.00 hard")
        assert "WARNING" not in terminal.text
        terminal.press("/quit\r")
        assert terminal.ended() == 0


def test_without_a_key_it_says_what_to_do(repo: Repo) -> None:
    with tokenroi(repo.root, env={}) as terminal:
        assert terminal.ended() == 18
        assert "ANTHROPIC_API_KEY" in terminal.text
        assert "tokenroi demo" in terminal.text.replace("\n", " ")


def test_no_color(repo: Repo, script: Path) -> None:
    script.write_text(PRICES + says("Hello."))
    with tokenroi(repo.root, env={"TOKENROI_SCRIPT": str(script), "NO_COLOR": "1"}) as terminal:
        terminal.see("/help lists", ">")
        terminal.press("hi\r")
        terminal.see("Hello.", "$ chat on mid")
        terminal.press("/quit\r")
        assert terminal.ended() == 0
    assert b"\x1b[2m" not in terminal.written
    assert b"\x1b[31m" not in terminal.written
