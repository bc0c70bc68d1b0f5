"""What is kept of all Runs in one work tree: their logs, the contents they name, the memory of snapshots."""

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from tokenroi_cli.workspace.diff import Version, unified
from tokenroi_cli.workspace.history.blobs import Blobs
from tokenroi_cli.workspace.history.log import is_held
from tokenroi_cli.workspace.history.records import ENDED, OPEN, read
from tokenroi_cli.workspace.history.snapshot import Snapshots
from tokenroi_cli.workspace.history.states import Change, State, first_states, look
from tokenroi_cli.workspace.lock import alone
from tokenroi_cli.workspace.places import place


class Store:
    """The journals of one work tree `root`, kept in `folder` (0700). Paths come out relative to the root."""

    def __init__(self, folder: Path, root: Path, home: Path | None = None, state: Path | None = None) -> None:
        """`home`: the user's home folder, never copied; `state`: tokenroi's own, never covered."""
        self.folder = folder
        self.root = Path(os.path.realpath(root))
        self.blobs = Blobs(folder / "contents")
        self.snapshots = Snapshots(self.root, self.blobs, folder / "index.json", home, state)

    @property
    def runs(self) -> Path:
        """Where the logs are."""
        return self.folder / "runs"

    def alone(self) -> AbstractContextManager[None]:
        """No other process of ours writes in the tree during the block: no last look is too early."""
        return alone(self.folder / "write.lock")

    def lengths(self) -> dict[str, int]:
        """How far each log has been written: id -> bytes."""
        return {path.stem: _length(path) for path in self.logs()}

    def changes_since(self, lengths: Mapping[str, int], but: str) -> tuple[Change, ...]:
        """What the logs, that of the id `but` aside, have been told since they were of these lengths."""
        told = ((path, lengths.get(path.stem, 0)) for path in self.logs() if path.stem != but)
        grown = ((path, length) for path, length in told if _length(path) > length)
        return tuple(change for path, length in grown for change in read(path, length).changes)

    def logs(self) -> tuple[Path, ...]:
        """Of all Runs whose journal stands, in the order of their beginning; those at work included."""
        found = (path for path in self.runs.glob("*") if path.suffix in (OPEN, ENDED))
        return tuple(sorted(found, key=lambda path: path.stem))

    def interrupted(self) -> bool:
        """Whether a log was left open by a process that is gone."""
        return any(path.suffix == OPEN and not is_held(path) for path in self.logs())

    def size(self) -> int:
        """Bytes that all of it takes."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def patch(self, changes: Sequence[Change]) -> str:
        """Unified diff from what the files of `changes` were before them to what they are now."""
        patches = []
        for path, before in sorted(first_states(changes).items(), key=lambda entry: entry[0]):
            now = self.now(path)
            if before.same_content(now) and before.mode == now.mode:
                continue
            patches.append(unified(path, self._version(before), self._version_now(path, now)))
        return "".join(patches)

    def now(self, path: str) -> State:
        """What stands there; of a path that cannot be read, only that something does."""
        try:
            return look(self.root, path)
        except OSError:
            return State(None, stat.S_IFCHR)

    def done(self, intent: Sequence[Change]) -> tuple[Change, ...]:
        """An intent that was carried out, with the permissions that came of it."""
        standing = {change.path: change for change in self.standing(intent)}
        return tuple(standing.get(change.path, change) for change in intent)

    def standing(self, intent: Sequence[Change]) -> tuple[Change, ...]:
        """What of an intent stands there. What else stands there is somebody else's."""
        now = (Change(change.path, change.before, self.now(change.path)) for change in intent)
        return tuple(
            real
            for change, real in zip(intent, now, strict=True)
            if real.after.same_content(change.after) and real.after != change.before
        )

    def _version(self, state: State) -> Version | None:
        return None if state.digest is None else Version(self.blobs.text(state), _git_mode(state))

    def _version_now(self, path: str, state: State) -> Version | None:
        if state.digest is None:
            return None
        with place(self.root, path) as found:
            if state.is_link:
                return Version(found.target(), _git_mode(state))
            with found.open() as file:
                return Version(file.read(), _git_mode(state))


def _length(log: Path) -> int:
    """In bytes; of one that ended just now, under its new name."""
    for path in (log, log.with_suffix(ENDED)):
        with suppress(FileNotFoundError):
            return path.stat().st_size
    return 0


def _git_mode(state: State) -> str:
    return "120000" if state.is_link else "100755" if state.mode & stat.S_IXUSR else "100644"
