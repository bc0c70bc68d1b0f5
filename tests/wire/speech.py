"""An answer in each provider's protocol: events before the finish reason, and events from it on."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Events = Iterator[Json]
Said = tuple[list[Json], list[Json]]


@dataclass(frozen=True)
class Tokens:
    """What the provider bills, in disjoint classes; each protocol reports it in its own convention."""

    fresh: int = 100
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 20
    reasoning: int = 0

    @property
    def input(self) -> int:
        return self.fresh + self.cache_read + self.cache_write_5m + self.cache_write_1h


@dataclass(frozen=True)
class Tool:
    """A tool call of the answer. A string of arguments goes out as it is, broken or not."""

    name: str
    arguments: Mapping[str, Any] | str
    id: str = ""

    @property
    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class Says:
    """An answer that ends well."""

    text: str = ""
    tools: tuple[Tool, ...] = ()
    usage: Tokens | None = Tokens()
    finish: str = ""
    """`stop`, `tools`, `length` or `refusal`; left out, it follows from `tools`."""
    thinking: tuple[tuple[str, str], ...] = ()
    """(text, signature); a text of None is Anthropic's redacted thinking, the signature its data."""
    model: str = ""
    """Left out: the one that was asked for."""
    id: str = ""
    """The provider's name for the answer."""
    extra_usage: Mapping[str, Any] | None = None
    """Laid over the usage object as it is, for fields such as `cost`."""

    @property
    def end(self) -> str:
        return self.finish or ("tools" if self.tools else "stop")


WORDS = {
    "chat": {"stop": "stop", "tools": "tool_calls", "length": "length", "refusal": "content_filter"},
    "anthropic": {"stop": "end_turn", "tools": "tool_use", "length": "max_tokens", "refusal": "refusal"},
    "gemini": {"stop": "STOP", "tools": "STOP", "length": "MAX_TOKENS", "refusal": "SAFETY"},
}


def _pieces(text: str, size: int = 7) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _tool_id(tool: Tool, index: int) -> str:
    return tool.id or f"call_{index}"


def chat(says: Says, model: str) -> Said:
    """OpenAI chat completions; the pieces of parallel tool calls come interleaved."""

    def chunk(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {
            "id": says.id or "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [choice],
        }

    def call(index: int, function: Json, **more: Any) -> Json:
        return chunk({"tool_calls": [{"index": index, **more, "function": function}]})

    body = [chunk({"role": "assistant", "content": ""})]
    body += [chunk({"reasoning_content": text}) for text, _ in says.thinking]
    body += [chunk({"content": piece}) for piece in _pieces(says.text)]
    for i, tool in enumerate(says.tools):
        body.append(call(i, {"name": tool.name, "arguments": ""}, id=_tool_id(tool, i), type="function"))
    waiting = [_pieces(tool.text) for tool in says.tools]
    while any(waiting):
        body += [call(i, {"arguments": left.pop(0)}) for i, left in enumerate(waiting) if left]
    tail = [chunk({}, WORDS["chat"].get(says.end, says.end))]
    if says.usage:
        tail.append(
            {**chunk({}), "choices": [], "usage": {**_chat_usage(says.usage), **(says.extra_usage or {})}}
        )
    return body, tail


def _chat_usage(tokens: Tokens) -> Json:
    written = {"cache_write_tokens": tokens.cache_write_5m} if tokens.cache_write_5m else {}
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read, **written},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    }


def responses(says: Says, model: str) -> Said:
    """OpenAI responses: words, then function calls, then the whole answer once more with its usage."""
    body: list[Json] = []
    items: list[Json] = []

    def add(kind: str, **more: Any) -> None:
        body.append({"type": f"response.{kind}", "sequence_number": len(body), **more})

    def whole(status: str, **more: Any) -> Json:
        answer = {
            "id": says.id or "r",
            "object": "response",
            "created_at": 1,
            "model": model,
            "status": status,
        }
        rest = {
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "error": None,
            "metadata": {},
        }
        return {**answer, **rest, "output": items, "instructions": None, "incomplete_details": None, **more}

    add("created", response=whole("in_progress", output=[], usage=None))
    if says.text:
        part = {"type": "output_text", "text": says.text, "annotations": []}
        item: Json = {"type": "message", "id": "m", "role": "assistant", "status": "completed"}
        add("output_item.added", output_index=0, item={**item, "status": "in_progress", "content": []})
        for piece in _pieces(says.text):
            add("output_text.delta", item_id="m", output_index=0, content_index=0, delta=piece)
        items.append({**item, "content": [part]})
        add("output_item.done", output_index=0, item=items[-1])
    for i, tool in enumerate(says.tools):
        at = len(items)
        item = {"type": "function_call", "id": f"f{i}", "call_id": _tool_id(tool, i), "name": tool.name}
        add("output_item.added", output_index=at, item={**item, "arguments": "", "status": "in_progress"})
        for piece in _pieces(tool.text):
            add("function_call_arguments.delta", item_id=f"f{i}", output_index=at, delta=piece)
        items.append({**item, "arguments": tool.text, "status": "completed"})
        add("output_item.done", output_index=at, item=items[-1])
    usage = _responses_usage(says.usage) if says.usage else None
    if says.end in ("length", "refusal"):
        why = {"length": "max_output_tokens", "refusal": "content_filter"}[says.end]
        answer = whole("incomplete", usage=usage, incomplete_details={"reason": why})
        return body, [{"type": "response.incomplete", "response": answer}]
    return body, [{"type": "response.completed", "response": whole("completed", usage=usage)}]


