"""What a model without tools writes into its answer: applied as a whole, or refused with words it can use."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

import pytest

from tests.agent.test_turn import Answers, Person, hidden, says
from tests.golden.golden import assert_golden
from tokenroi_cli.agent.desk import Desk, RunClock
from tokenroi_cli.agent.spoken_edits import WHOLE_BYTES, WHOLE_LINES
from tokenroi_cli.agent.tools.tool import Bench
from tokenroi_cli.agent.turn import GO_ON, run_turn
from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import Interrupted, LimitReached
from tokenroi_cli.domain.events import Answer, QuestionKind, ToolEnded, ToolStarted
from tokenroi_cli.domain.message import FinishReason, Reply, Request, Text
from tokenroi_cli.domain.session import EntryKind
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.policy.limits import Limits
from tokenroi_cli.policy.prompt import Stable
from tokenroi_cli.store.sessions import SessionStore
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.journal import Journals

ROUTE = Route(TaskKind.CHAT, Tier.MID, "scripted/mid", None, "test", tools=False)
PROGRAM = "one = 1\ntwo = 2\n"


def block(old: str, new: str, path: str = "a.py") -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


def whole(text: str, path: str = "a.py") -> str:
    return f"{path}\n````\n{text}````\n"


RIGHT = block("one = 1\n", "one = 11\n")
WRONG = block("three = 3\n", "three = 33\n")
WRONG_AGAIN = block("four = 4\n", "four = 44\n")

Make = Callable[..., tuple[Desk, Answers, Person]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def make(tmp_path: Path, root: Path) -> Make:
    def desk(*replies: Reply | str, person: Person | None = None) -> tuple[Desk, Answers, Person]:
        door = Answers([says(reply) if isinstance(reply, str) else reply for reply in replies])
        somebody = person or Person()
        clock = RunClock(somebody, time.monotonic)
        bench = Bench(
            tree=Tree(root, None),
            journal=Journals(tmp_path / "journal", root).begin(),
            frontend=clock,
            may_write=lambda path: "not yours" if path == "locked.py" else None,
            run=None,
            spawn=None,
        )
        sessions, stable = SessionStore(tmp_path / "state", root), Stable("system", "", ())
        purpose = Purpose(ROUTE, "s")
        made = Desk(door, sessions, clock, bench, stable, purpose, Limits(20, 60.0), hidden, Flag())
        return made, door, somebody

    return desk


def run(desk: Desk) -> str:
    return run_turn(desk, desk.sessions.create(""), (Text("go"),)).text


def told(request: Request) -> str:
    """The last words that went to the model."""
    return "\n".join(block.text for block in request.messages[-1].blocks if isinstance(block, Text))


def test_what_is_applied_ends_the_turn(make: Make, root: Path) -> None:
    new = whole("x = 1\n", "pkg/new.py")
    desk, door, person = make(f"Here it is.\n\n{RIGHT}\n{new}")
    session = desk.sessions.create("")
    end = run_turn(desk, session, (Text("go"),))
    assert end.text == f"Here it is.\n\n{RIGHT}\n{new}"
    assert (root / "a.py").read_text() == "one = 11\ntwo = 2\n"
    assert (root / "pkg/new.py").read_text() == "x = 1\n"
    assert [request.tools for request in door.requests] == [()]
    events = [event for event in person.events if isinstance(event, ToolStarted | ToolEnded)]
    assert events == [
        ToolStarted("edit", "a.py, pkg/new.py"),
        ToolEnded("edit", "a.py, pkg/new.py", True, "2 lines, 27 bytes"),
    ]
    last = desk.sessions.load(session.id).branch()[-1]
    assert (last.kind, last.blocks) == (EntryKind.TOOL_RESULT, (Text("a.py +1 -1\npkg/new.py +1 -0"),))
    assert desk.bench.journal is not None
    assert set(desk.bench.journal.changed()) == {"a.py", "pkg/new.py"}


def test_the_next_turn_begins_with_what_came_of_the_last(make: Make) -> None:
    desk, door, _ = make(RIGHT, "Nothing more to do.")
    end = run_turn(desk, desk.sessions.create(""), (Text("go"),))
    run_turn(desk, end.session, (Text("and now?"),))
    assert told(door.requests[1]) == "a.py +1 -1\nand now?"
    assert [message.role for message in door.requests[1].messages] == ["user", "assistant", "user"]


def test_an_answer_without_edits_is_an_answer(make: Make, root: Path) -> None:
    desk, door, person = make("Run this:\n```sh\nmake\n```\n")
    assert run(desk).startswith("Run this")
    assert len(door.requests) == 1
    assert not [event for event in person.events if isinstance(event, ToolStarted | ToolEnded)]
    assert (root / "a.py").read_text() == PROGRAM


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (WRONG, ("the old text is not in the file; nothing was written", "1| one = 1")),
        (f"{RIGHT}\n{WRONG}", ("hunk 2", "nothing was written")),
        (RIGHT + whole("x = 1\n", "a.py/b.py"), ("a.py is a file",)),
        (whole("x = 1\n"), ("a.py: already exists", "quote what is to be replaced")),
        (RIGHT + block("x\n", "y\n", "locked.py"), ("locked.py: not yours", "nothing was written")),
        (RIGHT + block("x\n", "y\n", "../b.py"), ("../b.py",)),
        (f"{RIGHT}\na.py\n<<<<<<< SEARCH\nx\n", ("cut off", "send all of it again")),
        (f"{RIGHT}\n```python\n# b.py\nx = 1\n```\n", ("may be b.py", "path alone on a line")),
        (RIGHT.replace("a.py\n", "", 1), ("a block without a path",)),
    ],
)
def test_what_is_refused_is_told_and_the_turn_goes_on(
    make: Make, root: Path, reply: str, words: tuple[str, ...]
) -> None:
    (root / "locked.py").write_text("x\n")
    desk, door, person = make(reply, "I give up.")
    assert run(desk) == "I give up."
    assert [word for word in words if word not in told(door.requests[1])] == []
    assert (root / "a.py").read_text() == PROGRAM
    (ended,) = [event for event in person.events if isinstance(event, ToolEnded)]
    assert (ended.name, ended.ok) == ("edit", False)


def test_a_better_answer_is_applied_alone(make: Make, root: Path) -> None:
    desk, door, _ = make(f"{WRONG}\n{RIGHT}", RIGHT)
    assert run(desk) == RIGHT
    assert len(door.requests) == 2
    assert (root / "a.py").read_text() == "one = 11\ntwo = 2\n"


@pytest.mark.parametrize(("answer", "text"), [(Answer.YES, "one = 11\ntwo = 2\n"), (Answer.NO, PROGRAM)])
def test_a_guarded_file_takes_the_users_word(make: Make, root: Path, answer: Answer, text: str) -> None:
    (root / "a.py").chmod(0o444)
    desk, _, person = make(RIGHT, "Then not.", person=Person(answer))
    run(desk)
    assert [question.kind for question in person.questions] == [QuestionKind.GUARDED_FILE]
    assert (root / "a.py").read_text() == text


@pytest.mark.parametrize("cut", [30, 60, len(RIGHT), len(RIGHT) + 40])
def test_a_reply_that_was_cut_is_applied_when_it_is_whole(make: Make, root: Path, cut: int) -> None:
    reply = RIGHT + block("two = 2\n", "two = 22\n")
    desk, door, person = make(says(reply[:cut], FinishReason.LENGTH), reply[cut:])
    assert run(desk) == reply
    assert told(door.requests[1]) == GO_ON
    assert (root / "a.py").read_text() == "one = 11\ntwo = 22\n"
    assert len([event for event in person.events if isinstance(event, ToolEnded)]) == 1


def test_a_whole_half_of_a_cut_reply_is_not_applied(make: Make, root: Path) -> None:
    desk, door, _ = make(says(RIGHT, FinishReason.LENGTH), f"\n{WRONG}", "I give up.")
    run(desk)
    assert "hunk 2" in told(door.requests[2])
    assert (root / "a.py").read_text() == PROGRAM


def test_what_was_refused_is_no_part_of_the_next_answer(make: Make, root: Path) -> None:
    halves = says(RIGHT[:30], FinishReason.LENGTH), RIGHT[30:]
    desk, _, _ = make(WRONG, *halves)
    assert run(desk) == RIGHT
    assert (root / "a.py").read_text() == "one = 11\ntwo = 2\n"


NEW = "one = 11\ntwo = 2\nthree = 3\n"


def test_after_two_refusals_a_small_file_is_taken_as_a_whole(make: Make, root: Path) -> None:
    desk, door, _ = make(WRONG, WRONG_AGAIN, whole(NEW))
    assert run(desk) == whole(NEW)
    assert "as a whole" not in told(door.requests[1])
    assert_golden("prompts/whole_file.md", told(door.requests[2]))
    assert (root / "a.py").read_text() == NEW


def test_whole_files_that_were_refused_count_as_well(make: Make, root: Path) -> None:
    desk, door, _ = make(whole(NEW), whole(NEW), whole(NEW))
    run(desk)
    assert len(door.requests) == 3
    assert (root / "a.py").read_text() == NEW


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"one = 1\r\ntwo = 2\r\n", b"one = 11\r\ntwo = 2\r\nthree = 3\r\n"),
        (b"\xef\xbb\xbfone = 1\ntwo = 2\n", b"\xef\xbb\xbfone = 11\ntwo = 2\nthree = 3\n"),
        (b"\n\none = 1\n", NEW.encode()),
    ],
)
def test_a_whole_file_keeps_line_ends_and_byte_order_mark(
    make: Make, root: Path, before: bytes, after: bytes
) -> None:
    (root / "a.py").write_bytes(before)
    (root / "a.py").chmod(0o755)
    desk, _, _ = make(WRONG, WRONG_AGAIN, whole(NEW))
    run(desk)
    assert (root / "a.py").read_bytes() == after
    assert (root / "a.py").stat().st_mode & 0o777 == 0o755


def test_one_refusal_is_not_enough(make: Make, root: Path) -> None:
    desk, door, _ = make(WRONG, whole(NEW), "I give up.")
    run(desk)
    assert "a.py: already exists" in told(door.requests[2])
    assert (root / "a.py").read_text() == PROGRAM


def test_the_refusals_of_another_file_do_not_count(make: Make, root: Path) -> None:
    (root / "b.py").write_text("b = 1\n")
    wrong = [RIGHT + block(old, "x\n", "b.py") for old in ("x = 1\n", "y = 1\n")]
    desk, door, _ = make(*wrong, whole(NEW), "I give up.")
    run(desk)
    assert "You may now send b.py as a whole" in told(door.requests[2])
    assert "a.py: already exists" in told(door.requests[3])
    assert (root / "a.py").read_text() == PROGRAM


def test_the_refusals_of_an_earlier_turn_do_not_count(make: Make, root: Path) -> None:
    desk, door, _ = make(WRONG, WRONG_AGAIN, "I give up.", whole(NEW), "And again.")
    end = run_turn(desk, desk.sessions.create(""), (Text("go"),))
    run_turn(desk, end.session, (Text("once more"),))
    assert "a.py: already exists" in told(door.requests[4])
    assert (root / "a.py").read_text() == PROGRAM


@pytest.mark.parametrize(
    ("text", "is_small"),
    [
        ("x = 1\n" * WHOLE_LINES, True),
        ("x = 1\n" * WHOLE_LINES + "y = 2", False),
        ("#" * (WHOLE_BYTES - 1) + "\n", True),
        ("#" * WHOLE_BYTES + "\n", False),
        ("é" * (WHOLE_BYTES // 2) + "\n", False),
        ("key = 'sk-mine'\n", False),
        ("", False),
        ("\n\n", False),
    ],
)
def test_only_a_small_file_is_taken_as_a_whole(make: Make, root: Path, text: str, is_small: bool) -> None:
    (root / "a.py").write_text(text)
    desk, door, _ = make(WRONG, WRONG_AGAIN, whole(NEW), "I give up.")
    run(desk)
    assert ("as a whole" in told(door.requests[2])) is is_small
    assert (root / "a.py").read_text() == (NEW if is_small else text)
    assert len(door.requests) == (3 if is_small else 4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one = 11\n# ... rest unchanged ...\n", "leaves out"),
        (PROGRAM, "no change"),
        ("", "already exists"),
        ("\n", "already exists"),
    ],
)
def test_a_whole_file_has_to_be_one(make: Make, root: Path, text: str, words: str) -> None:
    desk, door, _ = make(WRONG, WRONG_AGAIN, whole(text), "I give up.")
    run(desk)
    assert words in told(door.requests[3])
    assert (root / "a.py").read_text() == PROGRAM


def test_the_same_refused_answer_again_and_again_ends_the_run(make: Make, root: Path) -> None:
    desk, door, _ = make(*[WRONG] * 9)
    with pytest.raises(LimitReached) as caught:
        run(desk)
    assert caught.value.reason == "loop"
    assert len(door.requests) == 3
    assert (root / "a.py").read_text() == PROGRAM


def test_refusals_are_steps_like_any_other(make: Make) -> None:
    wrong = [block(f"x{number} = 1\n", "y\n") for number in range(9)]
    desk, door, _ = make(*wrong)
    with pytest.raises(LimitReached, match="4 steps"):
        run(replace(desk, limits=Limits(4, 60.0)))
    assert len(door.requests) == 4


def test_nothing_is_applied_once_the_user_wants_the_run_to_end(make: Make, root: Path) -> None:
    desk, _, _ = make(RIGHT)

    class Stopping(Person):
        def emit(self, event: object) -> None:
            desk.stopping.set()

    with pytest.raises(Interrupted):
        run(replace(desk, clock=RunClock(Stopping(), time.monotonic)))
    assert (root / "a.py").read_text() == PROGRAM


def test_a_model_with_tools_has_to_use_them(make: Make, root: Path) -> None:
    desk, door, _ = make(RIGHT)
    able = replace(desk, purpose=replace(desk.purpose, route=replace(ROUTE, tools=True)))
    assert run(able) == RIGHT
    assert len(door.requests) == 1
    assert (root / "a.py").read_text() == PROGRAM


def test_where_nothing_may_be_written_nothing_is_read_out_of_an_answer(make: Make, root: Path) -> None:
    desk, door, _ = make(RIGHT)
    assert run(replace(desk, bench=replace(desk.bench, journal=None))) == RIGHT
    assert len(door.requests) == 1
    assert (root / "a.py").read_text() == PROGRAM


def test_a_key_of_the_users_goes_into_no_transcript(make: Make, root: Path) -> None:
    (root / "a.py").write_text("key = 'sk-mine'\n")
    desk, door, person = make(WRONG, "I give up.")
    run(desk)
    assert "key = '[redacted]'" in told(door.requests[1])
    assert "sk-mine" not in f"{door.requests}{person.events}"
