"""Names below a root, reached folder by folder: a link on the way is never followed, however late it came."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a folder that is held open, so that it stays the same folder whatever becomes of its path."""

    folder: int
    """Descriptor; whoever opened it closes it."""
    name: str

    def status(self) -> os.stat_result | None:
        """Of what stands there itself, links not followed; None when there is nothing."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self) -> BufferedReader:
        """A regular file for reading. OSError for anything else; a pipe is not waited for."""
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(self.name, flags, dir_fd=self.folder)
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            os.close(fd)
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), self.name)
            raise OSError(errno.EINVAL, "Not a regular file", self.name)
        return os.fdopen(fd, "rb")

    def target(self) -> bytes:
        """Where a link leads."""
        return os.fsencode(os.readlink(self.name, dir_fd=self.folder))

    def beside(self, name: str) -> "Place":
        return Place(self.folder, name)


@contextmanager
def place(root: Path, name: str) -> Iterator[Place]:
    """The place of `name`, relative to `root`. OSError when a folder on the way is missing or is a link."""
    fd = open_folder(root, name.rpartition("/")[0])
    try:
        yield Place(fd, name.rpartition("/")[2])
    finally:
        os.close(fd)


def open_folder(root: Path, name: str) -> int:
    """A descriptor of the folder `name` below `root`, "" for the root itself."""
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in name.split("/") if name else ():
            inner = os.open(part, _FOLDER, dir_fd=fd)
            os.close(fd)
            fd = inner
    except BaseException:
        os.close(fd)
        raise
    return fd
