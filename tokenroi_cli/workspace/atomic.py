"""Several files written or none: everything is staged beside its target first, then moved into place."""

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Write:
    """What a file held, and what it shall hold. None: there is no file."""

    path: Path
    before: bytes | None
    after: bytes | None


def write_all(writes: list[Write]) -> None:
    """Carries all of them out, or puts back what was done and raises an OSError that names the file.

    Every file is replaced whole, by a rename; mode, owner and extended attributes stay. Missing folders are
    made.
    """
    with ExitStack() as undo:
        staged = []
        for write in writes:
            with _named(write.path):
                staged.append(None if write.after is None else _stage(write.path, write.after, undo))
        for write, new in zip(writes, staged, strict=True):
            with _named(write.path):
                _move(write, new, undo)
        for folder in {write.path.parent for write in writes}:
            _sync(folder)
        undo.pop_all()


def write_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replaces a file, or creates it with `mode`; whoever looks sees the old bytes or the new ones."""
    with ExitStack() as undo:
        new = _stage(path, data, undo, mode)
        new.replace(path)
        undo.pop_all()
    _sync(path.parent)


def _stage(path: Path, data: bytes, undo: ExitStack, mode: int = 0o666) -> Path:
    """A synced file beside `path` with the new bytes and the old file's attributes."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir()
        undo.callback(folder.rmdir)
    temp = path.with_name(f".tokenroi-tmp-{os.getpid()}-{secrets.token_hex(4)}")
    undo.callback(temp.unlink, missing_ok=True)
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        if path.exists():
            _copy_attributes(path, temp)
        file.flush()
        os.fsync(fd)
    return temp


def _copy_attributes(path: Path, temp: Path) -> None:
    status = path.stat()
    with suppress(PermissionError):  # another owner's file in a folder of ours becomes ours
        os.chown(temp, status.st_uid, status.st_gid)
    shutil.copystat(path, temp)
    os.utime(temp)


def _move(write: Write, new: Path | None, undo: ExitStack) -> None:
    mode = None if write.before is None else write.path.stat().st_mode
    if new is None:
        write.path.unlink()
    else:
        new.replace(write.path)
    undo.callback(_put_back, write, mode)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error names this file, not the temporary one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _put_back(write: Write, mode: int | None) -> None:
    if write.before is None or mode is None:
        write.path.unlink(missing_ok=True)
    else:
        write_file(write.path, write.before)
        write.path.chmod(stat.S_IMODE(mode))
