"""What the covered part of a work tree is at one moment, so that whatever a command does to it can be undone.

Covered: files of at most LIMIT bytes, links and folders, outside of ignored folders and of git's own; ignored
single files, too. Contents are kept once; a file whose metadata did not move is not read again.
"""

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenroi_cli.workspace.atomic import STAGED, write_file
from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.history.blobs import Blobs
from tokenroi_cli.workspace.history.states import Change, State, look
from tokenroi_cli.workspace.ignore import MOST_FILES, Rules, is_ignored_folder, rules_of
from tokenroi_cli.workspace.paths import shown

_SETTLED_NS = 2_000_000_000
"""A file that was touched less than this before it was read may change again without its times showing it:
the coarsest clock of a file system counts in two seconds."""

_NAMED = 5
"""Uncovered names that are said of each kind."""

_Signature = tuple[int, int, int, int, int]
"""mtime_ns, ctime_ns, size, inode, st_mode. No program can set a ctime."""


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


@dataclass(slots=True)
class Snapshots:
    """Takes the snapshots of one work tree, and remembers between them what each file was.

    Not for two threads at once.
    """

    root: Path
    blobs: Blobs
    index: Path
    """Where the memory is kept for the next process."""
    home: Path | None = None
    """The user's home folder: neither it nor what it lies in is a project to copy."""
    state: Path | None = None
    """Where tokenroi keeps its own: to undo the ledger would be to lie about money."""
    _known: dict[str, tuple[_Signature, str]] = field(default_factory=dict)
    _loaded: bool = False

    @property
    def has_memory(self) -> bool:
        """Whether the next one need not read every file."""
        return self._loaded or self.index.exists() or self._is_home()

    def take(self) -> Manifest:
        """The tree as it is. Files that cannot be read are not covered; OSError when the store fails."""
        if self._is_home():
            return Manifest({}, Uncovered(tree="is, or holds, your home folder"))
        if not self._loaded:
            kept = self.blobs.digests()
            known = _load(self.index)
            self._known = {path: entry for path, entry in known.items() if entry[1] in kept}
            self._loaded = True
        walked = _Walk(self.root, self._spared())
        states: dict[str, State] = {}
        fresh: dict[str, tuple[_Signature, str]] = {}
        unread: list[tuple[str, str]] = []
        moved = False
        settled_before = time.time_ns() - _SETTLED_NS
        for path, status in walked.entries():
            if stat.S_ISDIR(status.st_mode):
                states[path] = State(None, status.st_mode)
                continue
            entry = self._known.get(path)
            if entry is None or entry[0] != _signature(status):
                moved = True
                entry = self._read(path, status, unread)
                if entry is None:
                    continue
            if entry[0][1] < settled_before:
                fresh[path] = entry
            states[path] = State(entry[1], entry[0][4])
        if moved or len(fresh) != len(self._known):
            self._known = fresh
            self._save()
        uncovered = Uncovered(
            ignored=tuple(walked.ignored),
            unread=tuple(walked.unread),
            files=(*walked.unfit, *unread),
            cut=walked.is_cut,
        )
        return Manifest(states, uncovered)

    def _read(
        self, path: str, status: os.stat_result, unread: list[tuple[str, str]]
    ) -> tuple[_Signature, str] | None:
        """The content kept, and the signature that it was read under."""
        full = f"{self.root}/{path}"
        try:
            if stat.S_ISLNK(status.st_mode):
                data, signature = os.fsencode(os.readlink(full)), _signature(status)  # noqa: PTH115
            else:
                data, signature = _bytes(full)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                unread.append((path, (error.strerror or str(error)).lower()))
            return None
        # Not synced one by one: only a power cut could lose them, and then their digest tells.
        return signature, self.blobs.put(data, sync=False)

    def _save(self) -> None:
        self.index.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):  # it saves time, nothing else
            write_file(self.index, json.dumps(self._known).encode(), 0o600)

    def _spared(self) -> str | None:
        real = Path(os.path.realpath(self.state)) if self.state else None
        return str(real.relative_to(self.root)) if real and real.is_relative_to(self.root) else None

    def _is_home(self) -> bool:
        real = Path(os.path.realpath(self.home)) if self.home else None
        return self.root == Path("/") or (real is not None and real.is_relative_to(self.root))


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


def _signature(status: os.stat_result) -> _Signature:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode


def _bytes(path: str) -> tuple[bytes, _Signature]:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        signature = _signature(os.fstat(fd))
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise OSError(27, "grew while it was read", path)
    return data, signature


def _load(index: Path) -> dict[str, tuple[_Signature, str]]:
    """Nothing when there is none, or when it is no index: then every file is read again."""
    try:
        said: dict[str, Any] = json.loads(index.read_bytes())
        return {path: (_five(row[0]), str(row[1])) for path, row in said.items()}
    except (OSError, ValueError, TypeError, IndexError, AttributeError):
        return {}


def indexed(index: Path) -> frozenset[str]:
    """The digests that an index names."""
    return frozenset(digest for _, digest in _load(index).values())


def _five(row: list[int]) -> _Signature:
    mtime, ctime, size, inode, mode = row
    return mtime, ctime, size, inode, mode


@dataclass(slots=True)
class _Walk:
    """One walk over the tree, nearest files first, so that a limit leaves out the deepest."""

    root: Path
    spared: str | None
    ignored: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Covered files, links and folders: path and status."""
        level: list[tuple[str, Rules]] = [("", ())]
        count = 0
        while level:
            deeper: list[tuple[str, Rules]] = []
            for folder, outer in level:
                rules = outer + rules_of(self.root, folder)
                for name, status in self._listed(folder):
                    path = folder + name
                    if name.casefold() == ".git" or path == self.spared:
                        continue  # git's own to change, be it a folder or the file that leads to one; or ours
                    if stat.S_ISDIR(status.st_mode):
                        if is_ignored_folder(path, rules):
                            self.ignored.append(f"{path}/")
                            continue
                        deeper.append((f"{path}/", rules))
                    elif not self._is_fit(path, status):
                        continue
                    elif count == MOST_FILES:
                        self.is_cut = True
                        return
                    else:
                        count += 1
                    yield path, status
            level = deeper

    def _is_fit(self, path: str, status: os.stat_result) -> bool:
        if stat.S_ISLNK(status.st_mode):
            return True
        if not stat.S_ISREG(status.st_mode):
            self.unfit.append((path, "not a regular file"))
        elif status.st_size > LIMIT:
            self.unfit.append((path, f"{status.st_size:,} bytes"))
        else:
            return not path.rpartition("/")[2].startswith(STAGED)
        return False

    def _listed(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(f"{self.root}/{folder}") as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            if not folder:
                raise
            self.unread.append(folder)
            return
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.unfit.append((folder + entry.name, (error.strerror or str(error)).lower()))
            else:
                yield entry.name, status
