"""The REPL on a real terminal: what is on the screen after each key."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.repl.scripts import PRICES, SLOW, runs, says
from tests.repl.terminal import Terminal, tokenroi

Start = Callable[..., AbstractContextManager[Terminal]]

CTRL_C, CTRL_D, ALT_ENTER, UP = "\x03", "\x04", "\x1b\r", "\x1b[A"


@pytest.fixture
def start(repo: Repo, tmp_path: Path) -> Start:
    """Starts the REPL in a repository with the replies given, and waits for its prompt."""
    repo.write("README.md", "hello\n")
    repo.commit()

    @contextmanager
    def started(
        *replies: str, columns: int = 80, args: tuple[str, ...] = (), spent: str = "$0.00"
    ) -> Iterator[Terminal]:
        script = tmp_path / "replies.toml"
        script.write_text(PRICES + "".join(replies or [says("Hello.")]))
        with tokenroi(repo.root, *args, env={"TOKENROI_SCRIPT": str(script)}, columns=columns) as terminal:
            terminal.see("/help", ">", f"{spent} of $5.00")
            yield terminal

    return started


def bar(terminal: Terminal) -> str:
    return terminal.text.splitlines()[-1]


def ready(terminal: Terminal, *words: str) -> str:
    """Waits until the words are there and the prompt is idle again."""

    def idle(text: str) -> bool:
        rows = [row for row in text.splitlines() if row]
        return (
            bool(rows)
            and "SCRIPTED" in rows[-1]
            and rows[-2].startswith(">")
            and all(w in text for w in words)
        )

    return terminal.until(idle, f"{words} and an idle prompt")


def test_an_answer_streams_and_the_bar_shows_its_price(start: Start) -> None:
    with start(says("Hello **you**.\nSecond line.")) as terminal:
        terminal.press("hi\r")
        text = ready(terminal, "$ chat on mid", "$0.0081 of $5.00 hard")
        price = "  $ chat on mid, 1.2k in, 300 out, $0.0081, on premium: $0.0162"
        assert "\n".join(["> hi", "Hello **you**.", "Second line.", price, ">"]) in text
        assert bar(terminal).startswith("SCRIPTED | mid | ")
        terminal.press("/quit\r")
        assert terminal.ended() == 0


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_bar_fits_the_width(start: Start, columns: int) -> None:
    with start(says("Hello."), columns=columns) as terminal:
        terminal.press("hi\r")
        ready(terminal, "$0.0081")
        assert "SCRIPTED" in bar(terminal)
        assert "$0.0081 of $5.00" in bar(terminal)
        assert len(bar(terminal)) <= columns


def test_lines_appear_while_the_answer_still_streams(start: Start) -> None:
    with start(SLOW) as terminal:
        terminal.press("go\r")
        text = terminal.see("one two three", "working >")
        assert "ten eleven" not in text
        terminal.see("ten eleven twelve")


def test_ctrl_c_stops_the_answer_and_keeps_what_was_typed(start: Start) -> None:
    with start(SLOW, says("Again.")) as terminal:
        terminal.press("go\r")
        terminal.see("one two three", "working >")
        terminal.press("typed ahead")
        terminal.see("working > typed ahead")
        terminal.press(CTRL_C)
        text = ready(terminal, "> typed ahead", "tokenroi: ")
        assert "ten eleven" not in text
        assert "unknown up to $" in bar(terminal)
        terminal.press("\r")
        ready(terminal, "Again.")
        terminal.press(CTRL_D)
        assert terminal.ended() == 0


def test_an_unfinished_line_is_shown_when_the_answer_is_cut(start: Start) -> None:
    with start(says("never ends in a newline at all", delay_s=0.3)) as terminal:
        terminal.press("go\r")
        terminal.see("working >")
        terminal.until(lambda _text: "sent" in states(), "call in flight")
        terminal.press(CTRL_C)
        ready(terminal, "tokenroi: ")


def test_a_paragraph_is_seen_while_it_is_said(start: Start) -> None:
    words = " ".join(f"word{number}" for number in range(400))
    with start(says(words, delay_s=0.5)) as terminal:
        terminal.press("go\r")
        terminal.see("word2", "working >")
        terminal.press(CTRL_C)
        rows = ready(terminal, "tokenroi: ")
        assert "word399" not in rows, "no newline had come yet"
        assert rows.split().count("word2") == 1, "shown once, in the end"


def states() -> set[str]:
    """The states that the ledger has seen."""
    ledger = Path(os.environ["TOKENROI_HOME"]) / "state" / "ledger.db"
    with sqlite3.connect(ledger) as database:
        return {state for (state,) in database.execute("select state from events")}


def test_a_prompt_sent_while_a_turn_runs_waits_for_it(start: Start) -> None:
    with start(SLOW, says("Second answer.")) as terminal:
        terminal.press("first\r")
        terminal.see("working >")
        terminal.press("second\r")
        text = ready(terminal, "Second answer.")
        assert text.index("ten eleven twelve") < text.index("Second answer.")


def test_prompts_that_waited_come_back_when_the_turn_is_stopped(start: Start) -> None:
    with start(SLOW) as terminal:
        terminal.press("first\r")
        terminal.see("one two three", "working >")
        terminal.press("second\r")
        terminal.see("> second")
        terminal.press(CTRL_C)
        ready(terminal, "tokenroi: ")
        assert [row for row in terminal.text.splitlines() if row][-2] == "> second"


def test_ctrl_c_clears_the_line_then_leaves_at_the_second_time(start: Start) -> None:
    with start() as terminal:
        terminal.press("half a prompt")
        terminal.see("> half a prompt")
        terminal.press(CTRL_C)
        terminal.until(lambda text: "half a prompt" not in text, "cleared line")
        terminal.press(CTRL_C)
        terminal.see("press Ctrl-C again to leave")
        terminal.press("x")
        terminal.see("> x")
        terminal.press(CTRL_C)
        terminal.until(lambda text: "> x" not in text, "cleared line")
        terminal.press(CTRL_C)
        terminal.press(CTRL_C)
        assert terminal.ended() == 130


def test_slash_commands(start: Start) -> None:
    with start(says("Hello.")) as terminal:
        terminal.press("/cost\r")
        terminal.see("no call yet")
        terminal.press("/help\r")
        terminal.see("/plan TASK", "/exec [SPEC]", "/quit", "Alt-Enter")
        terminal.press("/qiut\r")
        terminal.see("there is no /qiut; did you mean /quit?")
        terminal.press("hi\r")
        ready(terminal, "Hello.")
        terminal.press("/cost\r")
        terminal.see("since this REPL began: $0.0081 for 1 call", "cap $5.00 hard")


def test_alt_enter_breaks_the_line(start: Start, tmp_path: Path) -> None:
    with start(says("Hello.")) as terminal:
        terminal.press("one" + ALT_ENTER + "two")
        terminal.see("> one\n  two")
        terminal.press("\r")
        ready(terminal, "Hello.")
    (session,) = Path(os.environ["TOKENROI_HOME"]).rglob("sessions/*/*.jsonl")
    assert json.dumps("one\ntwo") in session.read_text()


def test_a_command_is_asked_for_and_what_was_typed_does_not_answer(start: Start, repo: Repo) -> None:
    with start(runs("touch made && echo made it"), says("It is made.")) as terminal:
        terminal.press("make it\ry")
        text = terminal.see("? Run this command?", "[y/N]")
        assert "  $ touch made && echo made it\n" in text
        assert "[y/N] y" not in text
        assert not (repo.root / "made").exists()
        terminal.press("y\r")
        ready(terminal, "It is made.")
        assert (repo.root / "made").exists()
        assert [row for row in terminal.text.splitlines() if row][-2] == "> y"


def test_only_a_plain_yes_is_yes_and_what_is_no_answer_comes_back(start: Start, repo: Repo) -> None:
    refusals = {"one": "\r", "two": "n\r", "three": "yolo\rNo\r"}
    with start(*[runs(f"touch made-{name}") for name in refusals], says("Then not.")) as terminal:
        terminal.press("make it\r")
        for name, keys in refusals.items():
            terminal.see(f"$ touch made-{name}", "[y/N]")
            terminal.press(keys)
        ready(terminal, "Then not.", "answer y or n", "> yolo")
        assert terminal.text.count("the user said no") == 3
        assert not list(repo.root.glob("made*"))


def test_ctrl_c_at_a_question_is_no_and_stops(start: Start, repo: Repo) -> None:
    with start(runs("touch made")) as terminal:
        terminal.press("make it\r")
        terminal.see("[y/N]")
        terminal.press(CTRL_C)
        ready(terminal, "tokenroi: ")
        assert not (repo.root / "made").exists()


def test_a_command_that_hides_something_is_shown_escaped(start: Start) -> None:
    with start(runs("echo ok \x1b[8m; touch made")) as terminal:
        terminal.press("make it\r")
        terminal.see(r"$ escaped 'echo ok \x1b[8m; touch made'", "[y/N]")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D])
def test_a_running_command_ends_with_the_turn(start: Start, repo: Repo, keys: str) -> None:
    pid = repo.root / "pid"
    with start(runs("echo $$ >pid.new; mv pid.new pid; exec sleep 600")) as terminal:
        terminal.press("wait\r")
        terminal.see("[y/N]")
        terminal.press("y\r")
        terminal.until(lambda _text: pid.exists(), "running command")
        number = int(pid.read_text())
        assert alive(number)
        terminal.press(keys)
        if keys == CTRL_D:
            assert terminal.ended() == 0
        else:
            ready(terminal, "tokenroi: ")
        assert not alive(number)


def test_plan_and_exec(start: Start, repo: Repo) -> None:
    spec = (
        "# Task: Write one\n\n## Goal\n`one.txt` says yes.\n\n## Context\nNothing.\n\n"
        "## Files to Modify\nNone\n\n## Files to Create\n- `one.txt` - the file\n\n"
        "## Detailed Spec\nOne line: `yes`.\n\n"
        "## Validation\n- [ ] `grep yes one.txt`\n"
    )
    write = (
        says("writing") + '[[reply.tool]]\nname = "write"\narguments = { path = "one.txt", text = "yes" }\n'
    )
    with start(says(spec), write, says("done")) as terminal:
        terminal.press("/plan write one\r")
        ready(terminal, "wrote specs/001-write-one.md")
        terminal.press("/exec\r")
        terminal.see("Run the Validation commands", "$ grep yes one.txt", "[y/N]")
        terminal.press("y\r")
        ready(terminal, "accepted")
        assert (repo.root / "one.txt").read_text() == "yes"
        terminal.press("/cost\r")
        terminal.see(
            "since this REPL began: $0.0324 for 3 calls", "this session, resumed parts included: $0.0324"
        )
        terminal.see("$0.0324 of $5.00")


def test_a_failed_turn_leaves_the_prompt(start: Start) -> None:
    with start(says("Hello.")) as terminal:
        terminal.press("hi\r")
        ready(terminal, "Hello.")
        terminal.press("hi again\r")
        ready(terminal, "tokenroi: the script has no reply left")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_books_the_call(start: Start, name: signal.Signals) -> None:
    with start(SLOW) as terminal:
        terminal.press("go\r")
        terminal.see("one two three")
        terminal.child.kill(name)
        assert terminal.ended() == 130
    assert "unknown" in states()


def test_the_terminal_vanishes(start: Start) -> None:
    with start(SLOW) as terminal:
        terminal.press("go\r")
        terminal.see("one two three")
        terminal.vanish()
    assert "unknown" in states()


def test_the_up_arrow_brings_back_prompts_of_an_earlier_repl_and_no_answers(start: Start) -> None:
    with start(runs("true"), says("Done.")) as terminal:
        terminal.press("run it\r")
        terminal.see("[y/N]")
        terminal.press("y\r")
        ready(terminal, "Done.")
        terminal.press("/quit\r")
        assert terminal.ended() == 0
    with start() as terminal:
        terminal.press(UP)
        terminal.see("> /quit")
        terminal.press(UP)
        terminal.see("> run it")


def test_it_goes_on_where_it_left(start: Start) -> None:
    with start(says("First.")) as terminal:
        terminal.press("one\r")
        ready(terminal, "First.")
        terminal.press("/quit\r")
        assert terminal.ended() == 0
        assert "this session: $0.0081; to go on: tokenroi --continue" in terminal.text
    with start(says("Second."), args=("--continue",), spent="$0.0081") as terminal:
        terminal.see("going on after 1 prompt: one")
        terminal.press("two\r")
        ready(terminal, "Second.", "$0.0162 of $5.00")
