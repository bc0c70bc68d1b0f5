"""The scripted provider behaves as a real one does, and does exactly what its file says."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.permits import permit
from tokenroi_cli.domain.call import PermitSpent, Stage
from tokenroi_cli.domain.errors import (
    BudgetRefused,
    ConnectionFailed,
    RateLimited,
    Rejected,
    ScriptExhausted,
    StreamCut,
)
from tokenroi_cli.domain.message import (
    FinishReason,
    Message,
    Reply,
    Request,
    Role,
    StreamItem,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolSchema,
)
from tokenroi_cli.domain.tier import TaskKind, Tier
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.scripted import DELTA, Scripted

ASKED = Request("scripted/mid", "sys", (), (Message(Role.USER, (Text("hello"),)),), 4096)
Write = Callable[[str], Scripted]


@pytest.fixture
def script(tmp_path: Path) -> Write:
    def write(text: str) -> Scripted:
        file = tmp_path / "script.toml"
        file.write_text(text, "utf-8")
        return Scripted(file)

    return write


def last(items: list[StreamItem]) -> Reply:
    assert isinstance(items[-1], Reply)
    return items[-1]


def test_a_reply_with_tools(script: Write) -> None:
    scripted = script(
        """
        [[reply]]
        text = "I read\\n both."
        [reply.usage]
        fresh = 5
        cache_read = 6
        cache_write_5m = 7
        cache_write_1h = 8
        output = 9
        reasoning = 1
        [[reply.tool]]
        name = "read"
        arguments = { path = "ä.py", first = 1 }
        [[reply.tool]]
        id = "mine"
        name = "edit"
        raw_arguments = '{"files": ['
        """
    )
    order: list[str] = []
    leave = permit(mark_sent=lambda: order.append("sent"))
    items: list[StreamItem] = []
    for item in scripted.stream(ASKED, leave):
        order.append(type(item).__name__)
        items.append(item)
    assert order == ["sent", "TextDelta", "TextDelta", "TextDelta", "Reply"]
    assert "".join(item.text for item in items if isinstance(item, TextDelta)) == "I read\n both."
    assert items[-1] == Reply(
        blocks=(
            Text("I read\n both."),
            ToolCall("scripted_1_1", "read", '{"path": "ä.py", "first": 1}'),
            ToolCall("mine", "edit", '{"files": ['),
        ),
        finish=FinishReason.TOOL_USE,
        usage=Usage(5, 6, 7, 8, 9, 1),
        model="scripted/mid",
    )
    assert leave.stage is Stage.DONE
    assert scripted.requests == [ASKED]


def test_replies_go_to_the_calls_that_they_are_bound_to(script: Write) -> None:
    scripted = script(
        """
        [[reply]]
        text = "any"
        [[reply]]
        task = "plan"
        text = "plan"
        [[reply]]
        tier = "premium"
        model = "scripted/x"
        text = "dear x"
        [[reply]]
        text = "rest"
        """
    )
    calls = (
        (permit(task=TaskKind.PLAN), "any"),
        (permit(task=TaskKind.PLAN), "plan"),
        (permit(tier=Tier.PREMIUM), "rest"),
    )
    for leave, text in calls:
        assert last(list(scripted.stream(ASKED, leave))).text == text
    leave = permit("scripted/x", task=TaskKind.EXPLORE, tier=Tier.LIGHT)
    with pytest.raises(ScriptExhausted) as caught:
        list(scripted.stream(ASKED, leave))
    for word in ("request 4", "task explore", "tier light", "scripted/x", "replies 3"):
        assert word in caught.value.what
    assert "script.toml" in caught.value.hint
    assert leave.stage is Stage.ISSUED


@pytest.mark.parametrize(
    ("error", "kind", "retry_after"),
    [
        ('{ status = 429, message = "slow down", retry_after = 2 }', RateLimited, 2.0),
        ('{ status = 429, message = "insufficient_quota" }', Rejected, None),
        ("{ status = 401 }", Rejected, None),
        ("{ status = 503 }", Rejected, None),
    ],
)
def test_errors(script: Write, error: str, kind: type[Rejected], retry_after: float | None) -> None:
    leave = permit()
    with pytest.raises(Rejected) as caught:
        list(script(f'[[reply]]\ntext = "never"\nerror = {error}').stream(ASKED, leave))
    assert type(caught.value) is kind
    assert caught.value.retry_after == retry_after
    assert caught.value.unbilled is (caught.value.status < 500)
    assert leave.stage is Stage.ANSWERED


def test_a_cut_stream(script: Write) -> None:
    leave, said = permit(), list[StreamItem]()
    items = script('[[reply]]\ntext = "a b"\nfinish = "none"\nusage = { fresh = 3, output = 9 }').stream(
        ASKED, leave
    )
    with pytest.raises(StreamCut) as caught:
        said.extend(items)
    assert caught.value.usage == Usage(fresh=3, output=0)
    assert leave.stage is Stage.ANSWERED


@pytest.mark.parametrize("finish", ["stop", "length", "refusal"])
def test_other_ends(script: Write, finish: str) -> None:
    reply = last(list(script(f'[[reply]]\nfinish = "{finish}"').stream(ASKED, permit())))
    assert reply.finish == FinishReason(finish)


def test_usage_that_the_script_does_not_name_follows_from_the_sizes(script: Write) -> None:
    request = Request(
        "scripted/mid",
        "1234",
        (ToolSchema("ab", "cd", {}),),
        (Message(Role.USER, (ToolResult("x", "é"),)), Message(Role.ASSISTANT, (ToolCall("x", "a", "bc"),))),
        100,
    )
    reply = last(list(script('[[reply]]\ntext = "12345"').stream(request, permit())))
    assert reply.usage == Usage(fresh=4, output=2)  # 4 + 4 and the braces + 2 + 3 bytes; 5 bytes


def test_a_reply_above_the_ceiling_ends_there(script: Write) -> None:
    source = '[[reply]]\ntext = "long"\nusage = { fresh = 1, output = 500 }\n[[reply.tool]]\nname = "read"'
    assert last(list(script(source).stream(ASKED, permit(max_output=100)))) == Reply(
        (Text("long"),), FinishReason.LENGTH, Usage(fresh=1, output=100), "scripted/mid"
    )


def test_a_permit_is_good_for_one_request(script: Write) -> None:
    scripted, leave = script("[[reply]]\n[[reply]]"), permit()
    list(scripted.stream(ASKED, leave))
    with pytest.raises(PermitSpent):
        list(scripted.stream(ASKED, leave))
    assert len(scripted.requests) == 1


def test_a_ledger_that_cannot_mark_is_heard(script: Write) -> None:
    def full() -> None:
        raise BudgetRefused("full")

    leave = permit(mark_sent=full)
    with pytest.raises(BudgetRefused):
        list(script("[[reply]]").stream(ASKED, leave))
    assert leave.stage is Stage.ISSUED


def test_cancel_ends_a_pause_at_once(script: Write) -> None:
    """The pause would take an hour."""
    leave, ended = permit(), Event()
    items = script('[[reply]]\ntext = "a b"\ndelay_s = 3600').stream(ASKED, leave)

    def consume() -> None:
        with pytest.raises(StreamCut) as caught:
            next(items)
        assert caught.value.reason == "cancelled"
        ended.set()

    worker = Thread(target=consume)
    worker.start()
    leave.cancel()
    worker.join(10)
    assert ended.is_set()


def test_cancelled_beforehand(script: Write) -> None:
    leave = permit()
    leave.cancel()
    with pytest.raises(ConnectionFailed):
        list(script("[[reply]]").stream(ASKED, leave))


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(DELTA.findall(text)) == text
