"""What every start pays: the quick commands load no heavy library."""

import pytest

from tests.conftest import Cli, Repo

HEAVY = {"litellm", "tiktoken", "git", "prompt_toolkit", "openai", "httpx"}

SPEC = """\
# Task: Say hello

## Goal
`hello.py` prints a greeting.

## Context
There is nothing else here.

## Files to Modify
- `hello.py` - prints the greeting

## Files to Create

## Detailed Spec
Print the word hello.

## Validation
- [ ] `python3 hello.py`
"""


def loaded(cli: Cli, repo: Repo, *args: str) -> set[str]:
    """Every module that a command imported, by the interpreter's own account."""
    ended = cli.python("-X", "importtime", "-m", "tokenroi_cli", *args, cwd=repo.root)
    assert ended.code in (0, 1), ended.err[-2000:]
    rows = [line.rpartition("|")[2].strip() for line in ended.err.splitlines() if "import time:" in line]
    return set(rows)


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("hello.py", "print('hi')\n")
    repo.write("specs/001-hello.md", SPEC)
    repo.commit()
    return repo


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["check"], ["exec", "--help"]], ids=" ".join)
def test_quick_commands_stay_light(cli: Cli, project: Repo, args: list[str]) -> None:
    names = loaded(cli, project, *args)
    assert "tokenroi_cli" in names
    assert {name.partition(".")[0] for name in names} & HEAVY == set()


def test_check_really_read_the_spec(cli: Cli, project: Repo) -> None:
    assert "tokenroi_cli.spec.parse" in loaded(cli, project, "check")


def test_the_heavy_list_can_be_seen(cli: Cli) -> None:
    ended = cli.python("-X", "importtime", "-c", "import prompt_toolkit")
    assert "prompt_toolkit" in ended.err
