"""The prefix only grows: what step n sent is a byte prefix of what step n+1 sends."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.agent.tools import SCHEMAS
from tokenroi_cli.domain.message import Block, Message, Role, Text, Thinking, ToolCall, ToolResult
from tokenroi_cli.domain.session import Entry, EntryKind
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.policy.prompt import LOST_RESULT, Stable, cut_notes, lay_out, prefix_bytes

ROUTE = Route(TaskKind.EXECUTE, Tier.MID, "anthropic/claude-sonnet-5-5", None, "default")
STABLE = Stable("You are tokenroi.\n", "Use tabs.", SCHEMAS)

texts = st.text(max_size=20)
calls = st.builds(ToolCall, st.uuids().map(str), st.sampled_from(["read", "edit"]), texts)


def entry(number: int, kind: EntryKind, *blocks: Block) -> Entry:
    return Entry(str(number), str(number - 1) if number else None, kind, blocks, "2026-11-23T10:00:00Z")


@st.composite
def branches(draw: st.DrawFn) -> list[Entry]:
    """Branches as turns make them: prompts, answers, and tool calls that mostly have results."""
    entries = list[Entry]()
    for _ in range(draw(st.integers(1, 6))):
        entries.append(entry(len(entries), EntryKind.USER, Text(draw(texts))))
        wanted = draw(st.lists(calls, max_size=3))
        thought = draw(st.lists(st.builds(Thinking, texts, texts), max_size=1))
        entries.append(entry(len(entries), EntryKind.ASSISTANT, *thought, Text(draw(texts)), *wanted))
        answered = draw(st.booleans())
        if wanted and answered:
            results = [ToolResult(call.id, draw(texts), draw(st.booleans())) for call in wanted]
            entries.append(entry(len(entries), EntryKind.TOOL_RESULT, *results))
    return entries


@given(branches())
def test_every_step_is_a_prefix_of_the_next(branch: list[Entry]) -> None:
    sent = [
        prefix_bytes(lay_out(STABLE, branch[: length + 1], ROUTE))
        for length in range(len(branch))
        if branch[length].kind is not EntryKind.ASSISTANT
    ]
    for earlier, later in pairwise(sent):
        assert later.startswith(earlier)


@given(branches())
def test_every_tool_call_has_exactly_one_result_after_it(branch: list[Entry]) -> None:
    request = lay_out(STABLE, branch, ROUTE)
    asked = [
        block.id for message in request.messages for block in message.blocks if isinstance(block, ToolCall)
    ]
    answered = [
        block.call_id
        for message in request.messages
        for block in message.blocks
        if isinstance(block, ToolResult)
    ]
    assert asked == answered


@given(branches(), st.booleans())
def test_without_tools_all_is_said_in_words_and_the_sides_take_turns(
    branch: list[Entry], is_told: bool
) -> None:
    if is_told:
        branch = [*branch, entry(len(branch), EntryKind.TOOL_RESULT, Text("a.py +1 -1"))]
        branch = [*branch, entry(len(branch), EntryKind.USER, Text("and now?"))]
    route, stable = replace(ROUTE, tools=False), replace(STABLE, tools=())
    requests = [
        lay_out(stable, branch[: length + 1], route)
        for length in range(len(branch))
        if branch[length].kind is not EntryKind.ASSISTANT
    ]
    for earlier, later in pairwise(map(prefix_bytes, requests)):
        assert later.startswith(earlier)
    roles = [message.role for message in requests[-1].messages]
    assert all(role is not other for role, other in pairwise(roles))
    blocks = [block for message in requests[-1].messages for block in message.blocks]
    assert all(isinstance(block, Text | Thinking) for block in blocks)


def test_what_another_model_did_with_tools_is_told_in_words() -> None:
    branch = [
        entry(0, EntryKind.USER, Text("go")),
        entry(1, EntryKind.ASSISTANT, Text("I look."), ToolCall("c1", "read", '{"path": "a"}')),
        entry(2, EntryKind.TOOL_RESULT, ToolResult("c1", "no such file", error=True)),
        entry(3, EntryKind.ASSISTANT, ToolCall("c2", "list", "{}")),
        entry(4, EntryKind.TOOL_RESULT, ToolResult("c2", "b.py")),
        entry(5, EntryKind.USER, Text("on")),
    ]
    assert lay_out(replace(STABLE, tools=()), branch, replace(ROUTE, tools=False)).messages == (
        Message(Role.USER, (Text("go"),)),
        Message(Role.ASSISTANT, (Text("I look."), Text('[read {"path": "a"}]'))),
        Message(Role.USER, (Text("[refused: no such file]"),)),
        Message(Role.ASSISTANT, (Text("[list {}]"),)),
        Message(Role.USER, (Text("[b.py]"), Text("on"))),
    )


def test_a_lost_result_is_said() -> None:
    call = ToolCall("c1", "read", "{}")
    branch = [entry(0, EntryKind.USER, Text("go")), entry(1, EntryKind.ASSISTANT, call)]
    assert lay_out(STABLE, branch, ROUTE).messages[-1].blocks == (ToolResult("c1", LOST_RESULT, error=True),)


def test_another_model_or_effort_is_another_prefix() -> None:
    branch = [entry(0, EntryKind.USER, Text("go"))]
    first = prefix_bytes(lay_out(STABLE, branch, ROUTE))
    for route in (replace(ROUTE, model="anthropic/claude-opus-5-5"), replace(ROUTE, effort="low")):
        assert not prefix_bytes(lay_out(STABLE, branch, route)).startswith(first)


def test_another_word_in_the_system_prompt_is_another_prefix() -> None:
    branch = [entry(0, EntryKind.USER, Text("go"))]
    other = replace(STABLE, notes="Use spaces.")
    assert not prefix_bytes(lay_out(other, branch, ROUTE)).startswith(
        prefix_bytes(lay_out(STABLE, branch, ROUTE))[:200]
    )


def test_breakpoints_are_the_first_message_and_the_last_two_of_the_user() -> None:
    branch = [
        entry(0, EntryKind.USER, Text("spec")),
        entry(1, EntryKind.ASSISTANT, ToolCall("a", "read", "{}")),
        entry(2, EntryKind.TOOL_RESULT, ToolResult("a", "1")),
        entry(3, EntryKind.ASSISTANT, ToolCall("b", "read", "{}")),
        entry(4, EntryKind.TOOL_RESULT, ToolResult("b", "2")),
        entry(5, EntryKind.ASSISTANT, ToolCall("c", "read", "{}")),
        entry(6, EntryKind.TOOL_RESULT, ToolResult("c", "3")),
    ]
    request = lay_out(STABLE, branch, ROUTE)
    assert request.cache_system
    assert [index for index, message in enumerate(request.messages) if message.cache] == [0, 4, 6]


def test_a_one_shot_call_without_tools_caches_nothing() -> None:
    request = lay_out(replace(STABLE, tools=()), [entry(0, EntryKind.USER, Text("title?"))], ROUTE)
    assert request.messages == (Message(Role.USER, (Text("title?"),)),)
    assert not request.cache_system


def test_long_notes_are_cut_at_a_line_and_say_so() -> None:
    text = "a line of notes\n" * 1000
    cut = "[cut: these notes are longer than 2000 tokens]"
    assert cut_notes(text, tokens=4000) == "a line of notes\n" * 499 + "a line of notes\n" + cut
    assert cut_notes("short", tokens=1) == "short"
