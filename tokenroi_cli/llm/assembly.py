"""Puts an answer together from litellm's chunks: words, thoughts and tool calls, as they were written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tokenroi_cli.domain.message import Block, Text, TextDelta, Thinking, ToolCall
from tokenroi_cli.llm.messages import REDACTED


@dataclass(slots=True)
class _Call:
    """A tool call that is still being written."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Assembly:
    """One answer so far. `call_id` names tool calls to which the provider gave no name."""

    call_id: str
    _words: list[str] = field(default_factory=list)
    _thoughts: list[str] = field(default_factory=list)
    _signed: list[Thinking] = field(default_factory=list)
    _calls: dict[int, _Call] = field(default_factory=dict)

    def add(self, chunk: Any) -> Iterator[TextDelta]:
        """Takes one chunk; gives what of it a person reads."""
        for choice in chunk.choices or ():
            delta = choice.delta
            self._think(delta)
            for piece in delta.tool_calls or ():
                self._call(piece)
            if delta.content:
                self._words.append(delta.content)
                yield TextDelta(delta.content)

    def blocks(self) -> tuple[Block, ...]:
        """Thoughts, then words, then calls: the order in which they are sent back."""
        words = "".join(self._words)
        thoughts = "".join(self._thoughts)
        return (
            *(self._signed or ([Thinking(thoughts)] if thoughts else [])),
            *([Text(words)] if words else []),
            *(
                ToolCall(call.id or f"{self.call_id}-{index}", call.name, "".join(call.arguments))
                for index, call in sorted(self._calls.items())
            ),
        )

    def _think(self, delta: Any) -> None:
        self._thoughts.append(getattr(delta, "reasoning_content", None) or "")
        for block in getattr(delta, "thinking_blocks", None) or ():
            if block.get("type") == "redacted_thinking":
                self._signed.append(Thinking("", REDACTED + block.get("data", "")))
            elif block.get("signature"):
                self._signed.append(Thinking(block.get("thinking") or "", block["signature"]))

    def _call(self, piece: Any) -> None:
        call = self._calls.setdefault(piece.index or 0, _Call())
        call.id = piece.id or call.id
        call.name = piece.function.name or call.name
        call.arguments.append(piece.function.arguments or "")
