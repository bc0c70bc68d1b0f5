"""A path as a model or a spec wrote it, turned into a real place in the tree or refused in words."""

import os
import re
import unicodedata
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class PathRefused(TokenroiError):
    """The path means nothing inside the tree, or something there that is not ours to touch."""

    reason = "path_refused"


def confined(root: Path, path: str) -> Path:
    """The real place that `path` means below `root`, which must be real itself; nothing need exist there.

    Links are followed and must stay inside. Raises PathRefused for an absolute path, `..`, `.git` in any
    spelling, and whatever no file can be called.
    """
    reason = _refusal(path)
    if reason:
        raise PathRefused(
            f"{shown(path) or 'empty path'}: {reason}", "give a path relative to the project root"
        )
    try:
        real = Path(os.path.realpath(root / path))
    except OSError as error:  # a link that is gone between two looks at it
        raise PathRefused(f"{shown(path)}: {error.strerror}", "something else is changing it") from error
    if not real.is_relative_to(root):
        raise PathRefused(f"{shown(path)}: a link leads out of the project", "name a file inside the project")
    if any(is_git(part) for part in real.relative_to(root).parts):
        raise PathRefused(f"{shown(path)}: leads into git's own folder", "git's files are not edited by hand")
    return real


def is_git(name: str) -> bool:
    """Whether any file system of today may take this file name for `.git`."""
    visible = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", visible).casefold().rstrip(". ") in (".git", "git~1")


def shown(text: str) -> str:
    """`text` on one line: whatever a terminal would not show as itself is escaped."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text
    )


def unusable(path: Path) -> str | None:
    """Why no new file can be made at a real path, in words; None when nothing is known against it."""
    try:
        path.lstat()
    except FileNotFoundError:
        return _unfit(path)
    except OSError as error:
        return f"cannot be a file: {(error.strerror or str(error)).lower()}"
    return None


def _unfit(path: Path) -> str | None:
    """Asks the nearest folder that is there: of one that is not, the system says nothing about its names."""
    folder = next(parent for parent in path.parents if parent.is_dir())
    names = [os.fsencode(name) for name in path.relative_to(folder).parts]
    if max(map(len, names)) > os.pathconf(folder, "PC_NAME_MAX"):
        return "is a name too long for the file system"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"cannot be made: {shown(folder.name)} is not writable"
    return None


def _refusal(path: str) -> str:
    """Why the spelling alone rules the path out; empty when it does not."""
    parts = path.split("/")
    if not path.strip() or "\0" in path:
        return "not a file name"
    if not _storable(path):
        return "holds characters that no file name can hold"
    if path.startswith("/") or parts[0] == "~" or _DRIVE.match(path):
        return "outside the project"
    if ".." in parts:
        return "`..` is not followed"
    if any(is_git(part) for part in parts):
        return "leads into git's own folder"
    return ""


def _storable(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True
