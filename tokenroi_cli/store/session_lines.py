"""One line of a session file: the header or an entry, as ASCII JSON, so that no text can tear a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from tokenroi_cli.domain.message import Block, Text, Thinking, ToolCall, ToolResult
from tokenroi_cli.domain.session import Entry, EntryKind, Session
from tokenroi_cli.domain.tier import TaskKind

VERSION = 1
"""Of the file format; a header with another one is refused."""

_BLOCKS: Mapping[str, type[Block]] = {
    "text": Text,
    "thinking": Thinking,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
}
_NAMES = {block: name for name, block in _BLOCKS.items()}


def header_line(session: Session) -> bytes:
    header = {"tokenroi": VERSION, "id": session.id, "root": session.root, "parent": session.parent}
    return _line({**header, "task": session.task, "notes": session.notes})


def entry_line(entry: Entry) -> bytes:
    blocks = [{"type": _NAMES[type(block)], **asdict(block)} for block in entry.blocks]
    return _line(
        {"id": entry.id, "parent": entry.parent, "at": entry.at, "kind": entry.kind, "blocks": blocks}
    )


def record(line: bytes) -> dict[str, Any]:
    """A line as the JSON object that it is. Raises ValueError for one that was cut off or overwritten."""
    try:
        found = json.loads(line.decode("ascii"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def read_header(line: bytes) -> Session:
    """The session without its entries. Raises ValueError for what is no header of this version."""
    found = record(line)
    if found.get("tokenroi") != VERSION:
        raise ValueError("not a header of this version")
    return Session(
        id=_text(found, "id"),
        root=_text(found, "root"),
        notes=_text(found, "notes"),
        parent=_text_or_none(found, "parent"),
        task=TaskKind(found.get("task", TaskKind.CHAT)),
    )


def read_entry(line: bytes) -> Entry:
    """Raises ValueError for what is no entry of this version."""
    found = record(line)
    blocks = found.get("blocks")
    if not isinstance(blocks, list):
        raise ValueError("no blocks")
    return Entry(
        id=_text(found, "id"),
        parent=_text_or_none(found, "parent"),
        kind=EntryKind(_text(found, "kind")),
        blocks=tuple(_block(block) for block in blocks),
        at=_text(found, "at"),
    )


def _line(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _block(raw: Any) -> Block:
    kind = _BLOCKS.get(str(raw.get("type"))) if isinstance(raw, dict) else None
    if kind is None:
        raise ValueError("an unknown block")
    values = {field.name: raw.get(field.name) for field in fields(kind)}
    if any(type(values[field.name]) is not field.type for field in fields(kind)):
        raise ValueError("a block with a wrong field")
    return kind(**values)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value


def _text_or_none(found: Mapping[str, Any], name: str) -> str | None:
    return None if found.get(name) is None else _text(found, name)
