"""What the files of a Run were before it touched them, so that every byte can come back. Never asks git."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.atomic import write_file
from tokenroi_cli.workspace.content import FileRefused, open_regular
from tokenroi_cli.workspace.diff import Version, unified
from tokenroi_cli.workspace.paths import shown


@dataclass(frozen=True, slots=True)
class _State:
    """What stood at a path: a file or a link, known by its digest, or nothing."""

    digest: str | None = None
    """SHA-256 of the bytes (of a link: of its target); None when there was nothing."""
    mode: int = 0
    """st_mode, kind included."""

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)


@dataclass(frozen=True, slots=True)
class Restored:
    """What `Journal.restore` did."""

    paths: tuple[str, ...]
    """Every path that is different now from before the restoring."""
    overwritten: tuple[str, ...]
    """Those of them that somebody had changed after we wrote them; that version is in the journal, too."""


class Journal:
    """Pre-images of the files of one Run below `root`, kept in `dir`, which is for this Run alone (0700).

    A file's bytes and the note of it are on disk before `keep` returns: what comes after may crash anywhere.
    Paths are absolute going in, and relative to `root` coming out.
    """

    def __init__(self, dir: Path, root: Path) -> None:
        self._dir = dir
        self._root = Path(os.path.realpath(root))
        self._before: dict[str, _State] = {}
        self._folders: set[str] = set()
        self._written: dict[str, _State] = {}
        for fact in _facts(self._log):
            self._learn(fact)

    def keep(self, path: Path) -> None:
        """Keeps what `path` is now, once: call it before the first change. A folder raises FileRefused."""
        name = self._name(path)
        if name in self._before:
            return
        missing = [self._name(folder) for folder in path.parents if not folder.exists()]
        state = self._stored_now(name)
        if state.digest is None and state.mode:
            raise FileRefused(f"{shown(name)}: neither a file nor a link")
        self._note({"kept": name, "folders": missing, "digest": state.digest, "mode": state.mode})

    def wrote(self, path: Path) -> None:
        """Notes that what stands at `path` now is our doing."""
        name = self._name(path)
        state = self._stored_now(name)
        self._note({"wrote": name, "digest": state.digest, "mode": state.mode})

    def changed(self) -> tuple[str, ...]:
        """Kept paths that are not what they were, sorted."""
        return tuple(
            sorted(name for name, before in self._before.items() if _look(self._root / name)[0] != before)
        )

    def restore(self) -> Restored:
        """Makes every kept path what it was, modes included. What stands there now is kept first.

        Restores what it can; then raises TokenroiError naming what it could not.
        """
        changed = self.changed()
        foreign = tuple(name for name in changed if self._is_foreign(name))
        failed = []
        for name in changed:
            try:
                self._stored_now(name)
                self._put(name, self._before[name])
            except (OSError, FileRefused) as error:
                failed.append(f"{shown(name)}: {error.strerror if isinstance(error, OSError) else error}")
        self._drop_folders()
        if failed:
            what = f"could not restore {'; '.join(failed)}"
            raise TokenroiError(what, f"their former content is in {self._dir}", reason="restore_failed")
        return Restored(changed, foreign)

    def patch(self) -> str:
        """Unified diff from what the kept paths were to what they are."""
        patches = []
        for name in self.changed():
            state, data = _look(self._root / name)
            before = self._before[name]
            patches.append(unified(name, _version(before, self._stored(before)), _version(state, data)))
        return "".join(patches)

    @property
    def _log(self) -> Path:
        return self._dir / "journal.jsonl"

    def _name(self, path: Path) -> str:
        """Relative to the root; a link at the end of the path is itself meant."""
        return str((Path(os.path.realpath(path.parent)) / path.name).relative_to(self._root))

    def _is_foreign(self, name: str) -> bool:
        return name in self._written and _look(self._root / name)[0] != self._written[name]

    def _stored_now(self, name: str) -> _State:
        """What stands there, its bytes kept."""
        state, data = _look(self._root / name)
        if state.digest is not None and not (self._dir / state.digest).exists():
            self._dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self._dir / state.digest, data, 0o600)
        return state

    def _stored(self, state: _State) -> bytes:
        if state.digest is None:
            return b""
        data = (self._dir / state.digest).read_bytes()
        if sha256(data).hexdigest() != state.digest:
            raise FileRefused("its kept content was damaged")
        return data

    def _put(self, name: str, state: _State) -> None:
        """Writes a kept state back, never through a link that now stands in its way."""
        path = self._root / name
        if os.path.realpath(path.parent) != str(path.parent):
            raise FileRefused("its folder is a link now")
        if state.digest is None:
            path.unlink()
            return
        data = self._stored(state)
        if path.is_symlink() or state.is_link:
            path.unlink(missing_ok=True)
        if state.is_link:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(os.fsdecode(data))
            return
        write_file(path, data)
        path.chmod(stat.S_IMODE(state.mode))

    def _drop_folders(self) -> None:
        """Removes folders that came with new files, innermost first, as far as they are empty."""
        for folder in sorted(self._folders, key=len, reverse=True):
            with suppress(OSError):
                (self._root / folder).rmdir()

    def _note(self, fact: dict[str, object]) -> None:
        self._dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "ab") as log:
            # The line feed in front ends a line that a crash has torn.
            log.write(f"\n{json.dumps(fact)}\n".encode())
            log.flush()
            os.fsync(fd)
        self._learn(fact)

    def _learn(self, fact: dict[str, Any]) -> None:
        state = _State(fact["digest"], fact["mode"])
        if "kept" in fact:
            self._before[fact["kept"]] = state
            self._folders.update(fact["folders"])
        else:
            self._written[fact["wrote"]] = state


def _facts(log: Path) -> Iterator[dict[str, Any]]:
    """The notes of a log; one that a crash has torn was of a change that never began."""
    lines = log.read_bytes().split(b"\n") if log.exists() else []
    for line in lines:
        with suppress(json.JSONDecodeError, UnicodeDecodeError):
            yield json.loads(line)


def _look(path: Path) -> tuple[_State, bytes]:
    """What stands at a path, and its bytes; a folder or a device is known by its mode alone."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return _State(), b""
    if stat.S_ISLNK(mode):
        data = os.fsencode(path.readlink())
    elif stat.S_ISREG(mode):
        with open_regular(path, shown(str(path))) as file:
            data = file.read()
    else:
        return _State(None, mode), b""
    return _State(sha256(data).hexdigest(), mode), data


def _version(state: _State, data: bytes) -> Version | None:
    if state.digest is None:
        return None
    return Version(data, "120000" if state.is_link else "100755" if state.mode & stat.S_IXUSR else "100644")
