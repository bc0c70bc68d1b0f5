"""Every rendered prompt, and what the fixed part of it weighs."""

import json
from dataclasses import asdict

from tests.golden.golden import assert_golden
from tokenroi_cli.agent.tools import SCHEMAS
from tokenroi_cli.app.attempts import retry_prompt
from tokenroi_cli.app.plan import plan_prompt
from tokenroi_cli.app.run import stable
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.llm.tokens import count
from tokenroi_cli.policy.prompt import Stable
from tokenroi_cli.store.templates import template
from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.replies import parse_reply

BUDGET = 1_200
"""Tokens (o200k) of system prompt and tools together: paid for on every call of every run."""


def tools_json() -> str:
    return json.dumps([asdict(schema) for schema in SCHEMAS], indent=1) + "\n"


def test_system_and_tools() -> None:
    stable = Stable(template("prompts/system.md"), "Use tabs.\n", SCHEMAS)
    assert_golden("prompts/system.md", stable.text)
    assert_golden("prompts/tools.json", tools_json())


def test_system_without_tools() -> None:
    made = stable(Route(TaskKind.EXECUTE, Tier.MID, "m", None, "test", tools=False), "Use tabs.\n")
    assert made.tools == ()
    assert_golden("prompts/system_without_tools.md", made.text)
    assert count(made.text).tokens <= BUDGET


def test_its_example_is_a_change_as_it_is_read() -> None:
    edit = FileEdit(
        "src/example.py", (("the lines as they stand in the file\n", "the lines that take their place\n"),)
    )
    assert parse_reply(template("prompts/system_without_tools.md")) == [edit]


def test_the_fixed_prompt_is_within_its_budget() -> None:
    compact = json.dumps([asdict(schema) for schema in SCHEMAS], separators=(",", ":"))
    counted = count(template("prompts/system.md") + compact)
    assert counted.exact
    assert counted.tokens <= BUDGET


def test_plan() -> None:
    assert_golden("prompts/plan.md", plan_prompt("Add a retry to fetch()"))


def test_retry() -> None:
    failed = CommandResult("pytest -q", 1, "1 failed\n", 0.2)
    hung = CommandResult("make", None, "...\n", 120.0, timed_out=True)
    (block,) = retry_prompt((CommandResult("true", 0, "", 0.0), failed, hung))
    assert isinstance(block, Text)
    assert_golden("prompts/retry.md", block.text)
