"""What the user stories share: a repository of real size, a config for loopback, the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from tests.wire.loopback import Loopback
from tokenroi_cli.cli.main import run
from tokenroi_cli.views.console import Console

ROOT = Path(__file__).parents[2]

KEY = "sk-test-0123456789abcdef"
"""The made-up key of these tests: it must never show up anywhere but in a header of the loopback server."""

MODELS = {
    "anthropic": {
        "premium": "anthropic/claude-opus-5-5",
        "mid": "anthropic/claude-sonnet-5-5",
        "light": "anthropic/claude-haiku-5-5",
        "triage": "anthropic/claude-haiku-5-5",
    },
    "openai": {
        "premium": "openai/gpt-5.5",
        "mid": "openai/gpt-5.4-mini",
        "light": "openai/gpt-5.4-nano",
        "triage": "openai/gpt-5.4-nano",
    },
}

SPEC = """# Task: Refuse negative amounts

## Goal
`charge()` raises ValueError for a negative amount.

## Context
`billing/charge.py` adds the fee without looking at the amount.

## Files to Modify
- `billing/charge.py` — check the amount

## Files to Create
- `tests/test_negative.py` — the acceptance test

## Detailed Spec
- `charge(amount: int) -> int` raises `ValueError("amount -1 is negative")` for -1, before anything else.
- `tests/test_negative.py` is a unittest that asserts exactly that error.

## Validation
- [ ] `python3 -m unittest -q tests.test_negative` exits 0
"""

OLD = "    return amount + FEE\n"
WRONG = '    if amount < 0:\n        raise ValueError("negative")\n    return amount + FEE\n'
RIGHT = (
    '    if amount < 0:\n        raise ValueError(f"amount {amount} is negative")\n    return amount + FEE\n'
)

TEST = """import unittest

from billing.charge import charge


class NegativeTest(unittest.TestCase):
    def test_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "amount -1 is negative"):
            charge(-1)
"""


def edit(old: str, new: str, path: str = "billing/charge.py") -> dict[str, Any]:
    """Arguments of the `edit` tool."""
    return {"files": [{"path": path, "hunks": [{"old": old, "new": new}]}]}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The objects of `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def result(self) -> dict[str, Any]:
        return self.events[-1]


@dataclass
class World:
    """A user: a home, a repository, an environment."""

    home: Path
    repo: Path
    environ: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> Done:
        """`tokenroi ...` in the repository, nobody at a terminal; in this process, to import litellm once."""
        out, err = StringIO(), StringIO()
        told = {**self.environ, **environ}
        with chdir(self.repo):
            code = run(arguments, told, Console(StringIO(stdin), out, err, told))
        return Done(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """The same as a process of its own, for whoever wants to send it a signal."""
        return subprocess.Popen(
            [sys.executable, "-m", "tokenroi_cli", *arguments],
            cwd=self.repo,
            env={**self.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.repo, env=self.environ, check=True, capture_output=True, text=True
        ).stdout

    def configure(self, text: str) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "config.toml").write_text(text)

    def speak(self, provider: str, server: Loopback) -> None:
        """Points one provider's four tiers at the loopback server, by the user's own config."""
        base = server.url + ("/v1" if provider == "openai" else "")
        tiers = "\n".join(f'{tier} = "{model}"' for tier, model in MODELS[provider].items())
        self.configure(
            f"[tiers]\n{tiers}\n[providers.{provider}]\n"
            f'api_base = "{base}"\napi_key_env = "LOOPBACK_KEY"\nenforces_max_tokens = true\n'
        )
        self.environ["LOOPBACK_KEY"] = KEY

    def tree(self) -> Mapping[str, bytes]:
        """Every file of the repository that git does not keep for itself."""
        return {
            path.relative_to(self.repo).as_posix(): path.read_bytes()
            for path in sorted(self.repo.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("report", "--json").out)
        return found


def make_repo(folder: Path, files: int = 200) -> None:
    """A package with `files` modules more than the story needs, a test folder, and project notes."""
    texts = {
        "AGENTS.md": "Error messages are lower case.\n",
        "billing/__init__.py": "",
        "billing/charge.py": f'"""Charges."""\n\nFEE = 3\n\n\ndef charge(amount: int) -> int:\n{OLD}',
        "tests/__init__.py": "",
    }
    for number in range(files):
        texts[f"app/part{number % 20}/module{number}.py"] = f"VALUE = {number}\n" * 20
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def clean_environment(home: Path) -> dict[str, str]:
    """What a user's shell has, without any provider's variable."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A User"), ("EMAIL", "user@example.org"))
    }
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, **identity, "HOME": str(home), "TOKENROI_HOME": str(home / "tokenroi")}
