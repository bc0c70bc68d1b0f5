"""A snapshot as it is kept: what stood at each covered path, what was not covered, how two differ."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tokenroi_cli.workspace.history.blobs import Blobs
from tokenroi_cli.workspace.history.states import Change, State, look
from tokenroi_cli.workspace.ignore import MOST_FILES
from tokenroi_cli.workspace.paths import shown

_NAMED = 5
"""Uncovered names that are said of each kind."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What of a tree a snapshot does not have."""

    tree: str = ""
    """Why nothing at all is covered; empty when something is."""
    ignored: tuple[str, ...] = ()
    """Ignored folders, relative to the root, with a slash at their end."""
    unread: tuple[str, ...] = ()
    """Folders that cannot be listed, likewise."""
    files: tuple[tuple[str, str], ...] = ()
    """(path, why)."""
    cut: bool = False
    """There are more than MOST_FILES files; those that the walk met last are not covered."""

    def covers_absence(self, path: str) -> bool:
        """Whether a path that is not in the snapshot was really not there."""
        if self.tree or self.cut:
            return False
        below = any(f"{path}/".startswith(folder) for folder in (*self.ignored, *self.unread))
        return not below and all(path != name for name, _ in self.files)

    def spoken(self) -> str:
        """For a person, to go on after "what commands do"; empty when everything is covered."""
        if self.tree:
            return f"anywhere here, as this {self.tree}"
        said = [
            _listed("in ignored folders", self.ignored),
            _listed("in folders that cannot be read", self.unread),
            _listed("to", [f"{path} ({why})" for path, why in self.files]),
            f"to files beyond the first {MOST_FILES:,}" if self.cut else "",
        ]
        return "; ".join(filter(None, said))


def _listed(kind: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    first = ", ".join(map(shown, names[:_NAMED]))
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{kind} {first}{more}".strip()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot: every covered path and its state."""

    states: Mapping[str, State]
    uncovered: Uncovered

    def encoded(self) -> bytes:
        gaps = self.uncovered
        states = {path: (state.digest, state.mode) for path, state in self.states.items()}
        return json.dumps([states, gaps.tree, gaps.ignored, gaps.unread, gaps.files, gaps.cut]).encode()

    @classmethod
    def decoded(cls, data: bytes) -> "Manifest":
        """Raises ValueError for what is no manifest."""
        states, tree, ignored, unread, files, cut = json.loads(data)
        pairs = tuple((path, why) for path, why in files)
        gaps = Uncovered(tree, tuple(ignored), tuple(unread), pairs, cut)
        return cls({path: State(*row) for path, row in states.items()}, gaps)


def differences(root: Path, before: Manifest, after: Manifest, blobs: Blobs) -> tuple[Change, ...]:
    """What happened between two snapshots, sorted by path.

    A path that only one of them covers is looked at, not guessed: it never counts as new or as gone because
    the coverage changed.
    """
    found = list[Change]()
    for path in sorted(before.states.keys() | after.states.keys()):
        old, new = before.states.get(path), after.states.get(path)
        if old is None:
            if not before.uncovered.covers_absence(path):
                continue
            old = State()
        if new is None:
            new = _now(root, path, blobs)
            if new is None:
                continue
        if old != new:
            found.append(Change(path, old, new))
    return tuple(found)


def _now(root: Path, path: str, blobs: Blobs) -> State | None:
    """None when nobody can tell."""
    try:
        return blobs.keep(root, path)
    except OSError:
        with suppress(OSError):
            return look(root, path)
    return None
