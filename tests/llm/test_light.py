"""What importing the room costs: nothing but our own modules."""

import subprocess
import sys

import pytest

PROBE = """
import os, sys
before = dict(os.environ)
import tokenroi_cli.llm.{module}
heavy = [name for name in ("litellm", "httpx", "openai", "tiktoken") if name in sys.modules]
print(heavy, dict(os.environ) == before)
"""


@pytest.mark.parametrize("module", ["provider", "scripted", "tokens"])
def test_the_doors_of_the_room_are_light(module: str) -> None:
    code = PROBE.format(module=module)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[] True\n"


def test_the_guard_needs_no_litellm() -> None:
    code = "import sys, tokenroi_cli.llm.litellm_door; print('litellm' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
