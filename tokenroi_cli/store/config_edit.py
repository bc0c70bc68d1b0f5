"""Writing one value into the user's config: the rest of the file stays as it was written, comments too."""

import os
import tempfile
from decimal import Decimal
from pathlib import Path

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.config_check import checked
from tokenroi_cli.store.schema import Key, dotted
from tokenroi_cli.store.toml_file import read_toml

Plain = str | bool | int | Decimal


def set_value(path: Path, key: Key, value: Plain) -> None:
    """Sets a key of the user's config file, which is made if there is none.

    The file is replaced whole or not at all. Raises NotConfigured when it cannot be read or written, or
    when the value does not belong there: then nothing has changed.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = _text(path)
    try:
        document = tomlkit.parse(text)
        table = document
        for name in key[:-1]:
            if name not in table:
                table[name] = tomlkit.table()
            table = table[name]
        table[key[-1]] = tomlkit.float_(str(value)) if isinstance(value, Decimal) else value
        written = tomlkit.dumps(document)
    except (TOMLKitError, TypeError) as error:
        raise NotConfigured(
            f"{path}: {dotted(key)} cannot be set: {error}", "set it by hand", reason="config_unreadable"
        ) from error
    _replace(path, written)


def _text(path: Path) -> str:
    """The file as it is, once it is known to be a config that can be read."""
    try:
        checked(read_toml(path), path)
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""


def _replace(path: Path, text: str) -> None:
    """Checks the new text as a config, then puts it in the place of the old one; a link stays a link."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritten(path, error) from error
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        checked(read_toml(new), path)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        new.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError) -> NotConfigured:
    return NotConfigured(
        f"{path}: {error.strerror or error}",
        "make the file and its folder writable",
        reason="config_unreadable",
    )
