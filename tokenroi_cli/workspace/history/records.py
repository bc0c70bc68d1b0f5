"""What the log of a Run says: whose Run it is, what changed, what had begun when it ends."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from tokenroi_cli.workspace.history.states import Change, State

OPEN = ".open"
ENDED = ".jsonl"


class Kind(StrEnum):
    RUN = "run"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class About:
    """Whose Run it is."""

    session: str = ""
    family: str = ""
    """The session that the user talks in; another one when that one started this Run's."""
    title: str = ""
    """A few words for a list."""
    kind: Kind = Kind.RUN
    of: tuple[str, ...] = ()
    """Ids of the logs that an undo or a redo takes back."""
    transaction: bool = False
    """All of it holds or none: a process that dies in the middle leaves it to be rolled back."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What had begun when the log ends: some changes of ours, or a command whose changes nobody knows yet."""

    intent: tuple[Change, ...] = ()
    command: str | None = None
    """What the tree was before it is in the manifest beside the log."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A log as it was read."""

    id: str
    """Sorts by the time of its beginning."""
    at: str
    """ISO 8601 UTC."""
    pid: int
    """Of the process whose Run it is; it may be another one's by now."""
    about: About
    changes: tuple[Change, ...]
    """In order; one path may occur several times."""
    pending: Pending | None
    settled: bool
    """Something that had begun has come to its end, whatever it changed."""
    rolled_back: bool


def read(path: Path, start: int = 0) -> Facts:
    """A log as far as its lines can be read; `start`: only what stands behind so many bytes."""
    head: dict[str, Any] = {}
    about = About()
    changes: list[Change] = []
    pending: Pending | None = None
    settled = rolled_back = False
    for record in _records(path, start):
        if "version" in record:
            head = record
        if "about" in record:
            about = _about(record["about"])
        if "intent" in record:
            pending = Pending(intent=tuple(_changes(record["intent"])))
        if "command" in record:
            pending = Pending(command=record["command"])
        if "changed" in record:
            changes += _changes(record["changed"])
            pending, settled = None, True
        rolled_back = rolled_back or record.get("end") == "rolled back"
    return Facts(
        id=path.stem,
        at=head.get("at", ""),
        pid=head.get("pid", 0),
        about=about,
        changes=tuple(changes),
        pending=pending,
        settled=settled,
        rolled_back=rolled_back,
    )


def _records(path: Path, start: int) -> Iterator[dict[str, Any]]:
    """What a crash has torn was of a change that never began. A log that ended just now has its new name."""
    for name in (path, path.with_suffix(ENDED)):
        with suppress(FileNotFoundError):
            data = name.read_bytes()
            break
    else:
        return
    for line in data[start:].split(b"\n"):
        with suppress(json.JSONDecodeError, UnicodeDecodeError):
            record = json.loads(line)
            if isinstance(record, dict):
                yield record


def rows(changes: Iterable[Change]) -> list[list[Any]]:
    return [[change.path, _row(change.before), _row(change.after)] for change in changes]


def _row(state: State) -> list[Any]:
    return [state.digest, state.mode]


def _changes(rows: list[list[Any]]) -> Iterator[Change]:
    for path, before, after in rows:
        yield Change(path, State(*before), State(*after))


def _about(said: Mapping[str, Any]) -> About:
    known = {name: said[name] for name in About.__dataclass_fields__ if name in said}
    about = About(**known)
    return replace(about, kind=Kind(about.kind), of=tuple(about.of))
