"""Checkpoints, and what an undo or a redo did to files, as text or as JSON."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tokenroi_cli.views.safe import line
from tokenroi_cli.views.tables import table

NAMED = 20
"""Files that are named one by one."""

_NEWEST = 10
"""Checkpoints that are shown after an undo."""


class Point(Protocol):
    """A checkpoint; `app` has the value."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def files(self) -> Sequence[str]: ...
    @property
    def undone(self) -> bool: ...


class LeftFile(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def kept(self) -> Path | None: ...


class Reversal(Protocol):
    @property
    def restored(self) -> Sequence[str]: ...
    @property
    def merged(self) -> Sequence[str]: ...
    @property
    def left(self) -> Sequence[LeftFile]: ...


class Undone(Protocol):
    @property
    def checkpoints(self) -> Sequence[Point]: ...
    @property
    def reversal(self) -> Reversal: ...


def undone_text(verb: str, done: Undone) -> str:
    """What became of each file, one line each. `verb`: undone or redone."""
    reversal = done.reversal
    what = "restored" if verb == "undone" else "changed again"
    said = [f"{verb}: {'; '.join(f'{point.number} {line(point.title, 60)}' for point in done.checkpoints)}"]
    said += _files(what, reversal.restored)
    said += _files("merged with what was changed since", reversal.merged)
    for left in reversal.left:
        kept = f"; the other version is {line(str(left.kept))}" if left.kept else ""
        said.append(f"  left as it is: {line(left.path)} ({line(left.why)}{kept})")
    if len(said) == 1:
        said.append("  every file was already as it should be")
    return "\n".join(said)


def _files(what: str, paths: Sequence[str]) -> list[str]:
    named = [f"  {what}: {line(path)}" for path in paths[:NAMED]]
    more = len(paths) - NAMED
    return [*named, f"  {what}: {more} more"] if more > 0 else named


def checkpoints_text(points: Sequence[Point], *, newest: bool = False) -> str:
    """A table, the last one at the bottom; `newest`: of the last few alone."""
    shown = points[-_NEWEST:] if newest else points
    rows = [
        (str(point.number), "undone" * point.undone, _local(point.at), line(point.title, 60), _count(point))
        for point in shown
    ]
    return table(("to", "", "before", "", "files"), rows, "rllll")


def _count(point: Point) -> str:
    first = ", ".join(point.files[:2])
    return f"{line(first, 40)} and {len(point.files) - 2} more" if len(point.files) > 2 else line(first, 60)


def _local(at: str) -> str:
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return "?"


def checkpoint_object(point: Point) -> dict[str, object]:
    return {
        "number": point.number,
        "title": point.title,
        "at": point.at,
        "files": list(point.files),
        "undone": point.undone,
    }


def undone_object(done: Undone) -> dict[str, object]:
    """What `undo --json` prints."""
    reversal = done.reversal
    return {
        "checkpoints": [point.number for point in done.checkpoints],
        "restored": list(reversal.restored),
        "merged": list(reversal.merged),
        "left": [
            {"path": left.path, "why": left.why, "kept": str(left.kept) if left.kept else None}
            for left in reversal.left
        ],
    }
