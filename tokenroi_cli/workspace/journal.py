"""What the files of a Run were before it touched them, commands included, so that every byte can come back.

Never asks git. A Run's journal is a log of changes; the contents of before and after are kept once, under
their digests. What is about to happen is on disk before it happens, so that a crash anywhere can be resolved.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.atomic import Write, write_all
from tokenroi_cli.workspace.history.log import Log
from tokenroi_cli.workspace.history.manifest import Manifest, Uncovered, differences
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.history.restore import Reversal, carried_out, reversal
from tokenroi_cli.workspace.history.states import NOTHING, Change, State, first_states, without
from tokenroi_cli.workspace.history.store import Store


class JournalFailed(TokenroiError):
    """The journal's own disk refused; what it was to keep did not happen."""

    reason = "journal"


class Journals(Store):
    """The journals of one work tree, to look into and to begin."""

    def begin(self, about: About | None = None) -> "Journal":
        """A journal for one Run; on disk with its first change."""
        return Journal(self, Log(self.runs, about or About()))


@dataclass(slots=True)
class Journal:
    """The journal of one Run. Its methods raise JournalFailed when its own disk refuses."""

    journals: Journals
    _log: Log
    _changes: list[Change] = field(default_factory=list)
    _manifest: str = ""
    """Digest of the last manifest that was written down."""

    @property
    def id(self) -> str:
        return self._log.id

    @property
    def root(self) -> Path:
        return self.journals.root

    def name(self, about: About) -> None:
        """Says whose Run it is, when that is known only after it began."""
        with _told():
            self._log.name(about)

    def carry_out(self, writes: list[Write]) -> None:
        """Writes all of them or none. OSError names the file that could not be written."""
        with _told():
            intent = [self._intended(write) for write in writes]
            folders = sorted({folder for write in writes for folder in self._missing(write.path)})
            intent = [*(Change(name, NOTHING, State(None, stat.S_IFDIR)) for name in folders), *intent]
            self._log.intend(intent)
        try:
            with self.journals.alone():
                write_all(self.root, writes, lambda: self.record(self.journals.done(intent)))
        except BaseException:
            with suppress(JournalFailed):  # the disk that refuses the files may refuse this, too
                self.record(self.journals.standing(intent))
            raise

    @contextmanager
    def command(self, text: str) -> Iterator[tuple[int, ...]]:
        """A command, or several, at work in the block: whatever they change of what is covered is recorded.

        Gives the descriptors that the command's guard has to hold, so that nobody looks at the tree after a
        death of ours before the command has ended. What somebody else changes meanwhile cannot be told from
        it, unless another journal has it.
        """
        with _told():
            since = self.journals.lengths()
        before = self._before(text)
        try:
            yield self._log.lock
        finally:
            self._after(before, since)

    def uncovered(self) -> Uncovered:
        """What of the tree a command could change for good."""
        with _told():
            return self.journals.snapshots.take().uncovered

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that happened so far, in order."""
        return tuple(self._changes)

    def changed(self) -> tuple[str, ...]:
        """Files and links that are not what they were when the Run began, sorted."""
        before = first_states(self._changes)
        return tuple(
            sorted(
                path
                for path, state in before.items()
                if (now := self.journals.now(path)) != state and (state.digest or not now.is_folder)
            )
        )

    def patch(self) -> str:
        """Unified diff of what the Run did to files, up to now."""
        return self.journals.patch(self._changes)

    def take_back(self, changes: Sequence[Change]) -> Reversal:
        """Takes `changes` back, of this Run or of others; what was done counts as this Run's changes."""
        with _told():
            plan = reversal(self.root, self.journals.blobs, changes)
            if not plan.steps:
                return plan
            self._log.intend(plan.steps)
        with self.journals.alone():
            done = carried_out(self.root, self.journals.blobs, plan)
        self.record(done.steps)
        return done

    def roll_back(self) -> Reversal:
        """Makes the tree what it was before this Run, but for what others did to it since."""
        return self.take_back(self.changes)

    def end(self, *, rolled_back: bool = False) -> None:
        """The Run is over. Call it once; nothing can be recorded after it."""
        with _told():
            self._log.end(rolled_back=rolled_back)

    def _intended(self, write: Write) -> Change:
        name = self._name(write.path)
        before = self.journals.blobs.keep(self.root, name)
        if write.after is None:
            return Change(name, before, NOTHING)
        mode = before.mode or stat.S_IFREG
        return Change(name, before, State(self.journals.blobs.put(write.after), mode))

    def _missing(self, path: Path) -> Iterator[str]:
        for folder in path.parents:
            if folder == self.root or os.path.lexists(folder):
                return
            yield self._name(folder)

    def record(self, changes: Sequence[Change]) -> None:
        """Notes what happened, and that nothing is pending any more."""
        with _told():
            self._log.changed(changes)
        self._changes += changes

    def _before(self, text: str) -> Manifest:
        with _told():
            before = self.journals.snapshots.take()
            data = before.encoded()
            digest = sha256(data).hexdigest()
            self._log.command(text, None if digest == self._manifest else data)
            self._manifest = digest
        return before

    def _after(self, before: Manifest, since: Mapping[str, int]) -> None:
        with _told():
            after = self.journals.snapshots.take()
            found = differences(self.root, before, after, self.journals.blobs)
            if found:
                found = without(found, self.journals.changes_since(since, but=self.id))
        self.record(found)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


@contextmanager
def _told() -> Iterator[None]:
    """A refusal of the journal's disk, as a failure of tokenroi."""
    try:
        yield
    except OSError as error:
        what = f"the journal could not be kept: {error.filename or ''}: {error.strerror or error}"
        raise JournalFailed(what, "make room, or give leave to write there") from error
