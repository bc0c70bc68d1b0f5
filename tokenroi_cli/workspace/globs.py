"""Globs as in a .gitignore line, matched in a time that neither a model nor a repository can blow up.

pathspec writes a glob as a regular expression in which every `*` may try every length against every other. A
wildcard that another one follows need never be tried again: the shortest stretch that fits leaves the next
one the most room. Those become atomic groups, as in the standard library's fnmatch.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_STAR = "[^/]*"
_ONE = "[^/]"
_FOLDERS = "(?:/.+)?"
"""`/**`: any number of folders."""

_ANYWHERE = "^(?:.+/)?"
"""`**/` in front."""


def compiled(lines: Iterable[str]) -> "GitIgnoreSpec":
    """The rules of these lines. Raises ValueError for a line that is no glob."""
    from pathspec import GitIgnoreSpec

    # Another backend than pathspec's own would be given an expression that it cannot read.
    return GitIgnoreSpec.from_lines(lines, _pattern(), backend="simple")


def bounded(regex: str) -> str:
    """pathspec's expression of a glob, matching the same paths, without the steps back that lead nowhere."""
    *parts, last = regex.split(_FOLDERS)
    if not parts:
        return _segments(last)
    first, *middle = (_segments(part) for part in parts)
    if first.startswith(_ANYWHERE):
        first = f"^(?:.+?/)??{first.removeprefix(_ANYWHERE)}"
    atoms = [f"(?>(?:/.+?)??{part}(?=/))" for part in middle]
    return "".join([f"(?>{first}(?=/))", *atoms, _FOLDERS, _segments(last)])


def _segments(regex: str) -> str:
    """Each `*` that another one follows in the same name takes the first stretch that fits, for good."""
    before, *pieces = regex.split(_STAR)
    written = [before]
    for number, piece in enumerate(pieces, 1):
        is_followed = number < len(pieces) and "/" not in piece.replace(_ONE, "")
        written.append(f"(?>{_STAR}?{piece})" if is_followed else _STAR + piece)
    return "".join(written)


@lru_cache(maxsize=1)
def _pattern() -> Any:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    class Bounded(GitIgnoreSpecPattern):
        @classmethod
        def pattern_to_regex(cls, pattern: Any) -> Any:
            regex, include = super().pattern_to_regex(pattern)
            return (None if regex is None else bounded(regex)), include

    return Bounded
