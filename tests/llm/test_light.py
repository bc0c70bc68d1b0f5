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


def test_a_broken_litellm_is_a_typed_error() -> None:
    code = """
import sys
sys.modules["litellm"] = None
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.llm.litellm_door import open_door
try:
    open_door()
except NotConfigured as error:
    print(error.what)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("litellm cannot be imported")


def test_the_guard_needs_no_litellm() -> None:
    code = "import sys, tokenroi_cli.llm.litellm_door; print('litellm' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
