"""Which file a model means by a path that it wrote not quite as it is."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tokenroi_cli.workspace.ignore import walk
from tokenroi_cli.workspace.paths import PathRefused, confined, shown

_MOST = 10
"""Candidates that a refusal names."""


def existing_path(root: Path, path: str) -> str:
    """The one existing file that `path` means, relative to `root`; `path` itself when none comes near.

    In this order: as written; without a prefix `a/` or `b/` of a diff, or the root's own name; in other case
    or Unicode form; as the end of a longer path. Raises PathRefused for a path that leads out, however it is
    written, and when several files fit.
    """
    confined(root, path)
    plain = _plain(path)
    for spelled in dict.fromkeys((path, plain, *_without_prefix(root, plain))):
        if spelled and os.path.lexists(confined(root, spelled)):
            return spelled
    return _one_of(list(walk(root)), plain, path)


def new_path(root: Path, path: str) -> str:
    """The path of a new file: without a diff's prefix where that names no folder and what follows does."""
    confined(root, path)
    plain = _plain(path)
    if os.path.lexists(confined(root, plain)):
        return plain
    for spelled in _without_prefix(root, plain):
        if "/" in spelled and not (root / plain).parent.exists() and (root / spelled).parent.is_dir():
            return spelled
    return plain


def _plain(path: str) -> str:
    """Slashes for a Windows path that names nothing here, nothing around it."""
    bare = path.strip().strip("`'\"")
    return str(PurePosixPath(bare.replace("\\", "/"))) if "\\" in bare and "/" not in bare else bare


def _without_prefix(root: Path, path: str) -> Iterable[str]:
    first, slash, rest = path.removeprefix("./").partition("/")
    if slash and rest and first in ("a", "b", root.name):
        yield rest


def _one_of(files: list[str], plain: str, asked: str) -> str:
    wanted = {_folded(spelling) for spelling in (plain, plain.removeprefix("a/"), plain.removeprefix("b/"))}
    same = [file for file in files if _folded(file) in wanted]
    ends = [file for file in files if any(_folded(file).endswith("/" + spelling) for spelling in wanted)]
    exact = [file for file in ends if file.endswith("/" + plain)]
    for found in (same, exact, ends):
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(map(shown, found[:_MOST])) + (", ..." if len(found) > _MOST else "")
            raise PathRefused(f"{shown(asked)}: may mean {len(found)} files", f"give the whole path: {names}")
    return asked


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.removeprefix("./")).casefold()
