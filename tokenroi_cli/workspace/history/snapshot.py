"""What the covered part of a work tree is at one moment, so that whatever a command does to it can be undone.

Covered: files of at most LIMIT bytes, links and folders, outside of ignored folders and of git's own; ignored
single files, too. Contents are kept once; a file whose metadata did not move is not read again.
"""

import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenroi_cli.workspace.atomic import write_file
from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.history.blobs import Blobs
from tokenroi_cli.workspace.history.manifest import Manifest, Uncovered
from tokenroi_cli.workspace.history.states import State
from tokenroi_cli.workspace.history.walk import Walk
from tokenroi_cli.workspace.places import place

_SETTLED_NS = 2_000_000_000
"""A file that was touched less than this before it was read may change again without its times showing it:
the coarsest clock of a file system counts in two seconds."""

_Signature = tuple[int, int, int, int, int]
"""mtime_ns, ctime_ns, size, inode, st_mode. No program can set a ctime."""


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
        walked = Walk(self.root, self._spared())
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
        try:
            if stat.S_ISLNK(status.st_mode):
                with place(self.root, path) as link:
                    data, signature = link.target(), _signature(status)
            else:
                data, signature = _bytes(f"{self.root}/{path}")
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
