"""A session is an append-only tree of entries; the branch is the path from the root to the tip."""

from dataclasses import dataclass
from enum import StrEnum

from tokenroi_cli.domain.message import Block
from tokenroi_cli.domain.tier import TaskKind


class EntryKind(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    TOOL_RESULT = "tool_result"
    COMPACTION = "compaction"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One node of the tree. Editing an earlier prompt adds a sibling and moves the tip."""

    id: str
    parent: str | None
    kind: EntryKind
    blocks: tuple[Block, ...]
    at: str
    """ISO 8601 UTC."""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation as it was read from disk."""

    id: str
    root: str
    """The work tree it belongs to, as a real path."""
    notes: str
    """AGENTS.md / CLAUDE.md as they stood at its start: part of the prompt's stable prefix."""
    entries: tuple[Entry, ...] = ()
    tip: str | None = None
    parent: str | None = None
    """The session that spawned this one."""
    task: TaskKind = TaskKind.CHAT
    """What it is for: only a chat is gone on with."""

    def branch(self) -> tuple[Entry, ...]:
        """Entries from the root to the tip."""
        by_id = {entry.id: entry for entry in self.entries}
        path, at = list[Entry](), self.tip
        while at is not None:
            path.append(by_id[at])
            at = by_id[at].parent
        return tuple(reversed(path))
