"""The documents hold: the quick start is two commands, links lead somewhere, commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.house.source import ROOT, tracked

PAGES = [name for name in tracked() if name.endswith(".md") and not name.startswith(("templates/", "tests/"))]
DECISIONS = [name for name in PAGES if name.startswith("docs/decisions/")]


def quick_start(*args: str) -> subprocess.CompletedProcess[str]:
    """The script by which `.ci/run` reads the README."""
    command = [sys.executable, str(ROOT / ".ci/quick_start.py"), *args]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_quick_start_is_two_commands() -> None:
    done = quick_start(str(ROOT / "README.md"))
    demo, tests = done.stdout.splitlines()
    assert demo.endswith(" && .venv/bin/tokenroi demo")
    assert tests.endswith(" && .venv/bin/python -m pytest")


@pytest.mark.parametrize(
    "page",
    [
        "no quick start\n```sh\na\nb\n```\n",
        "## Quick start\nno block\n\n## Next\n```sh\na\nb\n```\n",
        "## Quick start\n```sh\na\n```\n```sh\na\nb\n```\n",
        "## Quick start\n```sh\na\nb\nc\n```\n",
        "## Quick start\n```sh\na\nb\n",
    ],
)
def test_any_other_quick_start_is_refused(tmp_path: Path, page: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(page)
    done = quick_start(str(readme))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Quick start" in done.stderr


def test_agents_page_is_short() -> None:
    assert (ROOT / "AGENTS.md").read_text().count("\n") <= 80


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_one_page(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text.startswith("# ")
    assert text.count("\n") <= 60
    if not name.endswith("README.md"):
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## Decision",
            "## Why",
            "## What it costs",
        ]


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    files = {Path(name).name for name in DECISIONS} - {"README.md"}
    assert files == set(re.findall(r"\]\(([\w.-]+\.md)\)", index))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", (ROOT / name).read_text())
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_commands_of_the_readme_exist(cli: Cli) -> None:
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"\btokenroi ([a-z]{3,})\b", text))
    shown = cli("--help").out
    assert named
    assert [name for name in sorted(named) if not re.search(rf"(?m)^\W*{name}\b", shown)] == []
