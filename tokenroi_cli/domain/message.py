"""What goes to a model and what comes back, in no provider's dialect."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from tokenroi_cli.domain.call import Permit
from tokenroi_cli.domain.usage import Usage


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning that a provider wants back unchanged, with its signature, while tools are in use."""

    text: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asked for. `arguments` is the text as it arrived, parsed only when it runs."""

    id: str
    name: str
    arguments: str

    @property
    def sent_back(self) -> str:
        """The arguments as a later request holds them: where they are no JSON object, inside one.

        No provider takes anything else back.
        """
        try:
            parsed = json.loads(self.arguments, parse_constant=_no_number)
        except (ValueError, RecursionError):
            parsed = None
        return self.arguments if isinstance(parsed, dict) else json.dumps({"unparsed": self.arguments})


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


@dataclass(frozen=True, slots=True)
class ToolResult:
    call_id: str
    text: str
    error: bool = False


Block = Text | Thinking | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `cache` asks the provider to keep the prefix up to its end."""

    role: Role
    blocks: tuple[Block, ...]
    cache: bool = False


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool as the model sees it. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """All that one model call says. The price, the purpose and the permit are beside it, not in it."""

    model: str
    system: str
    tools: tuple[ToolSchema, ...]
    messages: tuple[Message, ...]
    max_tokens: int
    """Output tokens wanted; the gateway may lower it to what the money allows, never raise it."""
    effort: str | None = None
    cache_system: bool = False
    cache_an_hour: bool = False
    """Asks to keep what is cached for an hour instead of five minutes; writing it costs more."""


class FinishReason(StrEnum):
    STOP = "stop"
    TOOL_USE = "tool_use"
    LENGTH = "length"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, as it arrives."""

    text: str


@dataclass(frozen=True, slots=True)
class HiddenDelta:
    """A piece of what a person does not read as it arrives: a thought, a tool call's arguments."""

    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The last item of every stream that ended well."""

    blocks: tuple[Block, ...]
    finish: FinishReason
    """As it really arrived on the wire; a stream without one raises StreamCut instead."""
    usage: Usage | None
    """None when the provider said nothing believable: the reservation then stands."""
    model: str | None = None
    """The model that the answer named."""
    billed_usd: str | None = None
    """The provider's own price of the call, where it names one (decimal USD)."""
    id: str | None = None
    """The provider's own name for the answer: what its exports call the request."""

    @property
    def text(self) -> str:
        return "".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(block for block in self.blocks if isinstance(block, ToolCall))


StreamItem = TextDelta | HiddenDelta | Reply


class Provider(Protocol):
    """Whatever answers requests: litellm on the wire, or a script."""

    def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
        """Deltas, then exactly one Reply.

        Takes the permit, calls `permit.sent()` before anything leaves, and keeps `permit.stage` true.
        Raises the ProviderError family of `domain.errors`, with `usage` on it where any was seen.
        """
        ...
