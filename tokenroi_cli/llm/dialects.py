"""Each provider protocol as a table: where the output ceiling stands, how an answer ends, what it cost."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tokenroi_cli.domain.message import FinishReason
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm import usage

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A protocol as a table. Its functions take one event of the stream, whatever shape it has."""

    name: str
    path: re.Pattern[str]
    ceilings: tuple[tuple[str, ...], ...]
    """Places of the body that can hold the output ceiling."""
    finishes: Mapping[str, FinishReason]
    """The finish reasons that we know; another word is no end of an answer."""
    finish_word: Callable[[Json], str | None]
    last: frozenset[str]
    """Types of the event after which nothing comes; `[DONE]` says the same in any protocol."""
    read_usage: Callable[[Json], Usage]
    output_words: frozenset[str]
    """Usage that holds none of these is a first word (input only), not the bill."""

    def asked_ceilings(self, body: Json) -> tuple[Any, ...]:
        """Every output ceiling that the request names."""
        found = (_at(body, *place) for place in self.ceilings)
        return tuple(value for value in found if value is not None)


def dialect_of(path: str) -> Dialect | None:
    """The protocol spoken at an URL's path."""
    return next((dialect for dialect in DIALECTS if dialect.path.search(path)), None)


def usage_in(event: Json) -> Iterator[Json]:
    """The usage objects of an event, wherever the protocol keeps them."""
    for holder in (event, event.get("message"), event.get("response"), event.get("x_groq")):
        for name in ("usage", "usageMetadata"):
            said = _at(holder, name)
            if isinstance(said, Mapping):
                yield said


def model_in(event: Json) -> str | None:
    """The model that an event names."""
    found = (_at(event, "model"), _at(event, "modelVersion"), _at(event, "message", "model"))
    return next((name for name in (*found, _at(event, "response", "model")) if isinstance(name, str)), None)


def id_in(event: Json) -> str | None:
    """The provider's own name for the answer, as its exports and invoices call it."""
    found = (_at(event, "message", "id"), _at(event, "response", "id"), event.get("responseId"))
    return next((name for name in (*found, event.get("id")) if isinstance(name, str) and name), None)


def error_in(event: Json) -> Any:
    """The provider's error, when the event is one."""
    said = event.get("error") or _at(event, "response", "error")
    return said or (event if event.get("type") == "error" else None)


def _at(value: Any, *place: str) -> Any:
    for key in place:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _first_of(event: Json, name: str) -> Any:
    items = event.get(name)
    return items[0] if isinstance(items, list) and items else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _chat_word(event: Json) -> str | None:
    return _word(_at(_first_of(event, "choices"), "finish_reason"))


def _anthropic_word(event: Json) -> str | None:
    return _word(_at(event, "delta", "stop_reason")) if event.get("type") == "message_delta" else None


def _responses_word(event: Json) -> str | None:
    if event.get("type") == "response.incomplete":
        return _word(_at(event, "response", "incomplete_details", "reason"))
    if event.get("type") != "response.completed":
        return None
    output = _at(event, "response", "output")
    kinds = [_at(item, "type") for item in output] if isinstance(output, list) else []
    return "function_call" if "function_call" in kinds else "completed"


def _gemini_word(event: Json) -> str | None:
    blocked = "SAFETY" if _at(event, "promptFeedback", "blockReason") else None
    return _word(_at(_first_of(event, "candidates"), "finishReason")) or blocked


_STOP, _TOOLS, _LENGTH, _REFUSAL = (
    FinishReason.STOP,
    FinishReason.TOOL_USE,
    FinishReason.LENGTH,
    FinishReason.REFUSAL,
)

DIALECTS = (
    Dialect(
        name="chat",
        path=re.compile(r"/chat/completions$"),
        ceilings=(("max_tokens",), ("max_completion_tokens",)),
        finishes={
            **dict.fromkeys(("stop", "end_turn", "eos", "eos_token", "stop_sequence"), _STOP),
            **dict.fromkeys(("tool_calls", "function_call"), _TOOLS),
            **dict.fromkeys(("length", "max_tokens", "model_length"), _LENGTH),
            **dict.fromkeys(("content_filter", "sensitive", "refusal"), _REFUSAL),
        },
        finish_word=_chat_word,
        last=frozenset(),
        read_usage=usage.chat,
        output_words=frozenset({"completion_tokens"}),
    ),
    Dialect(
        name="responses",
        path=re.compile(r"/responses$"),
        ceilings=(("max_output_tokens",),),
        finishes={
            "completed": _STOP,
            "function_call": _TOOLS,
            "max_output_tokens": _LENGTH,
            "content_filter": _REFUSAL,
        },
        finish_word=_responses_word,
        last=frozenset({"response.completed", "response.incomplete"}),
        read_usage=usage.responses,
        output_words=frozenset({"output_tokens"}),
    ),
    Dialect(
        name="anthropic",
        path=re.compile(r"/messages$"),
        ceilings=(("max_tokens",),),
        finishes={
            **dict.fromkeys(("end_turn", "stop_sequence"), _STOP),
            "tool_use": _TOOLS,
            **dict.fromkeys(("max_tokens", "model_context_window_exceeded"), _LENGTH),
            "refusal": _REFUSAL,
        },
        finish_word=_anthropic_word,
        last=frozenset({"message_stop"}),
        read_usage=usage.anthropic,
        output_words=frozenset({"output_tokens"}),
    ),
    Dialect(
        name="gemini",
        path=re.compile(r":(streamGenerateContent|generateContent)$"),
        ceilings=(("generationConfig", "maxOutputTokens"), ("generationConfig", "max_output_tokens")),
        finishes={
            "STOP": _STOP,
            "MAX_TOKENS": _LENGTH,
            **dict.fromkeys(("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"), _REFUSAL),
        },
        finish_word=_gemini_word,
        last=frozenset(),
        read_usage=usage.gemini,
        output_words=frozenset({"candidatesTokenCount", "thoughtsTokenCount"}),
    ),
)
