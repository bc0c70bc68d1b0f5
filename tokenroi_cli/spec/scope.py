"""Which changes lie inside the file lists of a spec, and which files are nobody's change at all."""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from tokenroi_cli.domain.spec import Spec

CACHES = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox"}
)
"""Folders in which tools keep what they can make again, wherever in the tree."""

CACHE_FILES = frozenset({".coverage", ".DS_Store", ".eslintcache"})
CACHE_SUFFIXES = frozenset({".pyc", ".pyo", ".tsbuildinfo"})


def in_lists(spec: Spec, path: str) -> bool:
    """Whether a spec lets its executor write `path`: a listed file, never what merely lies beside one."""
    return _canonical(path) in {_canonical(listed) for listed in spec.files}


def out_of_scope(spec: Spec, changed: Iterable[str]) -> tuple[str, ...]:
    """The changed paths that break the contract: not listed, not the spec itself, not a tool's cache."""
    listed = {_canonical(path) for path in (*spec.files, spec.path)}
    return tuple(path for path in changed if _canonical(path) not in listed and not is_cache(path))


def is_cache(path: str) -> bool:
    """Bytecode and tool caches: reported by no one, counted as no change."""
    parts = PurePosixPath(path)
    return not CACHES.isdisjoint(parts.parts) or parts.name in CACHE_FILES or parts.suffix in CACHE_SUFFIXES


def _canonical(path: str) -> str:
    """One spelling for one file: macOS hands out decomposed names for what was written composed."""
    return unicodedata.normalize("NFC", str(PurePosixPath(path)))
