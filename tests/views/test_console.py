"""What the console makes of the streams it is given."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TextIO

import pytest

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.events import Answer, Question, QuestionKind
from tokenroi_cli.views.console import MAX_PIPED, Console

QUESTION = Question(QuestionKind.RUN_COMMAND, "Run this command?", ("pytest",))


def piped(text: str = "", **environ: str) -> Console:
    return Console(StringIO(text), StringIO(), StringIO(), environ)


@contextmanager
def terminal(**environ: str) -> Iterator[tuple[int, Console]]:
    """A console on a pty, and the end where its user sits."""
    user, program = pty.openpty()
    with os.fdopen(program, "r+b", buffering=0) as raw:
        stream: TextIO = os.fdopen(os.dup(raw.fileno()), "r")
        out: TextIO = os.fdopen(os.dup(raw.fileno()), "w")
        with stream, out:
            yield user, Console(stream, out, out, environ)
    os.close(user)


def screen(user: int, most: int) -> bytes:
    """What arrives at the user's end, up to `most` bytes: a terminal hands it over piece by piece."""
    seen = b""
    while len(seen) < most and (piece := os.read(user, most - len(seen))):
        seen += piece
    return seen


def test_a_pipe_is_plain_and_unattended() -> None:
    console = piped(TERM="xterm")
    console.write("red", "red")
    assert console.out.getvalue() == "red"  # type: ignore[attr-defined]
    assert not console.attended


def test_a_terminal_has_colour_line_by_line() -> None:
    with terminal(TERM="xterm") as (user, console):
        assert console.attended
        console.write("a\n\nb\n", "red")
        painted = b"\x1b[31ma\x1b[0m\r\n\r\n\x1b[31mb\x1b[0m\r\n"
        assert screen(user, len(painted)) == painted


@pytest.mark.parametrize("environ", [{"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_a_terminal_may_want_no_colour(environ: dict[str, str]) -> None:
    with terminal(**environ) as (_user, console):
        assert console.plain


def test_an_empty_no_color_is_none() -> None:
    with terminal(TERM="xterm", NO_COLOR="") as (_user, console):
        assert not console.plain


@pytest.mark.parametrize(("columns", "width"), [("132", 132), ("", 80), ("0", 80), ("wide", 80), ("-1", 80)])
def test_width_outside_a_terminal(columns: str, width: int) -> None:
    assert piped(COLUMNS=columns).width == width


def test_what_is_piped_is_read_to_its_end() -> None:
    assert piped("a\nb").piped() == "a\nb"
    with pytest.raises(UsageError):
        piped("x" * (MAX_PIPED + 1)).piped()


def test_a_terminal_pipes_nothing() -> None:
    with terminal() as (_user, console):
        assert console.piped() == ""


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("y\n", Answer.YES),
        ("YES\n", Answer.YES),
        ("\n", Answer.NO),
        ("n\n", Answer.NO),
        ("yolo\n", Answer.UNASKED),
        ("yolo\nY\n", Answer.YES),
        ("yolo\nyolo\nyolo\ny\n", Answer.NO),
        ("", Answer.UNASKED),
    ],
)
def test_only_yes_is_yes(typed: str, answer: Answer) -> None:
    console = piped(typed)
    assert console.ask(QUESTION) is answer
    assert "? Run this command?\n  $ pytest\n  [y/N] " in console.err.getvalue()  # type: ignore[attr-defined]
