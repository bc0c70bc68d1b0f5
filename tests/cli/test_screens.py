"""The three front-ends of the command line, each fed the same run."""

import json
from dataclasses import replace
from io import StringIO

import pytest

from tests.views.values import FAILED, RESULT, SETTLED, UNKNOWN
from tokenroi_cli.cli.answers import Person, PersonWithFlag, flag, nobody
from tokenroi_cli.cli.screens import Headless, JsonLines, Screen, Terminal
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.events import (
    Alert,
    Answer,
    CommandRan,
    Event,
    Question,
    QuestionKind,
    TextArrived,
    TextEnded,
    ToolEnded,
    ToolStarted,
)
from tokenroi_cli.views.console import Console

RUN: tuple[Event, ...] = (
    Alert("scripted", "SCRIPTED"),
    TextArrived("I look "),
    TextArrived("first."),
    SETTLED,
    TextEnded(),
    ToolStarted("read", "a.py"),
    ToolEnded("read", "a.py", True, "9 lines"),
    UNKNOWN,
    CommandRan(FAILED, baseline=False),
)

ANSWERED = replace(RESULT, text="I look first.", attempts=(), spec=None, path=None, calls=2, what="answered")
REFUSED = replace(ANSWERED, exit_code=12, reason="budget", what="day: $0.01 left", hint="raise the cap")


def console(typed: str = "") -> Console:
    return Console(StringIO(typed), StringIO(), StringIO(), {})


def streams(of: Console) -> tuple[str, str]:
    assert isinstance(of.out, StringIO)
    assert isinstance(of.err, StringIO)
    return of.out.getvalue(), of.err.getvalue()


def shown(screen: Screen) -> None:
    for event in RUN:
        screen.emit(event)


def test_a_terminal_shows_everything_as_it_happens() -> None:
    at = console()
    screen = Terminal(at, nobody)
    shown(screen)
    screen.finish(ANSWERED)
    out, err = streams(at)
    assert out.startswith("  ! SCRIPTED\nI look first.\n  $ execute on mid")
    assert out.index("I look") < out.index("  > read a.py") < out.index("  FAIL") < out.index("total $0.0123")
    assert out.endswith("answered\n")
    assert "up to $0.2511 unknown" in out
    assert err == ""


def test_a_pipe_gets_only_the_answer() -> None:
    at = console()
    screen = Headless(at, nobody)
    shown(screen)
    screen.finish(ANSWERED)
    out, err = streams(at)
    assert out == "I look first.\n"
    assert "  > read a.py\n" in err
    assert "total $0.0123 + up to $0.2511 unknown" in err
    assert "I look" not in err


def test_a_pipe_gets_the_bill_and_last_the_file_that_was_written() -> None:
    at = console()
    Headless(at, nobody).finish(replace(ANSWERED, text="", path="specs/001.md"))
    out, err = streams(at)
    assert "total $0.0123" in out
    assert out.splitlines()[-1] == "specs/001.md"
    assert err == ""


@pytest.mark.parametrize("make", [Terminal, Headless])
def test_a_failure_goes_to_standard_error(make: type[Terminal] | type[Headless]) -> None:
    at = console()
    make(at, nobody).finish(REFUSED)
    out, err = streams(at)
    assert "tokenroi: day: $0.01 left\n  raise the cap\n" in err
    assert "day: $0.01 left" not in out


def test_an_unfinished_answer_does_not_swallow_the_error() -> None:
    at = console()
    screen = Terminal(at, nobody)
    screen.emit(TextArrived("half a sen"))
    screen.fail(BudgetRefused("no money"))
    assert streams(at) == ("half a sen\n", "tokenroi: no money\n")


def test_the_table_holds_only_the_calls_of_its_run() -> None:
    at = console()
    screen = Terminal(at, nobody)
    shown(screen)
    screen.finish(replace(ANSWERED, session="another"))
    assert "call  task" not in streams(at)[0]


def test_json_is_one_object_a_line_and_ends_with_the_result() -> None:
    at = console()
    screen = JsonLines(at, nobody)
    shown(screen)
    screen.finish(ANSWERED)
    out, err = streams(at)
    objects = [json.loads(row) for row in out.splitlines()]
    assert [one["type"] for one in objects] == [
        "alert",
        "text",
        "text",
        "call",
        "tool",
        "tool",
        "call",
        "command",
        "result",
    ]
    assert err == ""


def test_an_error_in_json_says_what_the_calls_before_it_cost() -> None:
    at = console()
    screen = JsonLines(at, nobody)
    shown(screen)
    screen.fail(BudgetRefused("no money"))
    out, err = streams(at)
    last = json.loads(out.splitlines()[-1])
    assert (last["cost_usd"], last["unknown_usd"], last["calls"]) == ("0.0123", "0.2511", 2)
    assert (last["exit_code"], last["reason"], last["message"]) == (12, "budget", "no money")
    assert err == "tokenroi: no money\n"


COVERED = {QuestionKind.RUN_COMMAND, QuestionKind.ESTIMATE}


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_the_flag_answers_commands_and_estimates_and_nothing_else(kind: QuestionKind) -> None:
    question = Question(kind, "Go on?")
    assert nobody(question) is Answer.UNASKED
    assert flag(question) is (Answer.YES if kind in COVERED else Answer.UNASKED)
    assert PersonWithFlag(console("n\n"))(question) is (Answer.YES if kind in COVERED else Answer.NO)
    assert Person(console("n\n"))(question) is Answer.NO
    assert Person(console("y\n"))(question) is Answer.YES
