"""Where tokenroi keeps what outlives it: one file the user writes, one folder only the user reads."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenroi_cli.domain.errors import Bug, NotConfigured

APP = "tokenroi"
_PLATFORM_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
"""What the platform's folders depend on."""


@dataclass(frozen=True, slots=True)
class Home:
    """The user's config file and the folder of ledger, sessions and journal. Neither need exist."""

    config: Path
    state: Path

    def ensure_state(self) -> Path:
        """The state folder, made when missing, readable by its owner alone (0700).

        Raises NotConfigured when it cannot be made, written, or is somebody else's.
        """
        try:
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_private()
        except OSError as error:
            raise _unusable(self.state, error.strerror or str(error)) from error
        return self.state

    def _make_private(self) -> None:
        found = self.state.stat()
        if found.st_uid != os.geteuid():
            raise _unusable(self.state, "it belongs to another user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            self.state.chmod(0o700)
        if not os.access(self.state, os.W_OK | os.X_OK):
            raise _unusable(self.state, "it is not writable")


def locate(environ: Mapping[str, str]) -> Home:
    """`$TOKENROI_HOME` when it is set, else the platform's config and data folders.

    Raises NotConfigured for a relative folder (a repository could be standing there) and without a home.
    """
    if own := environ.get("TOKENROI_HOME"):
        base = _absolute("TOKENROI_HOME", own)
        return Home(base / "config.toml", base / "state")
    return _platform_home(environ)


def _platform_home(environ: Mapping[str, str]) -> Home:
    if not environ.get("HOME"):
        raise NotConfigured("HOME is not set", "set HOME, or TOKENROI_HOME to a folder of your own")
    for name in _PLATFORM_VARIABLES:
        if value := environ.get(name):
            _absolute(name, value)
        # platformdirs reads the process environment: with another mapping it would name somebody else's home.
        if environ.get(name) != os.environ.get(name):
            raise Bug(f"{name} differs from the process environment; pass TOKENROI_HOME instead")
    import platformdirs

    config = Path(platformdirs.user_config_dir(APP, appauthor=False))
    return Home(config / "config.toml", Path(platformdirs.user_data_dir(APP, appauthor=False)))


def _absolute(name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_absolute() or "\0" in value:
        raise NotConfigured(f"{name}={value!r} is not an absolute path", f"set {name} to an absolute path")
    return path


def _unusable(folder: Path, why: str) -> NotConfigured:
    return NotConfigured(
        f"cannot use {folder} for the ledger and the sessions: {why}",
        "set TOKENROI_HOME to a folder that you own and can write",
        reason="state_unusable",
    )
