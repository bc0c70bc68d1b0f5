"""A file's bytes, read without ever hanging on what is no regular file, and its text when it is text."""

import os
import stat
from io import BufferedReader
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError

LIMIT = 5_000_000
"""Bytes: a larger file is neither shown nor edited as text."""

SNIFFED = 8192
"""Bytes: a NUL among the first ones marks a file as binary, as git does it."""


class FileRefused(TokenroiError):
    """The file cannot be used as asked: missing, no regular file, too large, binary, no UTF-8."""

    reason = "file_refused"


def read_bytes(path: Path, name: str) -> bytes:
    """The bytes of a regular file of at most LIMIT bytes. `name` is what the refusal calls it."""
    with open_regular(path, name) as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        size = f"{path.stat().st_size:,}"
        raise FileRefused(
            f"{name}: too large ({size} bytes; the limit is {LIMIT:,})", "search it, or run a command"
        )
    return data


def open_regular(path: Path, name: str) -> BufferedReader:
    """Opens for reading in binary; a pipe, a device, a folder or a link is refused, not waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError as error:
        raise FileRefused(f"{name}: no such file", "list the files to find its name") from error
    except OSError as error:
        raise FileRefused(f"{name}: {error.strerror}") from error
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        raise FileRefused(f"{name}: {'a folder' if stat.S_ISDIR(mode) else 'not a regular file'}")
    return os.fdopen(fd, "rb")


def is_binary(data: bytes) -> bool:
    return b"\0" in data[:SNIFFED]
