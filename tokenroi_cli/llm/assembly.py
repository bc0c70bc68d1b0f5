"""Puts an answer together from litellm's chunks: words, thoughts and tool calls, in the order of arrival."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tokenroi_cli.domain.message import Block, HiddenDelta, Text, TextDelta, Thinking, ToolCall
from tokenroi_cli.llm.messages import REDACTED


@dataclass(slots=True)
class _Words:
    text: str = ""


@dataclass(slots=True)
class _Thought:
    """A thought that is still being written, until its signature comes."""

    text: str = ""
    signature: str = ""


@dataclass(slots=True)
class _Call:
    """A tool call that is still being written."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Assembly:
    """One answer so far. `call_id` names tool calls to which the provider gave no name, or one name twice."""

    call_id: str
    _parts: list[_Words | _Thought | _Call] = field(default_factory=list)
    _calls: dict[int, _Call] = field(default_factory=dict)
    """The call that is being written at each index."""

    def add(self, chunk: Any) -> Iterator[TextDelta | HiddenDelta]:
        """Takes one chunk; gives what it adds."""
        for choice in chunk.choices or ():
            delta = choice.delta
            if thought := self._think(delta):
                yield HiddenDelta(thought)
            if delta.content:
                self._words().text += delta.content
                yield TextDelta(delta.content)
            for piece in delta.tool_calls or ():
                if arguments := self._call(piece):
                    yield HiddenDelta(arguments)

    def blocks(self) -> tuple[Block, ...]:
        """In the order of arrival: a provider that signs its thoughts wants them back where they stood."""
        found = list[Block]()
        ids = set[str]()
        for part in self._parts:
            match part:
                case _Words(text):
                    found.append(Text(text))
                case _Thought(text, signature):
                    found.append(Thinking(text, signature))
                case _Call(id, name, arguments):
                    unique = id if id and id not in ids else f"{self.call_id}-{len(ids)}"
                    ids.add(unique)
                    found.append(ToolCall(unique, name, "".join(arguments)))
        return tuple(found)

    def _think(self, delta: Any) -> str:
        """The words of a thought that the delta adds."""
        said = getattr(delta, "reasoning_content", None) or ""
        if said:
            self._thought().text += said
        for block in getattr(delta, "thinking_blocks", None) or ():
            if block.get("type") == "redacted_thinking":
                self._parts.append(_Thought("", REDACTED + block.get("data", "")))
            elif block.get("signature"):
                thought = self._thought()
                # Some releases of litellm say the whole thought once more beside its signature, some do not.
                thought.text = block.get("thinking") or thought.text
                thought.signature = block["signature"]
        return str(said)

    def _thought(self) -> _Thought:
        last = self._parts[-1] if self._parts else None
        if not isinstance(last, _Thought) or last.signature:
            self._parts.append(last := _Thought())
        return last

    def _words(self) -> _Words:
        last = self._parts[-1] if self._parts else None
        if not isinstance(last, _Words):
            self._parts.append(last := _Words())
        return last

    def _call(self, piece: Any) -> str:
        """The arguments that a piece adds. Some servers put every call at one index: a new id, a new call."""
        index = piece.index or 0
        call = self._calls.get(index)
        if call is None or (piece.id and call.id and piece.id != call.id):
            call = self._calls[index] = _Call()
            self._parts.append(call)
        call.id = piece.id or call.id
        call.name = piece.function.name or call.name
        arguments = str(piece.function.arguments or "")
        call.arguments.append(arguments)
        return arguments