def _responses_usage(tokens: Tokens) -> Json:
    return {
        "input_tokens": tokens.input,
        "output_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "input_tokens_details": {"cached_tokens": tokens.cache_read},
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
    }


def anthropic(says: Says, model: str) -> Said:
    """Anthropic messages: input tokens come with the first event, output tokens with the finish reason."""
    usage = _anthropic_usage(says.usage) if says.usage else {}
    start = {"id": says.id or "msg", "type": "message", "role": "assistant", "model": model, "content": []}
    body: list[Json] = [
        {
            "type": "message_start",
            "message": {**start, "stop_reason": None, "usage": {**usage, "output_tokens": 1}},
        }
    ]

    def block(begin: Json, deltas: list[Json]) -> None:
        index = sum(event["type"] == "content_block_start" for event in body)
        body.append({"type": "content_block_start", "index": index, "content_block": begin})
        body.extend({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        body.append({"type": "content_block_stop", "index": index})

    for text, signature in says.thinking:
        if text:
            said = [{"type": "thinking_delta", "thinking": piece} for piece in _pieces(text)]
            signed = {"type": "signature_delta", "signature": signature}
            block({"type": "thinking", "thinking": "", "signature": ""}, [*said, signed])
        else:
            block({"type": "redacted_thinking", "data": signature}, [])
    if says.text:
        said = [{"type": "text_delta", "text": piece} for piece in _pieces(says.text)]
        block({"type": "text", "text": ""}, said)
    for i, tool in enumerate(says.tools):
        begin = {"type": "tool_use", "id": _tool_id(tool, i), "name": tool.name, "input": {}}
        block(begin, [{"type": "input_json_delta", "partial_json": piece} for piece in _pieces(tool.text)])
    body.insert(1, {"type": "ping"})
    delta = {"stop_reason": WORDS["anthropic"].get(says.end, says.end), "stop_sequence": None}
    end: Json = {"type": "message_delta", "delta": delta}
    if says.usage:
        end["usage"] = {"output_tokens": says.usage.output, **(says.extra_usage or {})}
    return body, [end, {"type": "message_stop"}]


def _anthropic_usage(tokens: Tokens) -> Json:
    split = {
        "ephemeral_5m_input_tokens": tokens.cache_write_5m,
        "ephemeral_1h_input_tokens": tokens.cache_write_1h,
    }
    return {
        "input_tokens": tokens.fresh,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation_input_tokens": tokens.cache_write_5m + tokens.cache_write_1h,
        "cache_creation": split,
    }


def gemini(says: Says, model: str) -> Said:
    """Gemini generateContent: whole tool calls, usage in the last event."""

    def event(parts: list[Json], **candidate: Any) -> Json:
        content = {"role": "model", "parts": parts}
        return {"candidates": [{"content": content, "index": 0, **candidate}], "modelVersion": model}

    body = [event([{"text": piece}]) for piece in _pieces(says.text)]
    calls: list[Json] = [
        {"functionCall": {"name": tool.name, "args": json.loads(tool.text)}} for tool in says.tools
    ]
    last = event(calls or [{"text": ""}], finishReason=WORDS["gemini"].get(says.end, says.end))
    if says.usage:
        tokens = says.usage
        last["usageMetadata"] = {
            "promptTokenCount": tokens.input,
            "cachedContentTokenCount": tokens.cache_read,
            "candidatesTokenCount": tokens.output - tokens.reasoning,
            "thoughtsTokenCount": tokens.reasoning,
            "totalTokenCount": tokens.input + tokens.output,
        }
    return body, [last]


SPEECHES: Mapping[str, Callable[[Says, str], Said]] = {
    "/chat/completions": chat,
    "/responses": responses,
    "/messages": anthropic,
    "GenerateContent": gemini,
}
