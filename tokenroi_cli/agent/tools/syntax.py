"""Whether a file that could be read as its language before an edit still can."""

import json
import tomllib
import warnings
from collections.abc import Callable
from pathlib import PurePath

from tokenroi_cli.spec.yaml_text import yaml_trouble
from tokenroi_cli.workspace.edits import ChangedFile

_LIMIT = 1_000_000
"""Bytes: larger files are not looked at."""


def broken(changed: ChangedFile) -> str | None:
    """Why a file does not parse after an edit, in words, when it did before or is new; else None.

    Python, JSON, TOML and YAML; nothing of a file is run.
    """
    read = _READERS.get(PurePath(changed.path).suffix.lower())
    if read is None or changed.after is None or len(changed.after) > _LIMIT:
        return None
    trouble = _trouble(read, changed.after)
    if trouble is None or (changed.before is not None and _trouble(read, changed.before) is not None):
        return None
    return trouble


def _trouble(read: Callable[[bytes], object], data: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _words(error)
    return None


def _words(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return " ".join(str(error).split())[:200] or type(error).__name__


def _python(data: bytes) -> None:
    import ast

    ast.parse(data)


def _json(data: bytes) -> None:
    json.loads(data.decode("utf-8-sig"))


def _toml(data: bytes) -> None:
    tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))


def _yaml(data: bytes) -> None:
    trouble = yaml_trouble(data.decode("utf-8-sig"))
    if trouble is not None:
        raise ValueError(trouble)


_READERS: dict[str, Callable[[bytes], object]] = {
    ".py": _python,
    ".pyi": _python,
    ".json": _json,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}
