"""Looks for a pattern in files, in a process of its own that can be killed: some patterns never end.

A script run by path, standard library only. Reads a Job as JSON from its standard input; writes a JSON line
`[path, line, text]` per match, one more than `limit` at most, or `{"error": ...}` when the pattern is none.
"""

import json
import os
import re
import resource
import stat
import sys
from collections.abc import Iterator
from functools import cache
from typing import TypedDict

CPU_SECONDS = 20
"""So that it ends even when whoever started it was killed."""


class Job(TypedDict):
    root: str
    pattern: str
    paths: list[str]
    limit: int
    width: int
    """Characters of a line that are shown."""
    size: int
    """Bytes: a larger file is passed over."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    job: Job = json.load(sys.stdin)
    try:
        pattern = re.compile(job["pattern"])
    except (re.error, OverflowError, RecursionError) as error:
        _tell({"error": str(error)})
        return
    left = job["limit"] + 1
    for path in job["paths"]:
        for number, text in _matches(pattern, _lines(job, path), job["width"]):
            _tell([path, number, text])
            left -= 1
            if not left:
                return


def _matches(pattern: re.Pattern[str], lines: list[str], width: int) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        match = pattern.search(line)
        if match:
            yield number, _around(line, match.start(), width)


def _around(line: str, start: int, width: int) -> str:
    """The line, or when it is too long the part of it that holds the match."""
    if len(line) <= width:
        return line
    first = max(0, min(start - width // 4, len(line) - width))
    return "…" * (first > 0) + line[first : first + width] + "…" * (first + width < len(line))


def _lines(job: Job, path: str) -> list[str]:
    """None of what is no text file of a sensible size: links are not followed, pipes not waited for."""
    full = f"{job['root']}/{path}"
    try:
        if not _is_real(os.path.dirname(full)):  # noqa: PTH120 - light start
            return []
        fd = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return []
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_size > job["size"]:
            return []
        data = file.read()
    if b"\0" in data[:8192]:
        return []
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n")


@cache
def _is_real(folder: str) -> bool:
    return os.path.realpath(folder) == folder


def _tell(fact: object) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
