"""What can be wrong with a path before anyone looks at the disk, and which files have nearly that name."""

import re
import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath

from tokenroi_cli.spec.tree import Tree

_NOT_RELATIVE = re.compile(r"[/~]|[A-Za-z]:")
_NOT_ONE_FILE = re.compile(r'[*?<>|"`]')
_GIT = frozenset({".git", "git~1"})


def fault(path: str) -> str | None:
    """Why `path` cannot be a file of the repository, in words; None when it can."""
    parts = path.split("/")
    if not path:
        return "is empty"
    if any(unicodedata.category(character)[0] == "C" for character in path):
        return "holds an invisible character"
    if _NOT_RELATIVE.match(path):
        return "is not relative to the repository root"
    if "\\" in path:
        return "is not written with forward slashes"
    if ".." in parts:
        return "holds `..`"
    if any(part.casefold().rstrip(". ") in _GIT for part in parts):
        return "lies inside .git"
    if parts[-1] in ("", "."):
        return "is a folder; each file is listed by itself"
    return "is not the name of one file" if _NOT_ONE_FILE.search(path) else None


def other_case(tree: Tree, path: str) -> str | None:
    """The file that `path` would be if case did not matter; None when it is spelled so, or there is none."""
    paths = tuple(tree.paths())
    return None if path in paths else _folded(paths).get(path.casefold())


def namesakes(tree: Tree, path: str) -> tuple[str, ...]:
    """Files of the same name in other folders."""
    name = PurePosixPath(path).name
    return tuple(other for other in tree.paths() if PurePosixPath(other).name == name and other != path)


@lru_cache(maxsize=1)
def _folded(paths: tuple[str, ...]) -> dict[str, str]:
    """Remembered for one tree: `check` asks the same one for every file of every spec."""
    return {path.casefold(): path for path in paths}
