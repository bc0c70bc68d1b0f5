"""What of our request litellm is told, route by route."""

import json
from typing import Any

import pytest

from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.message import (
    Block,
    Message,
    Request,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    ToolSchema,
)
from tokenroi_cli.llm.messages import arguments

MARK = {"type": "ephemeral"}
CLAUDE = "anthropic/claude-x"
READ = ToolSchema("read", "Reads.", {"type": "object"})


def user(*blocks: Block, cache: bool = False) -> Message:
    return Message(Role.USER, blocks, cache)


def assistant(*blocks: Block, cache: bool = False) -> Message:
    return Message(Role.ASSISTANT, blocks, cache)


def asked(model: str, *messages: Message, system: str = "", **more: Any) -> dict[str, Any]:
    request = Request(model, system, more.pop("tools", ()), messages, 100, **more)
    return arguments(request, Endpoint(model.partition("/")[0], "http://h/v1", "key"))


def said(model: str, *messages: Message, system: str = "", **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(model, *messages, system=system, **more)["messages"]
    return found


def test_the_safe_settings_are_always_there() -> None:
    settings = asked("openai/gpt-x", user(Text("hi")), tools=(READ,), effort="low")
    del settings["messages"]
    assert settings == {
        "model": "openai/gpt-x",
        "api_base": "http://h/v1",
        "max_tokens": 100,
        "stream": True,
        "stream_options": {"include_usage": True},
        "num_retries": 0,
        "max_retries": 0,
        "caching": False,
        "drop_params": True,
        "reasoning_effort": "low",
        "tools": [
            {
                "type": "function",
                "function": {"name": "read", "description": "Reads.", "parameters": {"type": "object"}},
            }
        ],
    }


def test_a_conversation_in_openais_words() -> None:
    call = ToolCall("c1", "read", '{"path": "a"}')
    history = (
        user(Text("look"), Text("closely")),
        assistant(Thinking("hm", "sig"), Text("I read."), call, cache=True),
        user(ToolResult("c1", "gone", error=True), Text("and now?"), cache=True),
    )
    function = {"name": "read", "arguments": '{"path": "a"}'}
    assert said("openai/gpt-x", *history, system="be terse", cache_system=True) == [
        {"role": "system", "content": "be terse"},
        {"role": "user", "content": "look\n\nclosely"},
        {
            "role": "assistant",
            "content": "I read.",
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "Error: gone"},
        {"role": "user", "content": "and now?"},
    ]


def test_marks_go_to_the_end_of_what_they_mark() -> None:
    call = ToolCall("c1", "read", "{}")
    system, text, calls, result = said(
        CLAUDE,
        user(Text("a"), Text("b"), cache=True),
        assistant(Text("t"), call, cache=True),
        user(ToolResult("c1", "x"), cache=True),
        system="s",
        cache_system=True,
    )
    assert system["content"] == [{"type": "text", "text": "s", "cache_control": MARK}]
    assert text["content"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b", "cache_control": MARK},
    ]
    assert calls["tool_calls"][0]["cache_control"] == MARK
    assert "cache_control" not in json.dumps(calls["content"])
    assert result == {"role": "tool", "tool_call_id": "c1", "content": "x", "cache_control": MARK}


def test_nothing_is_marked_that_did_not_ask_for_it() -> None:
    history = (user(Text("a")), assistant(Text("b")), user(Text("c")))
    assert "cache_control" not in json.dumps(said(CLAUDE, *history, system="s"))


def test_claude_behind_openrouter_takes_marks_and_others_there_do_not() -> None:
    marked = user(Text("a"), cache=True)
    assert "cache_control" in json.dumps(said("openrouter/anthropic/claude-x", marked))
    assert "cache_control" not in json.dumps(said("openrouter/x/y", marked))


def test_thoughts_go_back_only_where_they_are_understood() -> None:
    thoughtful = assistant(Thinking("hm", "sig"), Thinking("", "redacted:data"), Text("t"))
    assert said(CLAUDE, thoughtful)[0]["thinking_blocks"] == [
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "redacted_thinking", "data": "data"},
    ]
    assert said("deepseek/d", thoughtful)[0]["reasoning_content"] == "hm"
    assert said("openai/gpt-x", thoughtful) == [{"role": "assistant", "content": "t"}]
    unsigned = assistant(Thinking("hm"), Text("t"))
    assert "thinking_blocks" not in said(CLAUDE, unsigned)[0]


@pytest.mark.parametrize("broken", ['{"path": "a', "", "[1]", "null", '{"x": NaN}', "[" * 100_000])
def test_broken_arguments_go_back_inside_an_object(broken: str) -> None:
    for model in (CLAUDE, "openai/gpt-x"):
        call = said(model, assistant(ToolCall("c", "read", broken)))[0]["tool_calls"][0]
        assert json.loads(call["function"]["arguments"]) == {"unparsed": broken}


@pytest.mark.parametrize("model", [CLAUDE, "openai/gpt-x"])
def test_messages_that_say_nothing_are_left_out(model: str) -> None:
    silent = (
        user(),
        user(Text("")),
        assistant(),
        assistant(Thinking("hm", "sig")),
        user(Text(""), cache=True),
    )
    assert said(model, *silent, user(Text("a")), cache_system=True)[0]["role"] == "user"
    assert len(said(model, *silent, user(Text("a")))) == 1


def test_bytes_that_are_no_text_do_not_stop_a_request() -> None:
    history = (
        user(Text("\ud800")),
        assistant(ToolCall("c", "r", '{"a": "\udcff"}')),
        user(ToolResult("c", "\udcff")),
    )
    for model in (CLAUDE, "openai/gpt-x"):
        json.dumps(said(model, *history, system="\ud800"), ensure_ascii=False).encode()


def test_ollama_is_asked_in_openais_protocol() -> None:
    endpoint = Endpoint("ollama", None, "")
    request = Request("ollama/qwen3:8b", "", (), (user(Text("a")),), 10)
    assert arguments(request, endpoint)["model"] == "hosted_vllm/qwen3:8b"
    assert arguments(request, endpoint)["api_base"] == "http://localhost:11434/v1"
    for base in ("http://box:1", "http://box:1/", "http://box:1/v1", "http://box:1/v1/"):
        assert arguments(request, Endpoint("ollama", base, ""))["api_base"] == "http://box:1/v1"


def test_a_bare_model_id_gets_its_provider() -> None:
    request = Request("claude-x", "", (), (user(Text("a")),), 10)
    assert arguments(request, Endpoint("anthropic", None, "k"))["model"] == CLAUDE
    for base in ("http://box:1", "http://box:1/", "http://box:1/v1", "http://box:1/v1/"):
        assert arguments(request, Endpoint("anthropic", base, "k"))["api_base"] == "http://box:1"
