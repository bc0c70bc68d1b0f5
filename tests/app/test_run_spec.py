"""Carrying a spec out, seen from inside: what stays, what is put back, what the result says."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.golden.golden import assert_golden
from tokenroi_cli.app.run_spec import ExecOptions, run_spec
from tokenroi_cli.app.say import Conversation
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.errors import (
    BudgetRefused,
    SpecError,
    StaleOrOutOfScope,
    TokenroiError,
    ValidationFailed,
)
from tokenroi_cli.domain.events import (
    Alert,
    Answer,
    AttemptEnded,
    CommandRan,
    Event,
    Question,
    QuestionKind,
    ToolEnded,
)
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.money import usd

SPEC = """# Task: Say two

## Goal
`n.txt` says two.

## Context
It says one.

## Files to Modify
- `n.txt` — the number

## Files to Create
None

## Detailed Spec
Replace `one` by `two`. There is no other error to handle.

## Validation
- [ ] `grep -q two n.txt` exits 0
"""

PRICE = '[prices."scripted/mid"]\ninput = 1\noutput = 10\n'
TOOL = (
    '[[reply]]\n[[reply.tool]]\nname = "edit"\n'
    'arguments.files = [{ path = "n.txt", hunks = [{ old = "%s", new = "%s" }] }]\n'
)
DONE = '[[reply]]\ntext = "Done."\n'


class Person:
    """Says yes, remembers what it is told, and does what a test wants at an event."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.asked: list[QuestionKind] = []
        self.answer = Answer.YES
        self.on_event: Callable[[Event], None] = lambda event: None

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question.kind)
        return self.answer


@pytest.fixture
def person() -> Person:
    return Person()


Open = Callable[[str], Workplace]


@pytest.fixture
def at(tmp_path: Path, person: Person) -> Iterator[Open]:
    opened: list[Workplace] = []

    def open_with(replies: str) -> Workplace:
        root = tmp_path / "tree"
        root.mkdir()
        (root / "n.txt").write_text("one\n")
        (root / "spec.md").write_text(SPEC)
        script = tmp_path / "replies.toml"
        script.write_text(PRICE + replies)
        opened.append(open_workplace(root, person, {**os.environ, "TOKENROI_SCRIPT": str(script)}))
        return opened[-1]

    yield open_with
    for workplace in opened:
        workplace.close()


def options(workplace: Workplace, **changed: object) -> ExecOptions:
    return ExecOptions(workplace.root / "spec.md", **changed)  # type: ignore[arg-type]


def said(workplace: Workplace) -> str:
    return (workplace.root / "n.txt").read_text()


def test_accepted_is_what_the_validation_accepts(at: Open, person: Person) -> None:
    workplace = at(TOOL % ("one", "two") + DONE)
    result = run_spec(workplace, options(workplace))
    assert (result.status, result.exit_code, said(workplace)) == ("accepted", 0, "two\n")
    first = workplace.sessions.load(result.session).branch()[0]
    assert_golden(
        "prompts/execute.md", "\n\n".join(block.text for block in first.blocks if isinstance(block, Text))
    )
    assert [attempt.accepted for attempt in result.attempts] == [True]
    assert result.attempts[0].changed == ("n.txt",)
    assert person.asked == [QuestionKind.RUN_COMMAND]


def test_what_a_conversation_starts_is_charged_to_it_and_under_its_cap(at: Open) -> None:
    workplace = at(TOOL % ("one", "two") + DONE + TOOL % ("two", "three") + DONE)
    talk = Conversation(workplace)
    result = run_spec(talk.workplace, options(workplace))
    assert result.cost > 0
    assert talk.status().spent == result.cost
    assert workplace.sessions.load(result.session).parent == talk.session.id
    newest = workplace.sessions.newest()
    assert newest is not None
    assert newest.id == talk.session.id, "what is continued later is the conversation"

    broke = workplace.on_behalf_of(talk.session.id, result.cost)
    assert run_spec(broke, options(workplace)).reason == "budget"


