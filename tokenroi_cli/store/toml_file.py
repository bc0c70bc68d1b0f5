"""Reading a TOML file that a person wrote: numbers stay exact, and every failure names the file."""

import stat
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from tokenroi_cli.domain.errors import NotConfigured

MAX_BYTES = 4 * 2**20
"""Far above any config or script; below what would stall the start."""


def read_toml(path: Path) -> dict[str, Any]:
    """The file as nested dicts, floats as Decimal.

    Raises FileNotFoundError when there is none, NotConfigured for anything that is no TOML file.
    """
    try:
        return tomllib.loads(_text(path), parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        raise _refused(path, _why(error)) from error
    except RecursionError as error:
        raise _refused(path, "it is nested too deeply") from error


def _text(path: Path) -> str:
    try:
        found = path.stat()
        # Before it is opened: a pipe would wait for its writer for ever.
        if not stat.S_ISREG(found.st_mode):
            raise _refused(path, "it is not a regular file")
        if found.st_size > MAX_BYTES:
            raise _refused(path, f"it is larger than {MAX_BYTES} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error


def _why(error: ValueError | ArithmeticError) -> str:
    match error:
        case UnicodeDecodeError():
            return f"it is not UTF-8 at byte {error.start}"
        case tomllib.TOMLDecodeError():
            return f"not TOML: {error}"
        case _:
            return "a number in it is too large"


def _refused(path: Path, why: str) -> NotConfigured:
    return NotConfigured(f"{path}: {why}", "correct the file, or move it away", reason="config_unreadable")
