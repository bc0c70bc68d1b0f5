"""What a scrolling screen shows of a run."""

from dataclasses import replace

import pytest

from tests.views.values import FAILED, PASSED, RELEASED, SETTLED, UNKNOWN, attempt
from tokenroi_cli.domain.events import (
    Alert,
    AttemptEnded,
    BudgetAlert,
    CommandRan,
    Estimated,
    Event,
    Notice,
    TextArrived,
    TextEnded,
    ToolEnded,
    ToolStarted,
)
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.scope import Budget, ScopePart, Totals
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.views.styles import style
from tokenroi_cli.views.transcript import OUTPUT_LINES, Transcript, lines

DAY_ALERT = BudgetAlert(Budget(ScopePart("day", "2026-11-22"), usd(1)), 80, Totals(1, settled=usd("0.8")))


def written(*events: Event) -> str:
    transcript = Transcript()
    return "".join(transcript.text(event) for event in events)


def test_the_answer_arrives_in_pieces_and_ends_its_line() -> None:
    said = written(TextArrived("Hel"), TextArrived("lo\n"), TextArrived("you"), TextEnded())
    assert said == "Hello\nyou\n"
    assert written(TextArrived("done\n"), TextEnded()) == "done\n"


def test_other_lines_never_stand_in_the_middle_of_the_answer() -> None:
    said = written(TextArrived("I look"), Notice("note"), TextArrived("more"), TextEnded())
    assert said == "I look\nnote\nmore\n"


def test_an_answer_that_was_cut_ends_its_line_once() -> None:
    transcript = Transcript()
    assert transcript.text(TextArrived("hal")) == "hal"
    assert transcript.ended() == "\n"
    assert transcript.ended() == ""


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (ToolStarted("read", "src/a.py"), ["  > read src/a.py"]),
        (ToolStarted("run", "python - <<'E'\nprint(1)\nE"), ["  > run python - <<'E' print(1) E"]),
        (ToolEnded("read", "src/a.py", True, "9 lines"), ["    ok: 9 lines"]),
        (ToolEnded("edit", "", False, "old text occurs twice"), ["    refused: old text occurs twice"]),
        (ToolEnded("run", "grep -q x", True, "exit 1, 0.0 s", failed=True), ["    failed: exit 1, 0.0 s"]),
        (
            ToolEnded("run", "x", True, "exit 3, 0.1 s", failed=True, tail=("  a", "b" * 500)),
            ["    failed: exit 3, 0.1 s", "        a", "      " + "b" * 160],
        ),
        (
            SETTLED,
            [
                "  $ execute on mid claude-sonnet-5-5, 12.3k in (9.0k cached), 340 out, $0.0123, "
                "on premium: $0.0492"
            ],
        ),
        (
            UNKNOWN,
            ["  $ execute on mid claude-sonnet-5-5, cost unknown, booked at the most it can be: $0.2511"],
        ),
        (RELEASED, ["  $ execute on mid claude-sonnet-5-5, not billed"]),
        (CommandRan(PASSED, baseline=False), ["  ok   python -m unittest -q (exit 0, 0.4 s)"]),
        (
            CommandRan(FAILED, baseline=True),
            ["  FAIL python -m unittest -q (exit 1, 0.5 s, before any change)"],
        ),
        (
            CommandRan(FAILED, baseline=False),
            [
                "  FAIL python -m unittest -q (exit 1, 0.5 s)",
                "       one",
                "         two",
                "       FAILED (failures=1)",
            ],
        ),
        (
            AttemptEnded(replace(attempt(2, accepted=True, cost=usd("0.01")), notes=("unproved",))),
            ["  attempt 2 on mid: accepted, 1 call, $0.0100 [unproved]"],
        ),
        (
            Estimated("specs/1.md", {Tier.MID: (usd("0.01"), usd("1.2"))}),
            ["  executing specs/1.md is estimated at", "    mid      $0.0100 to $1.20"],
        ),
        (
            Estimated("specs/1.md", {}),
            ["  executing specs/1.md is estimated at nothing: no tier has a price"],
        ),
        (Alert("budget", "80 % of day"), ["  ! 80 % of day"]),
        (Notice("one\ntwo"), ["one", "two"]),
        (TextArrived("x"), []),
    ],
)
def test_lines(event: Event, shown: list[str]) -> None:
    assert list(lines(event)) == shown


def test_only_the_end_of_a_long_failure_is_shown() -> None:
    long = replace(FAILED, output="".join(f"{number}\n" for number in range(500)))
    shown = lines(CommandRan(long, baseline=False))
    assert len(shown) == OUTPUT_LINES + 1
    assert shown[-1].strip() == "499"


@pytest.mark.parametrize(
    "event",
    [
        TextArrived("\x1b[2J"),
        ToolStarted("read\x1b[2J", "a\x1b[2J"),
        ToolEnded("read", "", True, "\x1b[2J"),
        CommandRan(replace(FAILED, command="\x1b[2J", output="\x1b[2J"), baseline=False),
        Alert("x", "\x1b[2J"),
        replace(DAY_ALERT, budget=Budget(ScopePart("feature", "\x1b[2J"), usd(1))),
        Notice("\x1b[2J"),
        Estimated("\x1b[2J", {}),
    ],
)
def test_no_event_can_command_the_terminal(event: Event) -> None:
    said = written(event)
    assert "\x1b" not in said
    assert "\\x1b[2J" in said


def test_colour_follows_the_words() -> None:
    assert style(CommandRan(PASSED, baseline=False)) == "green"
    assert style(CommandRan(FAILED, baseline=False)) == "red"
    assert style(TextArrived("x")) == ""
    assert style(DAY_ALERT) == style(Alert("retry", "x")) == "yellow"
