"""The closed list of what a request may hold: a field that is not on it has no price that we know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tokenroi_cli.domain.tokens import most_tokens

Json = Mapping[str, Any]
Place = tuple[str, ...]

_EVERYWHERE = {"model", "stream", "tools", "tool_choice", "temperature", "top_p", "metadata", "user"}

FIELDS: Mapping[str, Mapping[Place, frozenset[str]]] = {
    "chat": {
        (): frozenset(
            _EVERYWHERE
            | {"messages", "max_tokens", "max_completion_tokens", "stream_options", "stop", "n", "seed"}
            | {"parallel_tool_calls", "reasoning_effort", "reasoning", "thinking", "prompt_cache_key"}
            | {"frequency_penalty", "presence_penalty", "usage", "store", "safety_identifier"}
        ),
    },
    "responses": {
        (): frozenset(
            _EVERYWHERE
            | {"input", "instructions", "max_output_tokens", "reasoning", "text", "include", "store"}
            | {"parallel_tool_calls", "prompt_cache_key", "safety_identifier", "truncation"}
        ),
    },
    "anthropic": {
        (): frozenset(
            _EVERYWHERE
            | {"messages", "system", "max_tokens", "stop_sequences", "top_k", "thinking"}
            | {"output_config"}
        ),
    },
    "gemini": {
        (): frozenset(
            {"contents", "systemInstruction", "system_instruction", "generationConfig", "tools"}
            | {"toolConfig", "tool_config", "safetySettings", "safety_settings", "labels"}
        ),
        ("generationConfig",): frozenset(
            {"maxOutputTokens", "max_output_tokens", "temperature", "topP", "top_p", "topK", "top_k"}
            | {"stopSequences", "stop_sequences", "candidateCount", "candidate_count", "seed"}
            | {"thinkingConfig", "thinking_config"}
        ),
    },
}
"""By protocol and place in the body. Left out on purpose: service tiers, fallback models and providers,
regions, searches, files, images, sound, containers, stored caches and predictions."""

_READ = frozenset(
    {"messages", "system", "tools", "tool_choice", "input", "instructions", "text", "contents"}
    | {"system_instruction", "systemInstruction", "toolConfig", "tool_config"}
)
"""Fields that a model reads; the rest of the list steers it, or is kept for the bill."""

_ANSWERS = (("n",), ("generationConfig", "candidateCount"), ("generationConfig", "candidate_count"))

_OWN_TOOLS = {
    "chat": frozenset({"function"}),
    "responses": frozenset({"function"}),
    "anthropic": frozenset({None, "custom"}),
}
"""Types of the tools that run on this machine; another one runs at the provider, at a price of its own."""
_GEMINI_TOOLS = frozenset({"functionDeclarations", "function_declarations"})

_PARTS = frozenset(
    {"text", "input_text", "output_text", "summary_text", "refusal", "message", "reasoning", "function"}
    | {"tool_use", "tool_result", "thinking", "redacted_thinking", "function_call", "function_call_output"}
)
"""Types of content whose tokens are bounded by its bytes."""
_GEMINI_SYSTEM = ("system_instruction", "systemInstruction")
_GEMINI_PARTS = frozenset(
    {"text", "functionCall", "function_call", "functionResponse", "function_response", "thought"}
    | {"thoughtSignature", "thought_signature"}
)


def objection(dialect: str, body: Json, *, an_hour: bool) -> str | None:
    """What of a request is not on the list; None when all of it is.

    `an_hour`: whether a cache that lasts an hour was reserved.
    """
    return next(_objections(dialect, body, an_hour=an_hour), None)


def text_in(body: Json) -> int:
    """Bytes of all that a model reads of a request, names of fields included: no tokenizer makes more."""
    waiting: list[Any] = [{name: value for name, value in body.items() if name in _READ}]
    size = 0
    while waiting:
        match waiting.pop():
            case Mapping() as table:
                size += sum(most_tokens(str(key)) for key in table)
                waiting += table.values()
            case list() as items:
                waiting += items
            case str(text):
                size += most_tokens(text)
            case value:
                size += len(str(value))
    return size


def _objections(dialect: str, body: Json, *, an_hour: bool) -> Iterator[str]:
    for place, known in FIELDS[dialect].items():
        held = _at(body, place)
        if isinstance(held, Mapping):
            yield from (
                f"no price is known for its {_dotted(place, name)}" for name in held if name not in known
            )
    for place in _ANSWERS:
        if _at(body, place) not in (None, 1):
            yield "it asks for several answers"
    tools = body.get("tools")
    yield from (f"{word} runs at the provider" for word in _foreign_tools(dialect, _tables(tools)))
    yield from (f"no bound is known for content of the type {kind}" for kind in _foreign_parts(dialect, body))
    for mark in _marks(body):
        if mark.get("ttl", "5m") != "5m" and not (an_hour and mark.get("ttl") == "1h"):
            yield "it asks for a cache that was not reserved"


def _foreign_tools(dialect: str, tools: Sequence[Json]) -> Iterator[str]:
    for tool in tools:
        if dialect == "gemini":
            yield from (f"the tool {name}" for name in tool if name not in _GEMINI_TOOLS)
        elif tool.get("type") not in _OWN_TOOLS[dialect]:
            yield f"a tool of the type {tool.get('type')}"


def _foreign_parts(dialect: str, body: Json) -> Iterator[str]:
    if dialect == "gemini":
        held = [*_tables(body.get("contents")), *_tables([body.get(name) for name in _GEMINI_SYSTEM])]
        for part in (part for content in held for part in _tables(content.get("parts"))):
            yield from (name for name in part if name not in _GEMINI_PARTS)
        return
    said = [*_tables(body.get("messages")), *_tables(body.get("input")), *_tables(body.get("system"))]
    for item in said:
        yield from (str(kind) for kind in _kinds(item) if kind not in _PARTS)


def _kinds(item: Json) -> Iterator[Any]:
    """Types of an item and of all that it holds as content."""
    if "type" in item:
        yield item["type"]
    for part in _tables(item.get("content")):
        yield from _kinds(part)


def _marks(body: Any) -> Iterator[Json]:
    """The cache marks of a request, but not those that a text or a schema speaks of."""
    for field in ("system", "messages", "tools"):
        for item in _tables(body.get(field)):
            yield from _marks_of(item)


def _marks_of(item: Json) -> Iterator[Json]:
    yield from _tables(item.get("cache_control"))
    for part in (*_tables(item.get("content")), *_tables(item.get("tool_calls"))):
        yield from _marks_of(part)


def _tables(value: Any) -> list[Json]:
    """Those of a list; one alone is taken for a list of one, as some providers take it."""
    if isinstance(value, Mapping):
        return [value]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _at(body: Any, place: Place) -> Any:
    for key in place:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def _dotted(place: Place, name: str) -> str:
    return ".".join((*place, name))
