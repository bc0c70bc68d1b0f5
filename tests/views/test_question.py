"""A question shows what it is about exactly, and nothing in it can pass for something else."""

import pytest

from tokenroi_cli.domain.events import Question, QuestionKind
from tokenroi_cli.views.question import LONG, asked


def ask(*commands: str, width: int = 80) -> list[str]:
    return asked(Question(QuestionKind.RUN_COMMAND, "Run this command?", commands), width)


def test_commands_stand_there_as_they_are() -> None:
    assert ask("pytest -q", "ruff check .") == ["? Run this command?", "  $ pytest -q", "  $ ruff check ."]


def test_a_command_of_several_lines_is_one_command() -> None:
    assert ask("python - <<'E'\nprint(1)\nE") == [
        "? Run this command?",
        "  $ python - <<'E'",
        "  | print(1)",
        "  | E",
    ]


def test_a_long_line_is_folded_and_never_reaches_the_left_edge() -> None:
    shown = ask("echo ok" + " " * 40 + "; evil", width=30)
    assert [row[:4] for row in shown] == ["? Ru", "  $ ", "  \\ ", "  \\ "], "a fold is no new line"
    assert "".join(row[4:] for row in shown[1:]) == "echo ok" + " " * 40 + "; evil"


def test_what_does_not_show_itself_is_marked() -> None:
    assert ask("ls \x1b[8m; evil")[1] == r"  $ escaped 'ls \x1b[8m; evil'"
    assert ask("a\u202eb")[1] == r"  $ escaped 'a\u202eb'"
    assert ask("a\rb")[1] == r"  $ escaped 'a\rb'"


def test_the_question_itself_is_one_line() -> None:
    question = Question(QuestionKind.STALE_SPEC, "Stale?\n  $ rm -rf /\x1b[2J")
    assert asked(question, 80) == ["? Stale? $ rm -rf /\\x1b[2J"]


@pytest.mark.parametrize("width", [10, 40, 80])
def test_the_whole_question_is_there_at_any_width(width: int) -> None:
    text = "specs/001.md was planned on other contents of src/calc.py. Execute it all the same?"
    rows = asked(Question(QuestionKind.STALE_SPEC, text), width)
    assert " ".join(row.removeprefix("? ") for row in rows) == text
    assert all(row.startswith("? ") and len(row) <= max(width, 20) for row in rows)


def test_what_may_have_scrolled_away_is_said_at_the_end() -> None:
    shown = ask("\n".join(["evil", *["true"] * 60]))
    assert shown[-1] == "? that was 61 lines: read all of them"
    assert ask("\n".join(["x"] * LONG))[-1] == "  | x"