def test_the_second_attempt_sees_what_failed(at: Open) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + TOOL % ("three", "two") + DONE)
    result = run_spec(workplace, options(workplace))
    assert [attempt.accepted for attempt in result.attempts] == [False, True]
    session = workplace.sessions.load(result.session)
    prompts = [str(entry.blocks) for entry in session.branch() if entry.kind == "user"]
    assert len(prompts) == 2
    assert "grep -q two n.txt" in prompts[1]
    assert "exit 1" in prompts[1]


def test_two_failures_end_it_and_the_tree_is_as_it_was(at: Open) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + TOOL % ("three", "four") + DONE)
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, said(workplace)) == (11, "one\n")
    assert result.path is not None
    assert "+four" in Path(result.path).read_text()


def test_what_somebody_else_changed_meanwhile_is_left_and_named(at: Open, person: Person) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + DONE)

    def meanwhile(event: Event) -> None:
        if isinstance(event, AttemptEnded) and event.attempt.number == 1:
            (workplace.root / "n.txt").write_text("mine\n")

    person.on_event = meanwhile
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, said(workplace)) == (11, "mine\n")
    assert "could not restore n.txt: it was changed since, in the same lines" in result.hint
    kept = result.hint.partition("(the other version: ")[2].partition(")")[0]
    assert Path(kept).read_text() == "one\n"
    assert result.path is not None
    assert "+mine" in Path(result.path).read_text()


def test_keep_leaves_the_failed_attempt_in_place(at: Open) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + DONE)
    result = run_spec(workplace, options(workplace, keep=True))
    assert (result.exit_code, said(workplace), result.path) == (11, "three\n", None)


def test_a_provider_that_fails_in_the_second_attempt_does_not_forget_the_first(at: Open) -> None:
    workplace = at(TOOL % ("one", "three") + DONE)
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, result.reason) == (16, "script_exhausted")
    assert [attempt.number for attempt in result.attempts] == [1]
    assert said(workplace) == "one\n"
    assert result.repriced_premium is None, "the premium tier of this script has no price"


def test_a_bug_leaves_no_half_done_tree(at: Open, person: Person) -> None:
    workplace = at(TOOL % ("one", "two") + DONE)

    def fall_over(event: Event) -> None:
        if isinstance(event, ToolEnded):
            assert said(workplace) == "two\n"
            raise ZeroDivisionError

    person.on_event = fall_over
    with pytest.raises(ZeroDivisionError):
        run_spec(workplace, options(workplace))
    assert said(workplace) == "one\n"


def test_a_validation_that_passes_already_is_asked_about_and_marked(at: Open, person: Person) -> None:
    workplace = at(DONE)
    (workplace.root / "n.txt").write_text("two\n")
    result = run_spec(workplace, options(workplace))
    assert QuestionKind.PROVES_NOTHING in person.asked
    assert result.attempts[0].notes == ("unproved",)
    assert any(
        isinstance(event, Alert) and event.kind == "validation_proves_nothing" for event in person.events
    )


def test_a_validation_that_cannot_start_costs_nothing(at: Open, person: Person) -> None:
    workplace = at(DONE)
    (workplace.root / "spec.md").write_text(SPEC.replace("grep -q two", "no-such-program-at-all"))
    with pytest.raises(ValidationFailed) as caught:
        run_spec(workplace, options(workplace))
    assert caught.value.reason == "validation_cannot_run"
    assert not list(workplace.ledger.booked())
    assert not any(isinstance(event, AttemptEnded) for event in person.events)


def test_a_spec_without_a_command_has_no_judge(at: Open) -> None:
    workplace = at(DONE)
    (workplace.root / "spec.md").write_text(SPEC.replace("`grep -q two n.txt` exits 0", "it looks right"))
    with pytest.raises(ValidationFailed) as caught:
        run_spec(workplace, options(workplace))
    assert caught.value.reason == "validation_cannot_run"
    assert not list(workplace.ledger.booked())


def test_the_lower_of_the_two_caps_holds(at: Open) -> None:
    workplace = at(DONE)
    stamp = '---\ntokenroi: 1\nid: a\ncap_usd: "0.000001"\n---\n'
    (workplace.root / "spec.md").write_text(stamp + SPEC)
    with pytest.raises(BudgetRefused) as caught:
        run_spec(workplace, options(workplace, max_usd=usd("5")))
    assert caught.value.reason == "gate"
    (workplace.root / "spec.md").write_text(stamp.replace("0.000001", "999999") + SPEC)
    with pytest.raises(BudgetRefused):
        run_spec(workplace, options(workplace, max_usd=usd("0.000001")))


