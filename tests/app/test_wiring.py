"""What the verbs and the composition root connect: each wire that a promise hangs on is pulled once."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tokenroi_cli.app.plan import PlanOptions, plan
from tokenroi_cli.app.run_spec import ExecOptions, run_spec
from tokenroi_cli.app.say import SayOptions, say
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.call import Call, CallState, Owner, OwnerKind, Purpose
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.events import Alert, Answer, Event, Question, QuestionKind, ToolEnded
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.price import Price, Rates
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.tier import Route, TaskKind, Tier

TIERS = ("premium", "mid", "light")
PRICES = "".join(f'[prices."scripted/{tier}"]\ninput = 1\noutput = 10\n' for tier in TIERS)
TOLD = 'text = "Done."\nusage = { fresh = 1000, output = 100 }\n'
SPEC = """# Task: Say two

## Goal
The file n.txt says two instead of one from now on.

## Context
It says one.

## Files to Modify
- `n.txt` — the number

## Files to Create
None

## Detailed Spec
Replace `one` by `two` in the file. There is no other error to handle, and nothing else changes.

## Validation
- [ ] `grep -q two n.txt` exits 0
"""


class Person:
    """Says yes to all but one kind of question."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refuses: QuestionKind | None = None
        self.meanwhile: Callable[[], object] | None = None

    def emit(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, ToolEnded) and self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()

    def ask(self, question: Question) -> Answer:
        return Answer.NO if question.kind is self.refuses else Answer.YES

    @property
    def tools(self) -> list[tuple[str, bool]]:
        return [(event.name, event.ok) for event in self.events if isinstance(event, ToolEnded)]


Open = Callable[..., Workplace]


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def at(tmp_path: Path, person: Person) -> Iterator[Open]:
    """A workplace on a tree with one file and one spec, its models played by a script."""
    opened: list[Workplace] = []
    root = tmp_path / "tree"
    root.mkdir()
    (root / "n.txt").write_text("one\n")
    (root / "spec.md").write_text(SPEC)

    def open_with(replies: str = "", **environ: str) -> Workplace:
        script = tmp_path / "replies.toml"
        script.write_text(PRICES + replies)
        played = {"TOKENROI_SCRIPT": str(script)} if replies else {}
        opened.append(open_workplace(root, person, {**os.environ, **played, **environ}))
        return opened[-1]

    yield open_with
    for workplace in opened:
        workplace.close()


def tool(name: str, arguments: str) -> str:
    return f'[[reply]]\n[[reply.tool]]\nname = "{name}"\narguments = {arguments}\n'


def reply(keys: str, text: str = TOLD) -> str:
    return f"[[reply]]\n{keys}\n{text}"


