"""What a process left behind that died in the middle: resolved when the next one starts."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tokenroi_cli.workspace.atomic import STAGED
from tokenroi_cli.workspace.history.log import Revived, lives, revived
from tokenroi_cli.workspace.history.manifest import Manifest, differences
from tokenroi_cli.workspace.history.records import OPEN, About, read
from tokenroi_cli.workspace.history.restore import Left, Reversal, carried_out, reversal
from tokenroi_cli.workspace.history.states import Change
from tokenroi_cli.workspace.journal import Journal, Journals
from tokenroi_cli.workspace.lock import alone
from tokenroi_cli.workspace.places import place


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of one Run whose process died."""

    about: About
    restored: tuple[str, ...]
    """Files put back, sorted."""
    left: tuple[Left, ...]
    """Files that somebody else has changed since, or that could not be written."""


def recover(journals: Journals) -> tuple[Recovered, ...]:
    """Ends the logs of dead processes. An edit or an undo that was cut off is taken back, what a command did
    that was cut off is recorded, and a transaction that never ended is rolled back whole.

    Costs one look into a folder when there is nothing to do. OSError when the disk refuses.
    """
    if not any(journals.runs.glob(f"*{OPEN}")):
        return ()
    found = []
    with alone(journals.folder / "recovery.lock"):
        for path in sorted(journals.runs.glob(f"*{OPEN}")):
            with revived(path) as log:
                if log is not None:
                    found.append(_resolved(journals, log))
    return tuple(one for one in found if one.restored or one.left)


def _resolved(journals: Journals, log: Revived) -> Recovered:
    facts = read(log.path)
    journal = Journal(journals, log, list(facts.changes))
    restored, left = tuple[str, ...](), tuple[Left, ...]()
    if facts.pending is not None:
        if facts.pending.command is None:
            undone = _withdrawn(journals, facts.pending.intent)
            journal.record(journals.standing(facts.pending.intent))
        else:
            undone = Reversal()
            journal.record(_done_by_command(journals, log))
        restored, left = undone.restored, undone.left
    never_was = bool(facts.about.of) and not facts.settled
    if facts.about.transaction:
        rolled = journal.roll_back()
        restored, left = (*restored, *rolled.restored, *rolled.merged), (*left, *rolled.left)
    journal.end(rolled_back=facts.about.transaction or never_was)
    return Recovered(facts.about, tuple(sorted({*restored})), left)


def _withdrawn(journals: Journals, intent: Sequence[Change]) -> Reversal:
    """Whatever of an intent was carried out, undone. What is neither old nor new is somebody else's.

    The intent stays on record until then: doing this twice is doing it once.
    """
    done, left = list[Change](), list[Left]()
    for change in intent:
        _drop_staged(journals.root, change.path)
        now = journals.now(change.path)
        if now == change.before:
            continue
        if now.same_content(change.after):
            done.append(Change(change.path, change.before, now))
        else:
            left.append(Left(change.path, "it was changed since"))
    plan = reversal(journals.root, journals.blobs, done)
    undone = carried_out(journals.root, journals.blobs, plan)
    return replace(undone, left=(*left, *undone.left))


def _done_by_command(journals: Journals, log: Revived) -> tuple[Change, ...]:
    """What is different now from before the command; without its manifest nobody can tell."""
    try:
        before = Manifest.decoded(log.manifest.read_bytes())
    except (OSError, ValueError):
        return ()
    after = journals.snapshots.take()
    return differences(journals.root, before, after, journals.blobs)


def _drop_staged(root: Path, name: str) -> None:
    """Removes what dead processes had staged beside a path."""
    with suppress(OSError), place(root, name) as found:
        with os.scandir(found.folder) as entries:
            staged = [entry.name for entry in entries if entry.name.startswith(STAGED)]
        for other in staged:
            pid = other.removeprefix(STAGED).partition("-")[0]
            if pid.isdecimal() and not lives(int(pid)):
                os.unlink(other, dir_fd=found.folder)
