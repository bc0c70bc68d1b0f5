"""The user's real home is out of bounds: a test that writes there, or reads settings there, fails."""

import os
import pwd
import sys
from pathlib import Path

SETTINGS = (".config", ".local/share", ".local/state", "Library", ".gitconfig", ".netrc", ".ssh", ".aws")
"""Where reading is refused too. The rest of a home may hold interpreters and editors' test runners."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class RealHomeTouched(AssertionError):
    """A test reached outside its temporary home."""


def real_homes() -> tuple[Path, ...]:
    """Home as the environment and as the password database name it, existing ones only."""
    named = [os.environ.get("HOME", ""), pwd.getpwuid(os.getuid()).pw_dir]
    homes = {Path(home) for home in named if home not in ("", "/")}
    homes |= {home.resolve() for home in homes}
    return tuple(sorted(home for home in homes if home.is_dir()))


def guard(homes: tuple[Path, ...], allowed: tuple[Path, ...]) -> None:
    """Makes this process raise RealHomeTouched. `allowed` folders inside a home stay usable.

    An audit hook cannot be removed, and needs no cooperation from the code that is tested.
    """
    inside = [f"{home}{os.sep}" for home in homes]
    free = [f"{folder}{os.sep}" for folder in allowed if folder not in homes]

    def watch(event: str, args: tuple[object, ...]) -> None:
        if event not in ("open", "os.mkdir", "os.rename", "os.remove", "sqlite3.connect"):
            return
        if not args or not isinstance(args[0], str | bytes | os.PathLike):
            return
        path = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100 - the hook must not allocate Paths
        home = next((home for home in inside if path.startswith(home)), None)
        if home is None or any(path.startswith(folder) for folder in free):
            return
        rest = path.removeprefix(home)
        if _writes(event, args) or rest.startswith(SETTINGS):
            raise RealHomeTouched(f"{event} {path}: tests use the temporary home")

    sys.addaudithook(watch)


def _writes(event: str, args: tuple[object, ...]) -> bool:
    if event != "open":
        return True
    flags = args[2] if len(args) > 2 else 0
    return isinstance(flags, int) and bool(flags & WRITING)