def test_a_soft_provider_under_a_hard_cap_needs_the_users_word(at: Open, person: Person) -> None:
    person.refuses = QuestionKind.SOFT_PROVIDER
    nobody = {"OPENAI_API_KEY": "sk-made-up-0123456789", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    result = say(at(**nobody), SayOptions("hello"))
    assert (result.exit_code, result.reason, result.calls) == (14, "unbounded", 0)


def test_planning_changes_nothing_and_runs_nothing(at: Open, person: Person) -> None:
    hunks = '{ files = [{ path = "n.txt", hunks = [{ old = "one", new = "two" }] }] }'
    workplace = at(
        tool("edit", hunks)
        + tool("write", '{ path = "new.txt", text = "x" }')
        + tool("run", '{ command = "touch ran" }')
        + f"[[reply]]\ntext = '''\n{SPEC}'''\n"
    )
    result = plan(workplace, PlanOptions("say two"))
    assert (result.exit_code, result.path) == (0, "specs/001-say-two.md")
    assert person.tools == [("edit", False), ("write", False), ("run", False)]
    left = sorted(path.name for path in workplace.root.iterdir())
    assert (left, (workplace.root / "n.txt").read_text()) == (["n.txt", "spec.md", "specs"], "one\n")


def test_a_plan_stamps_twice_the_high_end_of_the_executing_tier(at: Open) -> None:
    workplace = at(f"[[reply]]\ntext = '''\n{SPEC}'''\n")
    written = plan(workplace, PlanOptions("say two")).path
    assert written is not None
    head = (workplace.root / written).read_text().partition("# Task")[0]
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    (high,) = [line for line in head.splitlines() if "mid" in line]
    assert usd(fields["cap_usd"].strip('"')) == 2 * usd(high.split('"')[3])


def test_a_call_is_charged_to_every_scope_around_it(at: Open) -> None:
    workplace = at(
        '[[reply]]\ntask = "plan"\n[[reply.tool]]\nname = "explore"\narguments = { question = "where?" }\n'
        f"[[reply]]\ntask = \"explore\"\ntext = \"n.txt:1\"\n[[reply]]\ntext = '''\n{SPEC}'''\n"
    )
    result = plan(workplace, PlanOptions("say two", feature="numbers"))
    assert result.exit_code == 0, result
    calls = [row.call for row in workplace.ledger.booked()]
    child = calls[1].purpose.session
    assert child != result.session
    for part, count in {
        ScopePart("project", str(workplace.root)): 3,
        ScopePart("feature", "numbers"): 3,
        ScopePart("session", result.session): 3,
        ScopePart("session", child): 1,
    }.items():
        assert workplace.ledger.totals(part).calls == count, part
    assert [call.purpose.feature for call in calls] == ["numbers"] * 3


def test_an_explorer_without_tools_is_not_started(at: Open, person: Person, temporary_home: Path) -> None:
    home = temporary_home / "tokenroi"
    home.mkdir()
    (home / "config.toml").write_text("tiers.light.tools = false\n")
    workplace = at(
        '[[reply]]\ntask = "plan"\n[[reply.tool]]\nname = "explore"\narguments = { question = "where?" }\n'
        f"[[reply]]\ntask = \"plan\"\ntext = '''\n{SPEC}'''\n"
    )
    result = plan(workplace, PlanOptions("say two"))
    assert (result.exit_code, result.calls) == (0, 2), result
    assert person.tools == [("explore", False)]


def test_the_bill_of_a_run_holds_its_own_calls_alone(at: Open, person: Person) -> None:
    edit = '{ files = [{ path = "n.txt", hunks = [{ old = "one", new = "two" }] }] }'
    workplace = at(reply('task = "chat"') + tool("edit", edit) + reply('task = "execute"'))
    person.meanwhile = lambda: say(workplace, SayOptions("something else"))
    result = run_spec(workplace, ExecOptions(workplace.root / "spec.md"))
    mine = [row.event for row in workplace.ledger.booked() if row.call.purpose.task is TaskKind.EXECUTE]
    assert (result.calls, result.cost) == (2, sum(event.amount for event in mine))
    assert result.repriced_premium == result.cost, "every tier of this script costs the same"


def test_the_executor_sees_the_spec_without_its_stamp(at: Open) -> None:
    workplace = at(reply(""))
    stamp = '---\ntokenroi: 1\nid: hidden-id\ncap_usd: "0.5"\n---\n'
    (workplace.root / "spec.md").write_text(stamp + SPEC)
    result = run_spec(workplace, ExecOptions(workplace.root / "spec.md"))
    first = workplace.sessions.load(result.session).branch()[0]
    said = "".join(block.text for block in first.blocks if isinstance(block, Text))
    assert "# Task: Say two" in said
    assert "hidden-id" not in said
    assert "cap_usd" not in said


def test_a_no_to_the_estimate_ends_it_before_the_first_call(at: Open, person: Person) -> None:
    workplace = at(reply(""))
    person.refuses = QuestionKind.ESTIMATE
    stamp = '---\ntokenroi: 1\nid: a\ncap_usd: "0.05"\n---\n'
    (workplace.root / "spec.md").write_text(stamp + SPEC)
    with pytest.raises(BudgetRefused) as caught:
        run_spec(workplace, ExecOptions(workplace.root / "spec.md"))
    assert "not started" in caught.value.what, "between the two ends of the estimate"
    assert not list(workplace.ledger.booked())


def test_a_model_cannot_wait_longer_than_the_user_allows(at: Open) -> None:
    home = Path(os.environ["TOKENROI_HOME"])
    home.mkdir(parents=True)
    (home / "config.toml").write_text("[commands]\ntimeout_s = 1\n")
    workplace = at(tool("run", '{ command = "sleep 4", timeout_s = 50 }') + reply(""))
    result = say(workplace, SayOptions("wait"))
    (done,) = workplace.sessions.load(result.session).branch()[2].blocks
    assert "timed out" in str(done)


def test_what_a_dead_process_left_in_flight_is_ended_at_the_next_start(at: Open) -> None:
    workplace = at(reply(""))
    route = Route(TaskKind.CHAT, Tier.MID, "scripted/mid", None, "test")
    dead = Owner(OwnerKind.PROCESS, "another-boot:1:1")
    price = Price("scripted/mid", Rates(usd(1), usd(1), usd(1), usd(1), usd(1)))
    at_noon = datetime(2026, 11, 25, 12, tzinfo=UTC).isoformat(timespec="milliseconds")
    call = Call("c1", at_noon, Purpose(route, "s"), (ScopePart("session", "s"),), dead, price)
    workplace.ledger.reserve(call, usd("0.5"))
    workplace.ledger.sent("c1")
    again = at(reply(""))
    (row,) = again.ledger.booked()
    assert (row.event.state, row.event.amount) == (CallState.UNKNOWN, usd("0.5"))


def test_of_two_notes_files_the_first_named_is_read(at: Open) -> None:
    workplace = at(reply(""))
    (workplace.root / "CLAUDE.md").write_text("Use spaces.\n")
    (workplace.root / "AGENTS.md").write_text("Use tabs.\n")
    assert workplace.sessions.load(say(workplace, SayOptions("hello")).session).notes == "Use tabs.\n"


def test_every_result_says_what_its_tokens_cost_on_premium(at: Open) -> None:
    workplace = at(reply("") + '[[reply]]\ntext = "cut"\nfinish = "none"\n')
    told, cut = (say(workplace, SayOptions("hello")) for _ in range(2))
    assert told.repriced_premium == told.cost > 0
    assert cut.repriced_premium is None, "nobody told its tokens"


def test_no_key_of_the_users_reaches_a_prompt_or_a_transcript(at: Open, person: Person) -> None:
    key = "sk-ant-made-up-0123456789"
    looks = tool("read", '{ path = "n.txt" }') + tool("run", '{ command = "cat n.txt; exit 1" }')
    workplace = at(looks + reply(""), ANTHROPIC_API_KEY=key)
    for name in ("n.txt", "AGENTS.md"):
        (workplace.root / name).write_text(f"the key is {key}\n")
    result = say(workplace, SayOptions(f"my key is {key}"))
    (transcript,) = workplace.sessions.folder.iterdir()
    assert transcript.read_text().count("[redacted]") == 4, "notes, prompt, a file, a command's output"
    assert key not in transcript.read_text() + str(person.events) + str(result)


def test_a_retry_is_said(at: Open, person: Person) -> None:
    refused = '[[reply]]\nerror = { status = 429, message = "slow down", retry_after = 0 }\n'
    assert say(at(refused + reply("")), SayOptions("hello")).exit_code == 0
    (said,) = [event.text for event in person.events if isinstance(event, Alert) and event.kind == "retry"]
    assert "slow down" in said
    assert "trying again in 0 s" in said


def test_a_cap_is_called_hard_only_where_it_is(at: Open) -> None:
    key = {"OPENAI_API_KEY": "sk-made-up-0123456789"}
    assert at(**key).caps_hard("openai/gpt-5.5")
    assert not at(**key, OPENAI_BASE_URL="http://127.0.0.1:9/v1").caps_hard("openai/gpt-5.5")
    assert at(reply("")).caps_hard("scripted/mid")
