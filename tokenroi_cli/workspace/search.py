"""Finds lines of the tree by regular expression, within a time that no pattern can exceed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.environment import child_environment
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.grep import Job
from tokenroi_cli.workspace.output import clean
from tokenroi_cli.workspace.paths import shown

WIDTH = 200
"""Characters of a line that are shown."""

SECONDS = 10.0

_GREP = Path(__file__).with_name("grep.py")


@dataclass(frozen=True, slots=True)
class Match:
    path: str
    line: int
    """1-based."""
    text: str
    """The line, or the part of it around the match; without control characters."""

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Matching lines, in the order of their paths."""

    matches: tuple[Match, ...]
    note: str = ""
    """Why there may be more; empty when this is all."""

    @property
    def text(self) -> str:
        """One line `path:line: text` a match, and the note."""
        return "\n".join([*map(str, self.matches), *filter(None, [self.note])])


def search(
    tree: Tree, pattern: str, glob: str | None = None, limit: int = 100, *, seconds: float = SECONDS
) -> SearchResult:
    """Lines that match the Python regular expression `pattern`, at most `limit`; `glob` as in `Tree.paths`.

    Ignored and binary files, links and files over content.LIMIT are passed over. Raises UsageError when the
    pattern or the glob is none. After `seconds`, what was found by then is the result, and it says so.
    """
    job: Job = {
        "root": str(tree.root),
        "pattern": pattern,
        "paths": list(tree.paths(glob)),
        "limit": limit,
        "width": WIDTH,
        "size": LIMIT,
    }
    out, note = _run(json.dumps(job), seconds)
    facts = [json.loads(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]
    if facts and isinstance(facts[0], dict):
        raise UsageError(
            f"{shown(pattern)}: {facts[0]['error']}",
            "write a Python regular expression; escape ( [ { * . + ?",
        )
    matches = tuple(Match(path, line, clean(text)) for path, line, text in facts[:limit])
    if len(facts) > limit:
        note = f"[the first {limit} matches; narrow the pattern or the glob for the others]"
    return SearchResult(matches, note)


def _run(job: str, seconds: float) -> tuple[str, str]:
    """What the search wrote, and why it is not all of it."""
    command = [sys.executable, "-I", "-S", str(_GREP)]
    try:
        done = subprocess.run(
            command,
            input=job.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(os.environ),
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as expired:
        note = f"[stopped after {seconds:g} s: the pattern is too slow or the tree too large; narrow either]"
        return (expired.stdout or b"").decode(), note
    note = "" if done.returncode == 0 else "[the search ended early; simplify the pattern]"
    return done.stdout.decode(), note
