"""What was typed in earlier REPLs, for the up-arrow: prompts and commands, never answers to questions."""

import os
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history_in(state: Path) -> History:
    """The user's own, in a file that only they read; of this REPL alone when there can be no such file."""
    path = state / "history"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
