"""What goes out and what comes back on each route, when all is well."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.llm.permits import permit
from tests.wire.loopback import Loopback, Says, Tokens, Tool
from tests.wire.routes import (
    ANTHROPIC,
    COMPATIBLE,
    DEEPSEEK,
    GEMINI,
    HELLO,
    KEY,
    OPENAI,
    OPENROUTER,
    READ,
    RESPONSES,
    ROUTES,
    Route,
)
from tokenroi_cli.domain.call import Stage
from tokenroi_cli.domain.message import (
    FinishReason,
    Message,
    Reply,
    Role,
    StreamItem,
    Text,
    TextDelta,
    Thinking,
    ToolCall,
    ToolResult,
)
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.routes import PROVED
from tokenroi_cli.money.bounds import text_bound

every_route = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
MARK = {"type": "ephemeral"}


def last(items: list[StreamItem]) -> Reply:
    assert isinstance(items[-1], Reply)
    return items[-1]


def at(body: Any, *place: str) -> Any:
    for key in place:
        body = body[key]
    return body


@every_route
def test_text_streams_and_one_request_carries_the_ceiling_and_the_key(route: Route) -> None:
    text = "Grüße </s> <|endoftext|> from far away"
    order: list[int] = []
    with Loopback([Says(text, usage=Tokens(fresh=11, output=5))]) as server:
        leave = permit(route.model, max_output=777, mark_sent=lambda: order.append(len(server.requests)))
        *deltas, reply = route.call(server, leave)
        [seen] = server.requests
    assert len(deltas) > 2
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == text
    usage = Usage(fresh=11, output=5)
    assert isinstance(reply, Reply)
    assert replace(reply, id=None) == Reply((Text(text),), FinishReason.STOP, usage, route.wire_model)
    assert (reply.id is None) is (route is GEMINI), "the name of the answer, where the protocol has one"
    assert order == [0]
    assert leave.stage is Stage.DONE
    assert seen.path == route.path
    assert at(seen.body, *route.ceiling) == 777
    assert [name for name, value in seen.headers.items() if KEY in value]
    assert "tokenroi-permit" not in str(seen)


@every_route
def test_parallel_tool_calls_come_whole(route: Route) -> None:
    tools = (Tool("read", {"path": "a.py"}, "t_1"), Tool("read", {"path": "dir/ü b.py"}, "t_2"))
    with Loopback([Says("both:", tools)]) as server:
        reply = last(route.call(server))
    assert reply.text == "both:"
    assert reply.finish is FinishReason.TOOL_USE
    found = [(call.name, json.loads(call.arguments)) for call in reply.tool_calls]
    assert found == [("read", {"path": "a.py"}), ("read", {"path": "dir/ü b.py"})]
    assert len({call.id for call in reply.tool_calls}) == 2


@pytest.mark.parametrize(
    "arguments", ['{"path": "a.p', "{} trailing", '{"a": NaN}', "", "[]", '{"a":1,"a":2}']
)
@pytest.mark.parametrize("name", ["anthropic", "openai", "responses", "vllm"])
def test_arguments_come_through_word_for_word(name: str, arguments: str) -> None:
    with Loopback([Says(tools=(Tool("read", arguments),))]) as server:
        [call] = last(ROUTES[name].call(server)).tool_calls
    assert call.arguments == arguments


@every_route
def test_usage_is_the_providers_own_to_the_token(route: Route) -> None:
    tokens = Tokens(fresh=123, cache_read=4567, output=89, reasoning=0)
    with Loopback([Says("x", usage=tokens)]) as server:
        assert last(route.call(server)).usage == Usage(fresh=123, cache_read=4567, output=89)


def test_cache_writes_of_anthropic_by_duration_and_of_openai() -> None:
    tokens = Tokens(7, 100, cache_write_5m=40, cache_write_1h=60, output=9)
    with Loopback([Says("x", usage=tokens)]) as server:
        assert last(ANTHROPIC.call(server)).usage == Usage(7, 100, 40, 60, 9)
    with Loopback([Says("x", usage=Tokens(7, 100, cache_write_5m=40, output=9, reasoning=3))]) as server:
        assert last(OPENAI.call(server)).usage == Usage(7, 100, 40, 0, 9, 3)


def test_usage_of_deepseek() -> None:
    said = {"prompt_tokens_details": None, "prompt_cache_hit_tokens": 60}
    with Loopback([Says("x", usage=Tokens(fresh=100, output=9), extra_usage=said)]) as server:
        assert last(DEEPSEEK.call(server)).usage == Usage(fresh=40, cache_read=60, output=9)


@every_route
def test_no_usage_is_none_and_never_a_guess(route: Route) -> None:
    with Loopback([Says("hello", usage=None)]) as server:
        reply = last(route.call(server))
    assert (reply.text, reply.usage) == ("hello", None)


@pytest.mark.parametrize(
    "broken", [{"completion_tokens": -5}, {"prompt_tokens": "7"}, {"prompt_tokens": None}]
)
def test_broken_usage_is_none(broken: Mapping[str, Any]) -> None:
    with Loopback([Says("hello", extra_usage=broken)]) as server:
        assert last(COMPATIBLE.call(server)).usage is None


def test_a_provider_that_names_its_price() -> None:
    with Loopback([Says("x", extra_usage={"cost": 0.0123})]) as server:
        assert last(OPENROUTER.call(server)).billed_usd == "0.0123"
        assert server.requests[0].body["usage"] == {"include": True}


@every_route
@pytest.mark.parametrize("end", ["length", "refusal"])
def test_other_ends_are_told_as_they_arrived(route: Route, end: str) -> None:
    with Loopback([Says("so far", finish=end)]) as server:
        reply = last(route.call(server))
    assert (reply.text, reply.finish) == ("so far", FinishReason(end))


def test_a_server_that_says_stop_after_tool_calls() -> None:
    with Loopback([Says(tools=(Tool("read", {}),), finish="stop")]) as server:
        assert last(COMPATIBLE.call(server)).finish is FinishReason.TOOL_USE


def test_the_model_that_answered_is_named() -> None:
    with Loopback([Says("x", model="gpt-4o-2024-08-06")]) as server:
        assert last(OPENAI.call(server)).model == "gpt-4o-2024-08-06"


CONVERSATION = (
    Message(Role.USER, (Text("read both"),)),
    Message(
        Role.ASSISTANT,
        (Text("I do."), ToolCall("t_1", "read", '{"path": "a"}'), ToolCall("t_2", "read", '{"path": "b')),
    ),
    Message(Role.USER, (ToolResult("t_1", "A"), ToolResult("t_2", "not JSON", error=True)), cache=True),
)


def test_cache_marks_of_anthropic_stand_where_they_were_asked_for() -> None:
    with Loopback([Says("x")]) as server:
        ANTHROPIC.call(server, messages=CONVERSATION, cache_system=True)
        body = server.requests[0].body
    assert body["system"] == [{"type": "text", "text": "be terse", "cache_control": MARK}]
    first, second = body["messages"][-1]["content"]
    assert first == {"type": "tool_result", "tool_use_id": "t_1", "content": "A"}
    assert second["content"] == "Error: not JSON"
    assert second["cache_control"] == MARK
    assert json.dumps(body).count("cache_control") == 2
    assert body["messages"][1]["content"][2]["input"] == {"unparsed": '{"path": "b'}


@pytest.mark.parametrize(
    "name", ["openai", "responses", "compatible", "vllm", "deepseek", "gemini", "ollama"]
)
def test_nobody_else_sees_marks(name: str) -> None:
    with Loopback([Says("x")]) as server:
        ROUTES[name].call(server, messages=CONVERSATION, cache_system=True)
        assert "cache_control" not in json.dumps(server.requests[0].body)


def test_openai_takes_the_conversation_as_it_is() -> None:
    with Loopback([Says("x")]) as server:
        OPENAI.call(server, messages=CONVERSATION)
        body = server.requests[0].body
    assert [message["role"] for message in body["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
    ]
    assert body["messages"][-1] == {"role": "tool", "tool_call_id": "t_2", "content": "Error: not JSON"}
    assert body["stream_options"] == {"include_usage": True}
    assert body["tools"][0]["function"]["parameters"] == READ.parameters


def test_thinking_goes_back_as_it_came() -> None:
    thoughts = (("Let me see.", "sig-1"), ("", "encrypted"))
    with Loopback([Says("I read.", (Tool("read", {}, "t"),), thinking=thoughts), Says("done")]) as server:
        reply = last(ANTHROPIC.call(server))
        answer = Message(Role.USER, (ToolResult("t", "A"),))
        ANTHROPIC.call(server, messages=(*HELLO, Message(Role.ASSISTANT, reply.blocks), answer))
        sent = server.requests[1].body["messages"][1]["content"]
    assert reply.blocks[:2] == (Thinking("Let me see.", "sig-1"), Thinking("", "redacted:encrypted"))
    assert sent == [
        {"type": "thinking", "thinking": "Let me see.", "signature": "sig-1"},
        {"type": "redacted_thinking", "data": "encrypted"},
        {"type": "text", "text": "I read."},
        {"type": "tool_use", "id": "t", "name": "read", "input": {}},
    ]


def test_interleaved_thinking_goes_back_where_it_stood() -> None:
    blocks = (
        Thinking("Let me see.", "sig-1"),
        Text("I read."),
        Thinking("", "redacted:encrypted"),
        ToolCall("t1", "read", "{}"),
        Thinking("And this.", "sig-3"),
        ToolCall("t2", "read", "{}"),
    )
    results = Message(Role.USER, (ToolResult("t1", "A"), ToolResult("t2", "B")), cache=True)
    with Loopback([Says("done")]) as server:
        ANTHROPIC.call(server, messages=(*HELLO, Message(Role.ASSISTANT, blocks), results))
        roles = [message["role"] for message in server.requests[0].body["messages"]]
        sent = server.requests[0].body["messages"][1]["content"]
    assert roles == ["user", "assistant", "user"]
    assert sent == [
        {"type": "thinking", "thinking": "Let me see.", "signature": "sig-1"},
        {"type": "text", "text": "I read."},
        {"type": "redacted_thinking", "data": "encrypted"},
        {"type": "tool_use", "id": "t1", "name": "read", "input": {}},
        {"type": "thinking", "thinking": "And this.", "signature": "sig-3"},
        {"type": "tool_use", "id": "t2", "name": "read", "input": {}},
    ]


def test_reasoning_of_deepseek_goes_back_as_text() -> None:
    with Loopback(
        [Says("I read.", (Tool("read", {}, "t"),), thinking=(("hm", ""),)), Says("done")]
    ) as server:
        reply = last(DEEPSEEK.call(server))
        answer = Message(Role.USER, (ToolResult("t", "A"),))
        DEEPSEEK.call(server, messages=(*HELLO, Message(Role.ASSISTANT, reply.blocks), answer), effort="high")
        assert server.requests[1].body["messages"][2]["reasoning_content"] == "hm"


def test_effort_reaches_who_takes_it() -> None:
    with Loopback([Says("x")] * 3) as server:
        ANTHROPIC.call(server, effort="low")
        RESPONSES.call(server)
        OPENAI.call(server, effort="low")
        claude, gpt, old = (seen.body for seen in server.requests)
    assert claude["output_config"] == {"effort": "low"}
    assert gpt["reasoning"] == {"effort": "low"}
    assert "reasoning_effort" not in old


def test_a_model_that_litellm_has_never_heard_of_streams_on_the_responses_route() -> None:
    """litellm would fetch the whole answer in one piece, and a stall would look like a long thought."""
    unheard = Route("openai/responses/nova-1", "/v1", "/v1/responses", ("max_output_tokens",))
    with Loopback([Says("hello there")]) as server:
        assert last(unheard.call(server)).text == "hello there"
        assert server.requests[0].body["stream"] is True
        assert server.requests[0].path == "/v1/responses"


def test_gemini_gets_its_key_in_a_header_and_not_in_the_address() -> None:
    with Loopback([Says("x")]) as server:
        GEMINI.call(server)
        [seen] = server.requests
    assert seen.headers["x-goog-api-key"] == KEY
    assert KEY not in seen.path


def test_replies_can_be_decided_by_content() -> None:
    def echo(body: dict[str, Any]) -> Says:
        return Says(body["messages"][-1]["content"])

    with Loopback(echo) as server:
        for word in ("one", "two"):
            assert last(OPENAI.call(server, messages=(Message(Role.USER, (Text(word),)),))).text == word


@every_route
def test_what_litellm_makes_of_a_request_holds_no_more_than_was_reserved(route: Route) -> None:
    """The widest conversation there is, under the tightest permit: the bound that the gateway reserves."""
    ugly = '{"path": "caf\\u00e9 \\ufdfa", "n": 1e3}'
    history = (
        *CONVERSATION,
        Message(
            Role.ASSISTANT, (Thinking("hm \ufdfa", "sig"), Text("a\ud800b"), ToolCall("t_3", "read", ugly))
        ),
        Message(Role.USER, (ToolResult("t_3", "x" * 300, error=True), Text("<|endoftext|> \ufdfa"))),
    )
    request = route.request(messages=history, cache_system=True)
    with Loopback([Says("x")]) as server:
        route.call(server, route.permit(max_text=text_bound(request)), messages=history, cache_system=True)
        assert len(server.requests) == 1


@every_route
def test_a_hello_holds_no_more_than_was_reserved(route: Route) -> None:
    one_shot = {"tools": (), "system": "be terse", "effort": "high", "cache_system": True}
    marked = (Message(Role.USER, (Text("hello"),), cache=True),)
    for change in ({**one_shot, "messages": marked}, {"tools": (), "system": ""}):
        leave = route.permit(max_text=text_bound(route.request(**change)))
        with Loopback([Says("x")]) as server:
            route.call(server, leave, **change)
            assert len(server.requests) == 1


def test_a_cache_for_an_hour_goes_out_where_it_was_reserved() -> None:
    with Loopback([Says("x")]) as server:
        ANTHROPIC.call(
            server,
            ANTHROPIC.permit(cache_an_hour=True),
            messages=CONVERSATION,
            cache_system=True,
            cache_an_hour=True,
        )
        body = server.requests[0].body
    assert body["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
    assert json.dumps(body).count('"ttl": "1h"') == 2


def test_the_proved_routes_are_those_that_doctor_names() -> None:
    assert {route.model.partition("/")[0] for route in ROUTES.values()} == set(PROVED)
