"""Only whole lines are written above the prompt, in the order in which they came."""

from dataclasses import replace
from io import StringIO

from tests.views.values import RESULT, SETTLED
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.events import Notice, TextArrived, TextEnded
from tokenroi_cli.repl.screen import Lines
from tokenroi_cli.views.console import Console


class Pieces(StringIO):
    """Remembers each write on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return super().write(text)


def lines() -> tuple[Lines, Pieces]:
    out = Pieces()
    return Lines(Console(StringIO(), out, StringIO(), {})), out


def test_an_unfinished_line_waits() -> None:
    screen, out = lines()
    for piece in ("Hel", "lo\nwor", "ld"):
        screen.event(TextArrived(piece))
    assert out.getvalue() == "Hello\n"
    screen.event(TextEnded())
    assert out.getvalue() == "Hello\nworld\n"
    assert all(piece.endswith("\n") for piece in out.pieces)


def test_what_comes_in_between_ends_the_line() -> None:
    screen, out = lines()
    screen.event(TextArrived("I look"))
    screen.event(Notice("note"))
    screen.event(TextArrived("half"))
    screen.say("ours")
    assert out.getvalue() == "I look\nnote\nhalf\nours\n"


def test_after_a_plan_comes_what_next() -> None:
    screen, out = lines()
    planned = replace(RESULT, attempts=(), spec=None, what="wrote specs/001.md", path="specs/001.md")
    screen.ended(planned, [])
    assert out.getvalue().endswith("wrote specs/001.md\nnext: /exec specs/001.md\n")


def test_the_end_of_a_run() -> None:
    screen, out = lines()
    screen.ended(replace(RESULT, attempts=(), text="an answer"), [SETTLED])
    assert out.getvalue() == ""
    screen.ended(RESULT, [SETTLED])
    assert "attempt  tier" in out.getvalue()
    assert out.getvalue().endswith("specs/001-retry.md: accepted\n")
    assert "next:" not in out.getvalue()
    screen.failed(BudgetRefused("no money", "raise the cap"))
    assert out.getvalue().endswith("tokenroi: no money\n  raise the cap\n")
