"""From our Request to litellm's arguments. Nothing here depends on clock, environment or earlier calls."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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

MARK = {"type": "ephemeral"}
"""Asks Anthropic to keep the prefix up to here, for five minutes."""
AN_HOUR = {"type": "ephemeral", "ttl": "1h"}
REDACTED = "redacted:"
"""In front of the signature of a Thinking that came encrypted as a whole; no signature holds a colon."""
OLLAMA = "http://localhost:11434"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Python's stand-in for a byte that is no UTF-8; no request can carry it."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What a route takes beyond OpenAI's protocol. Whoever does not take it may refuse the whole request."""

    mark: Mapping[str, str] | None = None
    """Cache marks, and which; then contents are lists."""
    signed_thoughts: bool = False
    plain_thoughts: bool = False
    """Wants its reasoning back as text, or refuses to go on after a tool call."""


Content = str | list[dict[str, Any]] | None


def arguments(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    """What `litellm.completion` is called with, but for the key and the timeout."""
    manners = manners_of(request.model, endpoint, an_hour=request.cache_an_hour)
    asked: dict[str, Any] = {
        **_destination(request.model, endpoint),
        "messages": [*_system(request, manners), *_history(request, manners)],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "num_retries": 0,
        "max_retries": 0,
        "caching": False,
        "drop_params": True,
    }
    if request.tools:
        asked["tools"] = [_tool(schema) for schema in request.tools]
    if request.effort is not None:
        asked["reasoning_effort"] = request.effort
    return asked


def _destination(model: str, endpoint: Endpoint) -> dict[str, str]:
    """Where litellm is to send it.

    Ollama is asked in OpenAI's protocol: in its own, litellm sends no ceiling but side requests. For
    Anthropic litellm puts `/v1` before the path itself, whether or not the address ends with it.
    """
    name = model if "/" in model else f"{endpoint.provider}/{model}"
    base = endpoint.api_base
    if endpoint.provider in ("ollama", "ollama_chat"):
        name = "hosted_vllm/" + name.partition("/")[2]
        base = (base or OLLAMA).rstrip("/").removesuffix("/v1") + "/v1"
    elif endpoint.provider == "anthropic" and base is not None:
        base = base.rstrip("/").removesuffix("/v1")
    return {"model": name} if base is None else {"model": name, "api_base": base}


def manners_of(model: str, endpoint: Endpoint, *, an_hour: bool = False) -> Manners:
    """How to speak to the route that a model is reached by."""
    anthropic = endpoint.provider == "anthropic"
    marked = anthropic or model.startswith("openrouter/anthropic/")
    return Manners(
        mark=(AN_HOUR if an_hour else MARK) if marked else None,
        signed_thoughts=anthropic,
        plain_thoughts=endpoint.provider in ("deepseek", "moonshot"),
    )


def _system(request: Request, manners: Manners) -> list[dict[str, Any]]:
    content = _content((request.system,), manners)
    if not content:
        return []
    said = {"role": "system", "content": content}
    if manners.mark and request.cache_system:
        _mark(said, manners.mark)
    return [said]


def _tool(schema: ToolSchema) -> dict[str, Any]:
    function = {"name": schema.name, "description": schema.description}
    return {"type": "function", "function": {**function, "parameters": dict(schema.parameters)}}


def _history(request: Request, manners: Manners) -> list[dict[str, Any]]:
    return [said for message in request.messages for said in _said(message, manners)]


def _said(message: Message, manners: Manners) -> list[dict[str, Any]]:
    """One of our messages as one or more of litellm's; none for a message that says nothing."""
    speak = _assistant if message.role is Role.ASSISTANT else _user
    said = list(speak(message, manners))
    if said and manners.mark and message.cache:
        _mark(said[-1], manners.mark)
    return said


def _user(message: Message, manners: Manners) -> Iterator[dict[str, Any]]:
    """Results first: they answer the assistant's message right before."""
    for block in message.blocks:
        if isinstance(block, ToolResult):
            text = f"Error: {block.text}" if block.error else block.text
            yield {"role": "tool", "tool_call_id": block.call_id, "content": _sendable(text)}
    content = _content((block.text for block in message.blocks if isinstance(block, Text)), manners)
    if content:
        yield {"role": "user", "content": content}


def _assistant(message: Message, manners: Manners) -> Iterator[dict[str, Any]]:
    """One message, or several where thoughts have a place: litellm joins them again, in their order."""
    if all(isinstance(block, Thinking) for block in message.blocks):
        return
    for blocks in _in_order(message.blocks) if manners.signed_thoughts else (message.blocks,):
        said = _spoken(blocks, manners)
        if len(said) > 1:
            yield {"role": "assistant", "content": None, **said}


def _in_order(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Stretches of thoughts, then texts, then calls: the order that one of litellm's messages can hold."""
    order = (Thinking, Text, ToolCall)
    stretch: list[Block] = []
    for block in blocks:
        if stretch and isinstance(block, order[: order.index(type(stretch[-1]))]):
            yield stretch
            stretch = []
        stretch.append(block)
    yield stretch


def _spoken(blocks: Sequence[Block], manners: Manners) -> dict[str, Any]:
    """What an assistant's message says beside its role; nothing but that where it says nothing."""
    said: dict[str, Any] = {"role": "assistant"}
    if content := _content((block.text for block in blocks if isinstance(block, Text)), manners, glue=""):
        said["content"] = content
    if calls := [_call(block) for block in blocks if isinstance(block, ToolCall)]:
        said["tool_calls"] = calls
    thoughts = [block for block in blocks if isinstance(block, Thinking)]
    signed = [_thought(block) for block in thoughts if block.signature]
    plain = "".join(_sendable(block.text) for block in thoughts)
    if manners.signed_thoughts and signed:
        said["thinking_blocks"] = signed
    if manners.plain_thoughts and plain and len(said) > 1:
        said["reasoning_content"] = plain
    return said


def _thought(block: Thinking) -> dict[str, str]:
    if block.signature.startswith(REDACTED):
        return {"type": "redacted_thinking", "data": block.signature.removeprefix(REDACTED)}
    return {"type": "thinking", "thinking": _sendable(block.text), "signature": block.signature}


def _call(block: ToolCall) -> dict[str, Any]:
    sendable = replace(block, arguments=_sendable(block.arguments))
    function = {"name": block.name, "arguments": sendable.sent_back}
    return {"id": block.id, "type": "function", "function": function}


def _mark(said: dict[str, Any], mark: Mapping[str, str]) -> None:
    """Puts the cache mark where litellm looks for it: the last tool call, the tool message, the last text."""
    if said.get("tool_calls"):
        said["tool_calls"][-1]["cache_control"] = mark
    elif said["role"] == "tool":
        said["cache_control"] = mark
    else:
        said["content"][-1]["cache_control"] = mark


def _content(texts: Iterable[str], manners: Manners, glue: str = "\n\n") -> Content:
    """One string where that is enough: not every server that speaks OpenAI's protocol takes a list."""
    said = [_sendable(text) for text in texts if text]
    if manners.mark:
        return [{"type": "text", "text": text} for text in said] or None
    return glue.join(said) or None


def _sendable(text: str) -> str:
    return LONE_SURROGATE.sub("\ufffd", text)
