"""The order of a prompt is a price: stable before volatile, so that each prompt is a prefix of the next.

Tools and system, project notes, spec, history, newest message. Nothing here knows the time or a folder.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from tokenroi_cli.domain.message import Block, Message, Request, Role, Text, ToolCall, ToolResult, ToolSchema
from tokenroi_cli.domain.session import Entry, EntryKind
from tokenroi_cli.domain.tier import Route

MAX_OUTPUT = 16_000
"""Output tokens wanted of one step; the gateway lowers it to what the model and the money allow."""

NOTES_TOKENS = 2_000
"""Project notes beyond this are cut: they are paid for on every call."""

LOST_RESULT = "interrupted: this call did not run"


@dataclass(frozen=True, slots=True)
class Stable:
    """The part of the prompt that never changes within a session."""

    system: str
    notes: str
    """AGENTS.md / CLAUDE.md as they stood when the session began."""
    tools: tuple[ToolSchema, ...]

    @property
    def text(self) -> str:
        return f"{self.system}\n# Project notes\n\n{self.notes}" if self.notes else self.system


def lay_out(stable: Stable, branch: Sequence[Entry], route: Route) -> Request:
    """The request that continues a branch."""
    messages = tuple(_messages(branch) if route.tools else _in_words(_messages(branch)))
    worth_caching = bool(stable.tools)
    return Request(
        model=route.model,
        system=stable.text,
        tools=stable.tools,
        messages=_marked(messages) if worth_caching else messages,
        max_tokens=MAX_OUTPUT,
        effort=route.effort,
        cache_system=worth_caching,
    )


def _messages(branch: Sequence[Entry]) -> Iterator[Message]:
    unanswered: tuple[ToolCall, ...] = ()
    for entry in branch:
        if unanswered and entry.kind is not EntryKind.TOOL_RESULT:
            yield _lost(unanswered)
        unanswered = ()
        if entry.kind is EntryKind.ASSISTANT:
            yield Message(Role.ASSISTANT, entry.blocks)
            unanswered = tuple(block for block in entry.blocks if isinstance(block, ToolCall))
        elif entry.kind in (EntryKind.USER, EntryKind.TOOL_RESULT):
            yield Message(Role.USER, entry.blocks)
    if unanswered:
        yield _lost(unanswered)


def _in_words(messages: Iterable[Message]) -> Iterator[Message]:
    """A history without tools, each side speaking once in turn: many models without tools take no other.

    An earlier turn may have been another model's, which had tools.
    """
    for role, group in groupby(messages, key=lambda message: message.role):
        yield Message(role, tuple(_worded(block) for message in group for block in message.blocks))


def _worded(block: Block) -> Block:
    match block:
        case ToolCall(name=name, arguments=arguments):
            return Text(f"[{name} {arguments}]")
        case ToolResult(text=text, error=error):
            return Text(f"[refused: {text}]" if error else f"[{text}]")
        case _:
            return block


def _lost(calls: tuple[ToolCall, ...]) -> Message:
    """Providers refuse a history in which a tool call has no result: a killed process leaves one behind."""
    return Message(Role.USER, tuple(ToolResult(call.id, LOST_RESULT, error=True) for call in calls))


def _marked(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Cache breakpoints: the first message (it ends with the spec) and the last two of role user."""
    users = [index for index, message in enumerate(messages) if message.role is Role.USER]
    marks = {*users[:1], *users[-2:]}
    return tuple(
        replace(message, cache=True) if index in marks else message for index, message in enumerate(messages)
    )


def prefix_bytes(request: Request) -> bytes:
    """All that a request says, in order, without cache marks: what a provider's cache compares."""
    parts: list[object] = [request.model, request.effort, request.system]
    parts += [asdict(tool) for tool in request.tools]
    parts += [
        [message.role, type(block).__name__, asdict(block)]
        for message in request.messages
        for block in message.blocks
    ]
    return b"\n".join(json.dumps(part, sort_keys=True).encode() for part in parts)


def cut_notes(text: str, tokens: int) -> str:
    """Project notes within the budget: whole lines from the top, and a word about what is left out.

    `tokens` is the measured size of `text`.
    """
    if tokens <= NOTES_TOKENS:
        return text
    keep = len(text) * NOTES_TOKENS // tokens
    head = text[:keep].rpartition("\n")[0]
    return f"{head}\n[cut: these notes are longer than {NOTES_TOKENS} tokens]"
