"""The user's tree: which files it has, and what stands in them. Nothing outside of it can be named."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tokenroi_cli.workspace.content import FileRefused, is_binary, open_regular, read_bytes
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.ignore import globbed, is_excluded, walk
from tokenroi_cli.workspace.paths import PathRefused, confined, shown

MAX_LINES = 2_000
MAX_CHARS = 60_000
"""What one read gives at most: whichever is reached first."""

NOT_UTF8 = "not UTF-8: what cannot be decoded is shown as \ufffd; it cannot be edited"

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Lines of a file as a model reads them: LF line ends, no byte order mark."""

    text: str
    first: int
    """1-based."""
    last: int
    """Inclusive; one below `first` when there is no line."""
    total_lines: int
    cut: bool
    """True when the limits of one read ended it before the last line asked for."""
    note: str = ""
    """What the text does not say itself, such as that it is not UTF-8."""


class Tree:
    """The files below one folder. Paths go in and come out relative to it, with forward slashes."""

    def __init__(self, root: Path, git: Git | None) -> None:
        self.root = Path(os.path.realpath(root))
        self._git = git.at(self.root) if git is not None else None

    def resolve(self, path: str) -> Path:
        """The real place of `path`. Raises PathRefused when that is not inside the tree, or is git's."""
        return confined(self.root, path)

    def read(self, path: str, first: int | None = None, last: int | None = None) -> FileSlice:
        """Lines `first` to `last`, 1-based and inclusive. Raises PathRefused or FileRefused."""
        name = shown(path)
        data = read_bytes(self.resolve(path), name)
        if is_binary(data):
            raise FileRefused(f"{name}: binary, {len(data):,} bytes")
        text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        return _slice(text, (first, last), name, "" if _is_utf8(data) else NOT_UTF8)

    def paths(self, glob: str | None = None) -> tuple[str, ...]:
        """Every file and link that is there and not ignored, sorted; `glob` as in a .gitignore line."""
        wanted = globbed(glob) if glob is not None else None
        listed = self._git.files() if self._git is not None else walk(self.root)
        return tuple(
            sorted(path for path in listed if (wanted is None or wanted(path)) and self._is_listed(path))
        )

    def is_ignored(self, path: str) -> bool:
        """Whether git would ignore it. A path that the tree refuses is not ignored: it is nowhere."""
        try:
            self.resolve(path)
        except PathRefused:
            return False
        plain = os.path.normpath(path)
        if self._git is not None:
            return plain in self._git.ignored([plain])
        return is_excluded(self.root, plain)

    def unignored(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of the paths, plain and relative, that git would not ignore."""
        if self._git is not None:
            ignored = self._git.ignored(paths)
            return tuple(path for path in paths if path not in ignored)
        return tuple(path for path in paths if not is_excluded(self.root, path))

    def exists(self, path: str) -> bool:
        """Whether something is there; never for a path that the tree refuses."""
        try:
            return self.resolve(path).exists()
        except (PathRefused, OSError):
            return False

    def sha256(self, path: str) -> str | None:
        """`sha256:<hex>` with CRLF read as LF in a text file; None when there is no such file."""
        real = self.resolve(path)
        if not os.path.lexists(real):
            return None
        digest = sha256()
        with open_regular(real, shown(path)) as file:
            for chunk in _normal(file):
                digest.update(chunk)
        return f"sha256:{digest.hexdigest()}"

    def _is_listed(self, path: str) -> bool:
        """Still there, and not a submodule, a repository inside this one, or a pipe."""
        try:
            mode = os.lstat(f"{self.root}/{path}").st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _slice(text: str, asked: tuple[int | None, int | None], name: str, note: str) -> FileSlice:
    lines = text.removesuffix("\n").split("\n") if text else []
    first = max(asked[0] or 1, 1)
    wanted = len(lines) if asked[1] is None else min(asked[1], len(lines))
    if first > (wanted if lines else 1):
        raise FileRefused(f"{name}: no lines {first:,} to {asked[1] or 'the end'}; it has {len(lines):,}")
    taken = _fitting(lines[first - 1 : wanted])
    last = first - 1 + len(taken)
    body = "\n".join(taken)
    cut = last < wanted or len(body) > MAX_CHARS
    closed = "\n" if taken and (last < len(lines) or text.endswith("\n")) else ""
    return FileSlice(body[:MAX_CHARS] + closed, first, last, len(lines), cut, note)


def _fitting(lines: list[str]) -> list[str]:
    """As many of the lines as one read gives, and at least one of them."""
    room = MAX_CHARS
    for count, line in enumerate(lines[:MAX_LINES]):
        room -= len(line) + 1
        if room < 0:
            return lines[: max(count, 1)]
    return lines[:MAX_LINES]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _normal(file: BinaryIO) -> Iterator[bytes]:
    """The file in chunks, CRLF as LF unless there is a NUL at its start."""
    chunk = file.read(_CHUNK)
    is_text = not is_binary(chunk)
    held = b""
    while chunk:
        if is_text:
            whole = held + chunk
            held = b"\r" if whole.endswith(b"\r") else b""  # a CRLF may be split between two chunks
            chunk = whole.removesuffix(b"\r").replace(b"\r\n", b"\n")
        yield chunk
        chunk = file.read(_CHUNK)
    yield held
