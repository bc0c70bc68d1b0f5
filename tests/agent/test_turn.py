"""A turn by script: what ends it, what reaches the model, what stands in the session."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag

import pytest

from tests.golden.golden import assert_golden
from tokenroi_cli.agent.desk import Desk, RunClock
from tokenroi_cli.agent.explore import explore
from tokenroi_cli.agent.step import MAX_RESULT
from tokenroi_cli.agent.tools import SCHEMAS
from tokenroi_cli.agent.tools.tool import Bench
from tokenroi_cli.agent.turn import GO_ON, TOO_LONG, run_turn
from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import Interrupted, LimitReached, ProviderError
from tokenroi_cli.domain.events import Answer, Event, Question, QuestionKind, ToolEnded
from tokenroi_cli.domain.message import (
    FinishReason,
    Reply,
    Request,
    StreamItem,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
)
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.session import EntryKind
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.policy.limits import Limits
from tokenroi_cli.policy.prompt import LOST_RESULT, Stable
from tokenroi_cli.store.sessions import SessionStore
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.journal import Journals

ROUTE = Route(TaskKind.CHAT, Tier.MID, "scripted/mid", None, "test")


@dataclass
class Answers:
    """A door that gives these replies in order, and remembers what it was asked and for whom."""

    replies: list[Reply | BaseException]
    requests: list[Request] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    parts: tuple[ScopePart, ...] = ()

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        self.requests.append(request)
        self.purposes.append(purpose)
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        if reply.text:
            yield TextDelta(reply.text)
        yield reply

    def within(self, part: ScopePart, cap: Money | None = None) -> "Answers":
        return replace(self, parts=(*self.parts, part))

    def timed(self, seconds_left: Callable[[], float]) -> "Answers":
        raise AssertionError("the desk has been made already")

    def cancel(self) -> None:
        raise AssertionError("nobody cancels here")


@dataclass
class Person:
    """A front-end that keeps what it is told and answers every question alike."""

    answer: Answer = Answer.YES
    events: list[Event] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    on_ask: Callable[[], None] = lambda: None

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        self.on_ask()
        return self.answer


def hidden(text: str) -> str:
    return text.replace("sk-mine", "[redacted]")


def says(text: str, finish: FinishReason = FinishReason.STOP) -> Reply:
    return Reply((Text(text),), finish, None)


def calls(*wanted: tuple[str, object], finish: FinishReason = FinishReason.TOOL_USE) -> Reply:
    blocks = tuple(
        ToolCall(f"c{number}", name, arguments if isinstance(arguments, str) else json.dumps(arguments))
        for number, (name, arguments) in enumerate(wanted)
    )
    return Reply(blocks, finish, None)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[Desk, Answers, Person]]:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "a.py").write_text("one = 1\ntwo = 2\n")

    def desk(
        *replies: Reply | BaseException, person: Person | None = None, limits: Limits | None = None
    ) -> tuple[Desk, Answers, Person]:
        door = Answers(list(replies))
        somebody = person or Person()
        clock = RunClock(somebody, time.monotonic)
        bench = Bench(
            tree=Tree(root, None),
            journal=Journals(tmp_path / "journal", root).begin(),
            frontend=clock,
            may_write=lambda path: "not yours" if path == "locked.py" else None,
            run=lambda command, timeout_s: CommandResult(command, 3, f"ran {timeout_s}", 0.0),
            spawn=None,
        )
        sessions = SessionStore(tmp_path / "state", root)
        stable = Stable("system", "", SCHEMAS)
        purpose = Purpose(ROUTE, "s")
        made = Desk(door, sessions, clock, bench, stable, purpose, limits or Limits(20, 60.0), hidden, Flag())
        return made, door, somebody

    return desk


def run(desk: Desk, text: str = "go") -> str:
    return run_turn(desk, desk.sessions.create(""), (Text(text),)).text


def results(request: Request) -> list[ToolResult]:
    return [block for block in request.messages[-1].blocks if isinstance(block, ToolResult)]


Make = Callable[..., tuple[Desk, Answers, Person]]


def test_tools_run_and_the_answer_is_the_last_text(make: Make) -> None:
    edit = {"files": [{"path": "a.py", "hunks": [{"old": "one = 1", "new": "one = 11"}]}]}
    desk, door, person = make(calls(("read", {"path": "a.py"}), ("edit", edit)), says("Done."))
    assert run(desk) == "Done."
    assert [result.text for result in results(door.requests[1])] == ["one = 1\ntwo = 2\n", "a.py +1 -1"]
    assert (desk.bench.root / "a.py").read_text() == "one = 11\ntwo = 2\n"
    assert [event.ok for event in person.events if isinstance(event, ToolEnded)] == [True, True]


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("read", '{"path": "a.p', "not valid JSON"),
        ("read", '{"path": "a.py", "path": "b.py"}', "twice"),
        ("read", '{"path": "a.py", "first": NaN}', "NaN"),
        ("read", '{"path": "a.py", "first": 0}', "minimum"),
        ("read", '{"path": "../a.py"}', "not followed"),
        ("read", '{"path": "gone.py"}', "gone.py"),
        ("write", '{"path": "a.py", "text": "x"}', "nothing was written"),
        ("write", '{"path": "locked.py", "text": "x"}', "not yours"),
        (
            "edit",
            '{"files": [{"path": "a.py", "hunks": [{"old": "three", "new": "x"}]}]}',
            "nothing was written",
        ),
        ("edit", '{"files": []}', "files"),
        ("launch", "{}", "no tool 'launch'"),
        ("search", '{"pattern": "("}', "expression"),
        ("explore", '{"question": "where?"}', "read yourself"),
        ("read", "[" * 100_000, "JSON"),
    ],
)
def test_what_a_tool_refuses_goes_back_as_words(make: Make, name: str, arguments: str, word: str) -> None:
    desk, door, _ = make(calls((name, arguments)), says("I see."))
    before = (desk.bench.root / "a.py").read_bytes()
    assert run(desk) == "I see."
    (result,) = results(door.requests[1])
    assert result.error
    assert word in result.text
    assert (desk.bench.root / "a.py").read_bytes() == before


def test_a_command_runs_only_with_a_yes_to_its_exact_text(make: Make) -> None:
    desk, door, person = make(calls(("run", {"command": "make  test", "timeout_s": 5})), says("ok"))
    run(desk)
    assert person.questions[0].detail == ("make  test",)
    assert results(door.requests[1])[0].text == "[exit 3, 0.0 s]\nran 5"


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNASKED])
def test_a_command_without_a_yes_does_not_run(make: Make, answer: Answer) -> None:
    desk, door, _ = make(calls(("run", {"command": "make"})), says("ok"), person=Person(answer))
    run(desk)
    (result,) = results(door.requests[1])
    assert result.error
    assert "not run" in result.text


def test_a_reply_cut_at_the_limit_runs_no_tool(make: Make) -> None:
    write = ("write", {"path": "b.py", "text": "half"})
    desk, door, _ = make(calls(write, finish=FinishReason.LENGTH), says("ok"))
    run(desk)
    assert results(door.requests[1]) == [ToolResult("c0", TOO_LONG, error=True)]
    assert not (desk.bench.root / "b.py").exists()


def test_a_text_cut_at_the_limit_goes_on_and_is_one_answer(make: Make) -> None:
    desk, door, _ = make(says("first half, ", FinishReason.LENGTH), says("second half"))
    assert run(desk) == "first half, second half"
    assert door.requests[1].messages[-1].blocks == (Text(GO_ON),)


def test_no_result_is_longer_than_a_model_should_read(make: Make) -> None:
    desk, door, _ = make(calls(("list", {})), calls(("read", {"path": "x" * 200_000})), says("ok"))
    for number in range(400):
        (desk.bench.root / f"{number}-{'n' * 200}").touch()
    run(desk)
    listed, refused = results(door.requests[1])[0], results(door.requests[2])[0]
    assert MAX_RESULT < len(listed.text) < MAX_RESULT + 100
    assert "cut" in listed.text
    assert refused.error
    assert len(refused.text) < MAX_RESULT + 100


def test_a_key_of_the_users_goes_into_no_transcript(make: Make) -> None:
    desk, door, person = make(
        calls(("read", {"path": "a.py"}), ("read", {"path": "no-sk-min"})), says("Done.")
    )
    (desk.bench.root / "a.py").write_text("key = 'sk-mine'")
    run(desk, "my key is sk-mine")
    assert "sk-mine" not in str(door.requests)
    assert [result.text.count("sk-mine") for result in results(door.requests[1])] == [0, 0]
    assert "key = '[redacted]'" in results(door.requests[1])[0].text
    ended = [event for event in person.events if isinstance(event, ToolEnded)]
    assert "sk-mine" not in str(ended)


def test_a_command_that_failed_shows_how_and_its_last_lines(make: Make) -> None:
    desk, _, person = make(
        calls(("run", {"command": "x"}), ("read", {"path": "a.py", "last": 1})), says("Done.")
    )
    run(desk)
    failed, read = [event for event in person.events if isinstance(event, ToolEnded)]
    assert (failed.detail, failed.failed, failed.tail) == ("exit 3, 0.0 s", True, ("ran None",))
    assert (read.detail, read.failed, read.tail) == ("lines 1-1 of 2", False, ())


def test_steps_are_limited(make: Make) -> None:
    reads = [calls(("read", {"path": "a.py", "first": number})) for number in range(1, 9)]
    desk, door, _ = make(*reads, limits=Limits(3, 60.0))
    with pytest.raises(LimitReached):
        run(desk)
    assert len(door.requests) == 3


def test_the_steps_of_an_explorer_are_steps_of_the_run(make: Make) -> None:
    reads = [calls(("read", {"path": "a.py", "first": number})) for number in range(1, 9)]
    desk, door, _ = make(calls(("explore", {"question": "where?"})), *reads, limits=Limits(3, 60.0))
    light = Route(TaskKind.EXPLORE, Tier.LIGHT, "scripted/light", None, "test")
    exploring = replace(desk.bench, spawn=lambda question: explore(desk, light, question))
    with pytest.raises(LimitReached, match="3 steps"):
        run(replace(desk, bench=exploring))
    assert [purpose.route.task for purpose in door.purposes] == ["chat", "explore", "explore"]


def test_the_same_call_again_and_again_ends_the_run(make: Make) -> None:
    desk, door, _ = make(*[calls(("read", {"path": "a.py"}))] * 9)
    with pytest.raises(LimitReached) as caught:
        run(desk)
    assert caught.value.reason == "loop"
    assert len(door.requests) == 3


def test_waiting_for_the_user_is_not_the_runs_time() -> None:
    times = iter([0.0, 1.0, 100.0, 101.0])
    clock = RunClock(Person(), lambda: next(times))
    clock.ask(Question(QuestionKind.RUN_COMMAND, "Run it?"))
    assert clock.elapsed() == 2.0


def test_a_refusal_and_an_empty_answer_are_typed(make: Make) -> None:
    for reply, reason in (
        (says("no", FinishReason.REFUSAL), "refusal"),
        (Reply((), FinishReason.STOP, None), "empty_answer"),
    ):
        desk, _, _ = make(reply)
        with pytest.raises(ProviderError) as caught:
            run(desk)
        assert caught.value.reason == reason


def test_an_interrupt_between_tools_leaves_a_history_that_providers_take(make: Make) -> None:
    person = Person()
    desk, _, _ = make(
        calls(("run", {"command": "a"}), ("run", {"command": "b"})), says("never"), person=person
    )
    person.on_ask = desk.stopping.set
    session = desk.sessions.create("")
    with pytest.raises(Interrupted):
        run_turn(desk, session, (Text("go"),))
    last = desk.sessions.load(session.id).branch()[-1]
    assert last.kind is EntryKind.TOOL_RESULT
    assert [type(block) for block in last.blocks] == [ToolResult, ToolResult]
    assert last.blocks[1] == ToolResult("c1", LOST_RESULT, error=True)


def test_an_explorer_reads_in_a_session_of_its_own_and_returns_its_findings(make: Make) -> None:
    desk, door, _ = make(
        calls(("write", {"path": "b.py", "text": "x"}), ("run", {"command": "a"})), says("a.py:1")
    )
    light = Route(TaskKind.EXPLORE, Tier.LIGHT, "scripted/light", None, "test")
    assert explore(desk, light, "where is one?") == "a.py:1"
    assert [result.error for result in results(door.requests[1])] == [True, True]
    assert not (desk.bench.root / "b.py").exists()
    assert {purpose.route for purpose in door.purposes} == {light}
    child = desk.sessions.load(door.purposes[0].session)
    assert child.parent == "s"
    (asked,) = child.branch()[0].blocks
    assert isinstance(asked, Text)
    assert_golden("prompts/explore.md", asked.text)
