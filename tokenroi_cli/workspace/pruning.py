"""What no undo will ask for any more goes: logs of long ago, and contents that nothing names."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tokenroi_cli.workspace.history.manifest import Manifest
from tokenroi_cli.workspace.history.records import ENDED, read
from tokenroi_cli.workspace.history.snapshot import indexed
from tokenroi_cli.workspace.history.states import Change
from tokenroi_cli.workspace.journal import Journals

KEPT_S = 30 * 86_400
"""Of a Run that has ended."""

_RECENT_S = 86_400
"""A younger content may be of a Run whose log does not name it yet."""

_EVERY_S = 86_400


def prune(journals: Journals, now_s: float | None = None) -> None:
    """Makes room, once a day at most. `now_s`: seconds since the epoch. What cannot be removed stays."""
    now = time.time() if now_s is None else now_s
    with suppress(OSError):
        if _is_due(journals.folder / "pruned", now):
            for path in journals.logs():
                if path.suffix == ENDED and path.stat().st_mtime < now - KEPT_S:
                    path.unlink()
            named = frozenset(_named(journals))
            for blob in journals.blobs.folder.iterdir():
                if blob.name not in named and blob.stat().st_mtime < now - _RECENT_S:
                    blob.unlink()


def _is_due(marker: Path, now: float) -> bool:
    if not marker.parent.is_dir():
        return False
    with suppress(FileNotFoundError):
        if marker.stat().st_mtime > now - _EVERY_S:
            return False
    marker.touch()
    return True


def _named(journals: Journals) -> Iterator[str]:
    """Digests that a log, a manifest or the memory of the last snapshot names."""
    for path in journals.logs():
        facts = read(path)
        yield from _digests(facts.changes)
        yield from _digests(facts.pending.intent if facts.pending else ())
    for path in journals.runs.glob("*.manifest"):
        with suppress(ValueError):
            states = Manifest.decoded(path.read_bytes()).states.values()
            yield from (state.digest for state in states if state.digest)
    yield from indexed(journals.snapshots.index)


def _digests(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes:
        yield from (state.digest for state in (change.before, change.after) if state.digest)