def test_what_was_accepted_is_recorded_in_the_spec(at: Open) -> None:
    workplace = at(TOOL % ("one", "two") + DONE)
    (workplace.root / "spec.md").write_text("---\ntokenroi: 1\nid: a\n---\n" + SPEC)
    run_spec(workplace, options(workplace))
    written = (workplace.root / "spec.md").read_text()
    assert written.endswith(SPEC)
    digest = workplace.tree.sha256("n.txt")
    assert digest is not None
    assert digest in written.partition("# Task")[0]


def test_a_stamped_path_that_is_no_file_of_the_tree_costs_nothing(at: Open, person: Person) -> None:
    workplace = at(DONE)
    (workplace.root / "out").symlink_to("/etc/passwd")
    (workplace.root / "folder").mkdir()
    for path, error in (
        ("../../etc/passwd", SpecError),
        ("out", StaleOrOutOfScope),
        ("folder", StaleOrOutOfScope),
    ):
        front = f'---\ntokenroi: 1\nid: a\nfiles: {{{path}: "sha256:00"}}\n---\n'
        (workplace.root / "spec.md").write_text(front + SPEC)
        person.answer = Answer.UNASKED
        with pytest.raises(error):
            run_spec(workplace, options(workplace))
    assert not list(workplace.ledger.booked())


def test_a_second_exec_in_the_same_tree_is_refused_at_once(at: Open, person: Person, tmp_path: Path) -> None:
    workplace = at(TOOL % ("one", "two") + DONE)
    (tmp_path / "alias").symlink_to(workplace.root)
    script = str(tmp_path / "replies.toml")
    other = open_workplace(tmp_path / "alias", Person(), {**os.environ, "TOKENROI_SCRIPT": script})
    refusals = list[TokenroiError]()

    def meanwhile(event: Event) -> None:
        if isinstance(event, ToolEnded | CommandRan):
            with pytest.raises(TokenroiError) as caught:
                run_spec(other, options(other))
            refusals.append(caught.value)

    person.on_event = meanwhile
    with closing(other):
        assert run_spec(workplace, options(workplace)).status == "accepted"
    assert {(error.exit_code, error.reason) for error in refusals} == {(1, "busy")}
    assert len(refusals) == 3, "at the baseline, during the turn, at the validation"
    assert len(list(workplace.ledger.booked())) == 2


def test_a_file_that_cannot_be_put_back_does_not_hide_why_it_failed(at: Open, person: Person) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + DONE)

    def meanwhile(event: Event) -> None:
        if isinstance(event, AttemptEnded) and event.attempt.number == 2:
            for kept in (workplace.home.state / "journal").rglob("*"):
                if kept.is_file() and kept.read_bytes() == b"one\n":
                    kept.write_bytes(b"damaged\n")

    person.on_event = meanwhile
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, result.reason) == (11, "validation_failed")
    assert [attempt.number for attempt in result.attempts] == [1, 2]
    assert "--tier" in result.hint, "what to do about the failure itself"
    assert "could not restore n.txt" in result.hint
    assert str(workplace.home.state / "journal") in result.hint
    told = [event.kind for event in person.events if isinstance(event, Alert)]
    assert "restore_failed" in told


def test_a_patch_that_cannot_be_kept_does_not_stop_the_restoring(at: Open) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + DONE)
    (workplace.home.state / "patches").write_text("in the way\n")
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, result.path, said(workplace)) == (11, None, "one\n")
    assert "patch" in result.hint


def test_a_file_that_cannot_be_replaced_leaves_the_patch(at: Open, person: Person) -> None:
    workplace = at(TOOL % ("one", "three") + DONE + DONE)
    file = workplace.root / "n.txt"

    def meanwhile(event: Event) -> None:
        if isinstance(event, AttemptEnded) and event.attempt.number == 2:
            file.unlink()
            file.mkdir()

    person.on_event = meanwhile
    result = run_spec(workplace, options(workplace))
    assert (result.exit_code, result.reason) == (11, "validation_failed")
    assert result.path is not None
    assert "could not restore n.txt" in result.hint
