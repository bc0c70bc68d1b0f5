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
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.scope import ScopePart, Totals
from tokenroi_cli.domain.session import EntryKind
from tokenroi_cli.money.statements import charge, freeze
from tokenroi_cli.repl.commands import COMMANDS, respond
from tokenroi_cli.repl.loop import Switchboard, welcome
from tokenroi_cli.repl.seat import Chore, Leave, Said, Seat, Work
from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About


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


def done(seat: Seat, text: str) -> str:
    outcome = respond(seat, text)
    assert isinstance(outcome, Chore)
    return outcome.run()


@pytest.fixture
def changed(seat: Seat, repo: Repo) -> Seat:
    """After two Runs that changed files."""
    repo.write("a.txt", "one\ntwo\n")
    for title, old, new in (("first", "one", "1"), ("second", "two", "2")):
        session = seat.conversation.session.id
        journal = seat.workplace.journals.begin(About(session, session, title))
        apply_edits(repo.root, [FileEdit("a.txt", ((old, new),))], journal=journal)
        journal.end()
    return seat


def test_undo_shows_what_is_left_to_undo_and_redo_brings_it_back(changed: Seat, repo: Repo) -> None:
    shown = done(changed, "/undo")
    assert shown.startswith("undone: 2 second\n  restored: a.txt\n")
    assert shown.endswith("/redo takes this back")
    rows = [row.split() for row in shown.splitlines()]
    assert [(row[0], row[1] == "undone") for row in rows if row and row[0].isdecimal()] == [
        ("1", False),
        ("2", True),
    ]
    assert done(changed, "/redo") == "redone: 2 second\n  changed again: a.txt"
    assert done(changed, "/undo 1").startswith("undone: 1 first; 2 second\n")
    assert (repo.root / "a.txt").read_text() == "one\ntwo\n"
    with pytest.raises(UsageError, match="nothing to undo"):
        done(changed, "/undo")
    assert "first" in said(changed, "/undo list")


def test_the_model_is_told_with_the_next_prompt(changed: Seat) -> None:
    done(changed, "/undo")
    done(changed, "/redo")
    changed.conversation.say("go on")
    blocks = changed.conversation.session.branch()[0].blocks
    assert [block.text for block in blocks if isinstance(block, Text)] == [
        "The user has undone your changes to: a.txt.",
        "The user has brought back your changes to: a.txt.",
        "go on",
    ]
    changed.conversation.say("and on")
    last = [entry for entry in changed.conversation.session.branch() if entry.kind is EntryKind.USER][-1]
    assert len(last.blocks) == 1


def test_diff_is_of_this_session(changed: Seat, repo: Repo) -> None:
    repo.write("b.txt", "the user's own\n")
    assert done(changed, "/diff").endswith("@@ -1,2 +1,2 @@\n-one\n-two\n+1\n+2")
    assert "-one" not in done(changed, "/diff 2")
    done(changed, "/undo 1")
    assert done(changed, "/diff").startswith("nothing is different")


def test_a_long_diff_is_cut_and_names_the_way_to_all_of_it(changed: Seat, repo: Repo) -> None:
    repo.write("a.txt", "x\x1b[2J\n" * 1_000)
    rows = done(changed, "/diff").splitlines()
    assert (len(rows), rows[-1]) == (401, "... 606 more lines: tokenroi undo --diff")
    assert "\x1b" not in "".join(rows)


@pytest.mark.parametrize("text", ["/undo x", "/undo -1", "/diff x"])
def test_other_words_after_them_are_answered(changed: Seat, text: str) -> None:
    assert "checkpoint N" in said(changed, text)
