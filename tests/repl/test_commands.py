"""Slash commands as values: what an input asks for, before anything runs."""

import os
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.repl.scripts import PRICES, says
from tests.views.values import SETTLED, UNKNOWN
from tokenroi_cli.app.say import Conversation
from tokenroi_cli.app.workplace import open_workplace
from tokenroi_cli.domain.errors import SpecError, UsageError
from tokenroi_cli.domain.scope import ScopePart, Totals
from tokenroi_cli.money.statements import charge, freeze
from tokenroi_cli.repl.commands import COMMANDS, respond
from tokenroi_cli.repl.loop import Switchboard, welcome
from tokenroi_cli.repl.seat import Leave, Said, Seat, Work


@pytest.fixture
def seat(repo: Repo, tmp_path: Path, temporary_home: Path) -> Seat:
    script = tmp_path / "replies.toml"
    script.write_text(PRICES + says("Hello."))
    environ = {"TOKENROI_HOME": str(temporary_home / "tokenroi"), "TOKENROI_SCRIPT": str(script)}
    board = Switchboard()
    workplace = open_workplace(repo.root, board, environ)
    return Seat(workplace, Conversation(workplace), board.calls)


def said(seat: Seat, text: str) -> str:
    outcome = respond(seat, text)
    assert isinstance(outcome, Said)
    return outcome.text


def test_a_prompt_is_work_for_the_model(seat: Seat) -> None:
    outcome = respond(seat, "hi")
    assert isinstance(outcome, Work)
    assert outcome.run().text == "Hello."
    assert len(seat.calls) == 1


@pytest.mark.parametrize("text", ["/usr/bin is full", "/etc/passwd", "/* comment */", "a /quit"])
def test_a_slash_alone_makes_no_command(seat: Seat, text: str) -> None:
    assert isinstance(respond(seat, text), Work)


def test_help_lists_every_command(seat: Seat) -> None:
    shown = said(seat, "/help")
    assert all(f"/{name}" in shown for name in COMMANDS)


def test_quit(seat: Seat) -> None:
    assert respond(seat, " /quit ") == Leave()


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("/hepl", "/help"), ("/cots", "/cost"), ("/xyz", "/help lists"), ("/", "/help lists")],
)
def test_an_unknown_command_names_the_nearest(seat: Seat, typed: str, nearest: str) -> None:
    assert f"there is no {typed}" in said(seat, typed)
    assert nearest in said(seat, typed)


def test_plan_needs_a_task_and_exec_a_spec(seat: Seat, repo: Repo) -> None:
    assert "say what to plan" in said(seat, "/plan")
    work = respond(seat, "/exec")
    assert isinstance(work, Work)
    with pytest.raises(UsageError, match="no spec"):
        work.run()
    assert isinstance(respond(seat, "/plan a thing"), Work)


def test_exec_takes_the_spec_that_was_written_last_when_its_turn_comes(seat: Seat, repo: Repo) -> None:
    work = respond(seat, "/exec")
    assert isinstance(work, Work)
    for number, name in enumerate(("zz-old.md", "002-new.md")):
        os.utime(repo.write(f"specs/{name}", "no spec"), (1_700_000_000 + number,) * 2)
    with pytest.raises(SpecError, match=r"specs/002-new\.md"):
        work.run()


@pytest.mark.parametrize("text", ["exit", "quit", "Exit", "/exit", "/QUIT", "/Quit"])
def test_whoever_wants_to_leave_pays_for_no_prompt(seat: Seat, text: str) -> None:
    assert respond(seat, text) == Leave()


def test_commands_in_any_case(seat: Seat) -> None:
    assert said(seat, "/HELP") == said(seat, "/help")


def test_cost_adds_up_what_was_booked_and_keeps_unknown_apart(seat: Seat) -> None:
    seat.calls.extend([SETTLED, UNKNOWN])
    shown = said(seat, "/cost")
    assert "since this REPL began: $0.0123 + up to $0.2511 unknown for 2 calls" in shown
    assert "this session, resumed parts included: $0.00, cap $5.00 hard" in shown


def test_the_welcome_says_that_it_is_a_script(seat: Seat) -> None:
    assert "SCRIPTED" in welcome(seat)
    assert str(seat.workplace.root) in welcome(seat)


def test_cost_by_a_column_and_by_one_that_is_none(seat: Seat) -> None:
    seat.calls.extend([SETTLED, UNKNOWN])
    assert said(seat, "/cost tier").startswith("tier")
    assert "output" in said(seat, "/cost class")
    assert "no column 'mood'" in said(seat, "/cost mood")


def test_budget_shows_this_session_and_its_cap(seat: Seat) -> None:
    shown = said(seat, "/budget")
    assert f"session/{seat.conversation.session.id}" in shown
    assert "$5.00" in shown


def test_budget_thaws_what_an_overrun_froze(seat: Seat) -> None:
    project = ScopePart("project", str(seat.workplace.root))
    assert "not frozen" in said(seat, "/budget thaw project/.")
    with seat.workplace.ledger._database.write() as db:
        charge(db, (project,), Totals(calls=1))
        freeze(db, project, "of a test")
    assert "frozen: " in said(seat, "/budget")
    assert "of a test" in said(seat, "/budget thaw project/.")
    assert "frozen" not in said(seat, "/budget")


@pytest.mark.parametrize("words", ["set day 3", "thaw", "nonsense"])
def test_what_budget_does_not_do_here_is_said(seat: Seat, words: str) -> None:
    assert "tokenroi budget set" in said(seat, f"/budget {words}")
