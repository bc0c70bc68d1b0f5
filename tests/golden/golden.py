"""Golden files: what a person or a model gets to see, word for word. A change shows as a diff."""

import os
from pathlib import Path

HERE = Path(__file__).parent
UPDATE = "UPDATE_GOLDEN"


def assert_golden(name: str, text: str) -> None:
    """Compares with the file `tests/golden/<name>`; with UPDATE_GOLDEN=1 it is written instead."""
    path = HERE / name
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no golden file {name}; write it with {UPDATE}=1 and read it"
    assert text == path.read_text(encoding="utf-8"), f"{name} differs; if that is meant: {UPDATE}=1"
