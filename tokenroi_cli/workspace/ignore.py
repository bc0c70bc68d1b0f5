"""Which files of a folder belong to the project when there is no git to ask, and what a glob means."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace.content import FileRefused, read_bytes
from tokenroi_cli.workspace.globs import compiled
from tokenroi_cli.workspace.paths import is_git, shown

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MOST_FILES = 50_000
"""Files: a walk ends there, so that starting in a home folder does not hang."""

_NEVER = ("node_modules/", ".venv/", "__pycache__/")
"""What no project of its own wants listed, .gitignore or not."""

Rules = tuple[tuple[str, "GitIgnoreSpec"], ...]
"""From the outermost folder in: (folder with a trailing slash or empty, its rules)."""


def walk(root: Path) -> Iterator[str]:
    """Files and links below `root` that no .gitignore excludes, at most MOST_FILES; no link is followed."""
    pending: list[tuple[str, Rules]] = [("", ())]
    found = 0
    while pending:
        folder, outer = pending.pop()
        rules = outer + rules_of(root, folder)
        for entry in _entries(root / folder):
            path = folder + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_git(entry.name) or _excluded(path + "/" * is_folder, rules):
                continue
            if is_folder:
                pending.append((path + "/", rules))
            elif entry.is_symlink() or entry.is_file():
                yield path
                found += 1
                if found == MOST_FILES:
                    return


def is_excluded(root: Path, path: str) -> bool:
    """Whether a .gitignore on the way from `root` down to `path` excludes it or a folder that it is in."""
    rules: Rules = ()
    folder = ""
    for part in path.split("/"):
        rules += rules_of(root, folder)
        is_folder = (root / folder / part).is_dir()
        if is_git(part) or _excluded(folder + part + "/" * is_folder, rules):
            return True
        folder += part + "/"
    return False


def globbed(glob: str) -> Callable[[str], bool]:
    """`glob` as in a .gitignore line: `*.py` at any depth, `src/*.py`, `src/`, `!*.md` for all but those."""
    try:
        spec = compiled(["*", glob] if glob.startswith("!") else [glob])
    except ValueError as error:
        raise UsageError(
            f"{shown(glob)}: not a glob", "write it as in .gitignore, such as src/**/*.py"
        ) from error
    return spec.match_file


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # unreadable, or gone since it was listed: nothing there is ours to list


def is_ignored_folder(path: str, rules: Rules) -> bool:
    """Whether `rules`, those of the folders that it lies in, exclude a folder and so all that is in it."""
    return _excluded(path + "/", rules)


def rules_of(root: Path, folder: str) -> Rules:
    """What the .gitignore in this folder says; nothing when there is none.

    `folder` is relative to `root`, with a slash at its end unless it is the root itself.
    """
    lines = [] if folder else [*_NEVER]
    with suppress(FileRefused):  # git, too, follows no link here; and a pipe would be waited for
        said = read_bytes(root / folder / ".gitignore", ".gitignore")
        lines += said.decode("utf-8", errors="replace").split("\n")
    return ((folder, compiled(lines)),) if lines else ()


def _excluded(path: str, rules: Rules) -> bool:
    """The innermost .gitignore that says anything of `path` decides."""
    for folder, spec in reversed(rules):
        verdict = spec.check_file(path.removeprefix(folder)).include
        if verdict is not None:
            return verdict
    return False
