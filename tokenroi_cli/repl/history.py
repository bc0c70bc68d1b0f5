"""What was typed in earlier REPLs, for the up-arrow: prompts and commands, never answers, never keys."""

import os
from collections.abc import Callable
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


class KeylessHistory(FileHistory):
    """A history file in which no key is written down."""

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        super().__init__(path)
        self._redact = redact

    def store_string(self, string: str) -> None:
        super().store_string(self._redact(string))


def history_in(state: Path, redact: Callable[[str], str]) -> History:
    """The user's own, in a file that only they read; of this REPL alone when there can be no such file."""
    path = state / "history"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return KeylessHistory(path, redact)
