"""What stands at a path: known by the digest of its bytes and its mode, so that two times can be compared."""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from tokenroi_cli.workspace.places import Place, place


@dataclass(frozen=True, slots=True)
class State:
    """A file, a link or a folder at one time; the default is nothing at all."""

    digest: str | None = None
    """SHA-256 in hex of a file's bytes or of a link's target; None for a folder, a pipe, nothing."""
    mode: int = 0
    """st_mode, kind included; 0 when there is nothing."""

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_nothing(self) -> bool:
        return not self.mode

    def same_content(self, other: "State") -> bool:
        """Equal but for permissions."""
        return (self.digest, stat.S_IFMT(self.mode)) == (other.digest, stat.S_IFMT(other.mode))


NOTHING = State()


@dataclass(frozen=True, slots=True)
class Change:
    """What one path was before something happened, and after it."""

    path: str
    """Relative to the root, forward slashes."""
    before: State
    after: State


def look(root: Path, name: str) -> State:
    """What stands at `name` below `root` now. OSError when it cannot be read.

    Nothing does where a folder on the way is missing, is a file, or is a link: what is behind a link stands
    somewhere else.
    """
    try:
        with place(root, name) as found:
            return look_at(found)
    except (FileNotFoundError, NotADirectoryError):
        return NOTHING
    except OSError as error:
        if error.errno == errno.ELOOP:
            return NOTHING
        raise


def look_at(found: Place) -> State:
    """The state of a place; a file of any size is hashed in pieces."""
    status = found.status()
    if status is None:
        return NOTHING
    if stat.S_ISLNK(status.st_mode):
        return State(sha256(found.target()).hexdigest(), status.st_mode)
    if stat.S_ISREG(status.st_mode):
        with found.open() as file:
            return State(file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_mode)
    return State(None, status.st_mode)


def first_states(changes: Sequence[Change]) -> dict[str, State]:
    """What each path was before all of the changes."""
    states: dict[str, State] = {}
    for change in changes:
        states.setdefault(change.path, change.before)
    return states


def without(found: Sequence[Change], others: Sequence[Change]) -> tuple[Change, ...]:
    """`found` less what others are known to have done meanwhile."""
    kept = list[Change]()
    for change in found:
        after = change.after
        for other in reversed(others):
            if other.path == change.path and other.after == after:
                after = other.before
        if after != change.before:
            kept.append(Change(change.path, change.before, after))
    return tuple(kept)
