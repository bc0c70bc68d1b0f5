"""Several files written or none: everything is staged beside its target first, then moved into place."""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli.workspace.places import Place, open_folder

STAGED = ".tokenroi-tmp-"
"""How the names of staged files begin; the process id follows."""


@dataclass(frozen=True, slots=True)
class Write:
    """What a file held, and what it shall hold. None: there is no file."""

    path: Path
    before: bytes | None
    after: bytes | None


class Torn(Exception):
    """Writing failed, and so did taking back what had been written: the disk is worse than full."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__(", ".join(map(str, paths)))
        self.paths = tuple(paths)


def write_all(root: Path, writes: Sequence[Write], done: Callable[[], None] = lambda: None) -> None:
    """Carries all of them out, or puts back what was done and raises an OSError that names the file.

    Raises Torn, from that error, when something could not be put back.

    `root` and the paths below it are real. Every file is replaced whole, by a rename; mode, owner and
    extended attributes stay. Missing folders are made. A file that is not what `before` says any more, at the
    moment of its rename, ends it all; so does `done` when it raises, called once everything is in place.
    """
    torn: list[Path] = []
    try:
        with ExitStack() as held, ExitStack() as undo:
            folders = _Folders(root, held, undo)
            moves = []
            for write in writes:
                with _named(write.path):
                    place = folders.place(write.path, make=write.before is None)
                    staged = None if write.after is None else stage(place, write.after, undo)
                    moves.append(_Move(write, place, staged, torn))
            for move in moves:
                with _named(move.write.path):
                    move.carry_out(undo)
            folders.sync()
            done()
            undo.pop_all()
    except BaseException as error:
        if torn:
            raise Torn(torn) from error
        raise


def write_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replaces a file, or creates it with `mode`; whoever looks sees the old bytes or the new ones."""
    with _named(path), ExitStack() as held, ExitStack() as undo:
        folders = _Folders(path.parent, held, undo)
        place = folders.place(path, make=False)
        replace(stage(place, data, undo, mode=mode), place)
        folders.sync()
        undo.pop_all()


@dataclass(slots=True)
class _Folders:
    """Every folder that is written in, opened once and held."""

    root: Path
    held: ExitStack
    undo: ExitStack
    opened: dict[str, int] = field(default_factory=dict)

    def place(self, path: Path, *, make: bool) -> Place:
        """`make`: folders that are missing; for a file that is there, none is, unless it has just gone."""
        name = path.relative_to(self.root).as_posix()
        return Place(self._open(name.rpartition("/")[0], make=make), path.name)

    def sync(self) -> None:
        for folder in self.opened.values():
            os.fsync(folder)

    def _open(self, name: str, *, make: bool) -> int:
        if name not in self.opened:
            if name and make:
                outer, _, last = name.rpartition("/")
                self._make(Place(self._open(outer, make=True), last))
            fd = open_folder(self.root, name)
            self.held.callback(os.close, fd)
            self.opened[name] = fd
        return self.opened[name]

    def _make(self, place: Place) -> None:
        if place.status() is None:
            os.mkdir(place.name, dir_fd=place.folder)
            self.undo.callback(_drop_folder, place)


def stage(place: Place, data: bytes, undo: ExitStack, *, mode: int = 0o666, keep: bool = True) -> Place:
    """A synced file beside `place` with the new bytes; `undo` removes it unless it has been moved.

    `keep`: with owner, mode and attributes of the file that stands at `place`, when there is one; `mode` is
    for a new file, as far as the umask leaves it.
    """
    temp = place.beside(f"{STAGED}{os.getpid()}-{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(temp.name, flags, mode, dir_fd=temp.folder)
    undo.callback(_drop, temp)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        found = place.status() if keep else None
        if found is not None and stat.S_ISREG(found.st_mode):
            _copy_attributes(place, found, fd)
        os.fsync(fd)
    return temp


def replace(staged: Place, place: Place) -> None:
    """Moves a staged file onto its name."""
    os.replace(staged.name, place.name, src_dir_fd=staged.folder, dst_dir_fd=place.folder)


def _copy_attributes(place: Place, found: os.stat_result, fd: int) -> None:
    with suppress(PermissionError):  # another owner's file in a folder of ours becomes ours
        os.fchown(fd, found.st_uid, found.st_gid)
    os.fchmod(fd, stat.S_IMODE(found.st_mode))
    if not hasattr(os, "listxattr"):
        return
    with place.open() as source:
        for name in _attributes(source.fileno()):
            with suppress(OSError):  # some are the system's to set, such as its security labels
                os.setxattr(fd, name, os.getxattr(source.fileno(), name))


def _attributes(fd: int) -> list[str]:
    try:
        return os.listxattr(fd)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EOPNOTSUPP):
            return []
        raise


@dataclass(frozen=True, slots=True)
class _Move:
    """One write with what is staged for it, on its way to its place and back."""

    write: Write
    place: Place
    staged: Place | None
    torn: list[Path]

    def carry_out(self, undo: ExitStack) -> None:
        """The last look and the change itself stand as near to each other as the system allows."""
        if _content(self.place) != self.write.before:
            raise OSError(errno.ESTALE, "it was changed meanwhile; read it again")
        mode = None if (found := self.place.status()) is None else stat.S_IMODE(found.st_mode)
        undo.callback(self._put_back, mode)
        if self.staged is None:
            os.unlink(self.place.name, dir_fd=self.place.folder)
        elif self.write.before is None:
            _create(self.staged, self.place)
        else:
            replace(self.staged, self.place)

    def _put_back(self, mode: int | None) -> None:
        """Only what is our doing: a file that the change never reached is left alone."""
        try:
            if _content(self.place) == self.write.after:
                _restore(self.place, self.write.before, mode)
        except OSError:
            self.torn.append(self.write.path)


def _create(staged: Place, place: Place) -> None:
    """Like a rename, but never onto a file that has just come into being, where the file system can link."""
    try:
        os.link(staged.name, place.name, src_dir_fd=staged.folder, dst_dir_fd=place.folder)
    except PermissionError:
        replace(staged, place)
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        replace(staged, place)
    else:
        os.unlink(staged.name, dir_fd=staged.folder)


def _content(place: Place) -> bytes | None:
    try:
        with place.open() as file:
            return file.read()
    except FileNotFoundError:
        return None


def _restore(place: Place, before: bytes | None, mode: int | None) -> None:
    if before is None:
        os.unlink(place.name, dir_fd=place.folder)
        return
    with ExitStack() as undo:
        staged = stage(place, before, undo)
        if mode is not None:
            os.chmod(staged.name, mode, dir_fd=staged.folder)
        replace(staged, place)
        undo.pop_all()


def _drop(temp: Place) -> None:
    with suppress(FileNotFoundError):
        os.unlink(temp.name, dir_fd=temp.folder)


def _drop_folder(place: Place) -> None:
    """Somebody else's file in a folder that we made keeps it."""
    with suppress(OSError):
        os.rmdir(place.name, dir_fd=place.folder)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error names this file, not the temporary one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
