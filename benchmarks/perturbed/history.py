"""Changes of text files out of git histories, read with plumbing only, in an order that a seed decides."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from random import Random

COMMITS = 4_000
"""Read of each repository, the newest first."""
PER_PATH = 6
"""Changes kept of one path: a change log would fill the pool otherwise."""
LARGEST = 200_000
"""Bytes of a file."""
WIDEST = 1_000
"""Signs of a line; minified files have wider ones."""
LONGEST_DIFF = 1_500
"""Lines between the first and the last difference; beyond that a line diff takes seconds."""
_FOREIGN = "\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff"
"""Kept out of the pool: the classes that mean these put them in themselves."""

Region = tuple[int, int, int, int]
"""Lines [i1, i2) of the file before stand for lines [j1, j2) of the file after."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after one commit, its lines without their ends; every line of both ends in a LF."""

    repository: str
    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    regions: tuple[Region, ...]
    mates: tuple["Change", ...] = ()
    """Other files of the same repository."""

    @property
    def suffix(self) -> str:
        path = PurePosixPath(self.path)
        return path.suffix.lower() or path.name.lower()


def pool(git_dirs: Sequence[Path], size: int, seed: int) -> list[Change]:
    """Up to `size` changes: the repositories in turn, and the file types of each in turn."""
    taken = list(_in_turn([_changes(git_dir, seed) for git_dir in git_dirs], size))
    return [replace(change, mates=_mates(taken, at)) for at, change in enumerate(taken)]


def _mates(changes: list[Change], at: int) -> tuple[Change, ...]:
    mine = changes[at]
    found = {mine.path: mine}
    for other in changes[at + 1 : at + 200]:
        if other.repository == mine.repository and not _clash(other.path, found):
            found[other.path] = other
        if len(found) == 4:
            break
    return tuple(found.values())[1:]


def _clash(path: str, taken: dict[str, Change]) -> bool:
    """Whether the two cannot stand in one tree on any file system: in old history, a file became a folder."""
    one = path.casefold()
    others = [other.casefold() for other in taken]
    return any(one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/") for other in others)


def _in_turn(streams: list[Iterator[Change]], size: int) -> Iterator[Change]:
    while streams and size > 0:
        for stream in list(streams):
            change = next(stream, None)
            if change is None:
                streams.remove(stream)
            elif size > 0:
                size -= 1
                yield change


def _changes(git_dir: Path, seed: int) -> Iterator[Change]:
    name = git_dir.resolve().parent.name if git_dir.name in ("repo", ".git") else git_dir.resolve().name
    listed = _listed(git_dir)
    Random(f"{seed}/{name}").shuffle(listed)
    of_path: Counter[str] = Counter()
    by_type: dict[str, list[tuple[str, str, str]]] = {}
    for before, after, path in listed:
        of_path[path] += 1
        if of_path[path] <= PER_PATH:
            by_type.setdefault(PurePosixPath(path).suffix.lower(), []).append((before, after, path))
    with _Blobs(git_dir) as blobs:
        while by_type:
            for kind in sorted(by_type):
                change = _change(blobs, name, *by_type[kind].pop())
                if change is not None:
                    yield change
            by_type = {kind: left for kind, left in by_type.items() if left}


def _git(git_dir: Path, *arguments: str) -> list[str]:
    return ["git", "-C", str(git_dir), "-c", "core.quotePath=false", *arguments]


def _listed(git_dir: Path) -> list[tuple[str, str, str]]:
    """(blob before, blob after, path) of every modified regular file, each pair once."""
    wanted = ("--no-merges", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=M", "--format=")
    command = _git(git_dir, "log", "--all", f"--max-count={COMMITS}", *wanted)
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    found: dict[tuple[str, str, str], None] = {}
    for line in said.splitlines():
        about, _, path = line.partition("\t")
        modes = about.split(" ")
        regular = len(modes) == 5 and modes[0].startswith(":100") and modes[1].startswith("100")
        if regular and not path.startswith('"') and "\ufffd" not in path:
            found[modes[2], modes[3], path] = None
    return list(found)


class _Blobs:
    """The contents of a repository's blobs; what a partial snapshot lacks is None and never fetched."""

    def __init__(self, git_dir: Path) -> None:
        environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
        command = _git(git_dir, "cat-file", "--batch")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
        )

    def __enter__(self) -> "_Blobs":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def read(self, name: str) -> bytes | None:
        if self._process.stdin is None or self._process.stdout is None:
            return None
        self._process.stdin.write(f"{name}\n".encode())
        self._process.stdin.flush()
        header = self._process.stdout.readline().split()
        if len(header) != 3:
            return None
        content = self._process.stdout.read(int(header[2]))
        self._process.stdout.read(1)
        return content


def _change(blobs: _Blobs, repository: str, before: str, after: str, path: str) -> Change | None:
    texts = [_lines(blobs.read(name)) for name in (before, after)]
    if texts[0] is None or texts[1] is None:
        return None
    regions = _regions(texts[0], texts[1])
    return Change(repository, path, texts[0], texts[1], regions) if regions else None


def _lines(content: bytes | None) -> tuple[str, ...] | None:
    """None for what is not plain text: binary, huge, without a last line end, or with foreign ones."""
    if not content or len(content) > LARGEST or not content.endswith(b"\n"):
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(sign in text for sign in _FOREIGN):
        return None
    lines = tuple(text.split("\n")[:-1])
    return lines if max(map(len, lines)) <= WIDEST else None


def _regions(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Region, ...]:
    """What a line diff calls changed; () when it is too long to be worth the time."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(left), len(right)) > LONGEST_DIFF:
        return ()
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return tuple((a + head, b + head, c + head, d + head) for tag, a, b, c, d in codes if tag != "equal")
