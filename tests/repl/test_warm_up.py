"""While the user types their first prompt, the library that the call needs is imported beside it."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.repl.scripts import PRICES, says
from tests.repl.terminal import tokenroi

IMPORTED = "import pathlib\npathlib.Path(__file__).with_name('imported').touch()\n"
"""Stands in the place of litellm, since only the wire tests pay for the real one."""

PRICE_TABLE = "model_prices_and_context_window_backup.json"
"""Lies beside the real one, and is read without importing it."""


def stand_in(tmp_path: Path, then: str) -> dict[str, str]:
    """An environment with a key, in which `import litellm` leaves a file behind and then does `then`."""
    folder = tmp_path / "stand_in"
    folder.mkdir()
    (folder / "litellm.py").write_text(IMPORTED + then)
    found = find_spec("litellm")
    assert found is not None
    assert found.origin is not None
    (folder / PRICE_TABLE).symlink_to(Path(found.origin).with_name(PRICE_TABLE))
    checkout = Path(__file__).parents[2]
    return {"PYTHONPATH": f"{folder}:{checkout}", "ANTHROPIC_API_KEY": "sk-test-0123456789abcdef"}


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
@pytest.mark.parametrize(
    "then",
    [
        "raise ImportError('broken')",
        "raise ZeroDivisionError",
        "import threading\nthreading.Event().wait()",
    ],
)
def test_it_is_imported_beside_the_prompt_in_silence_and_nobody_waits(
    repo: Repo, tmp_path: Path, then: str, term: str
) -> None:
    env = {**stand_in(tmp_path, then), "TERM": term}
    with tokenroi(repo.root, env=env) as terminal:
        terminal.see("/help lists", ">")
        terminal.until(lambda _text: (tmp_path / "stand_in" / "imported").exists(), "import")
        terminal.press("/cost\r")
        terminal.see("no call yet")
        terminal.press("/quit\r")
        assert terminal.ended() == 0
    assert b"Traceback" not in terminal.written
    assert b"broken" not in terminal.written


def test_a_script_needs_nothing(repo: Repo, tmp_path: Path) -> None:
    env = stand_in(tmp_path, "")
    script = tmp_path / "replies.toml"
    script.write_text(PRICES + says("Hello."))
    with tokenroi(repo.root, env={**env, "TOKENROI_SCRIPT": str(script)}) as terminal:
        terminal.see("/help lists", ">")
        terminal.press("hi\r")
        terminal.see("Hello.")
    assert not (tmp_path / "stand_in" / "imported").exists()
