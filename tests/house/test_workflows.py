"""CI runs with the least rights, on actions that nobody can move under it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.source import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def steps(workflow: Any) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_is_one() -> None:
    assert WORKFLOWS


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_least_rights(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == []
    assert "secrets." not in file.read_text()
    assert "pull_request_target" not in file.read_text()


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actions_are_pinned(file: Path) -> None:
    lines = re.findall(r"uses:.*", file.read_text())
    assert lines
    assert [line for line in lines if not re.fullmatch(r"uses: [\w./-]+@[0-9a-f]{40} # v[\d.]+", line)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_no_token_stays_and_no_job_hangs(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False] == []
    assert [name for name, job in workflow["jobs"].items() if job.get("timeout-minutes", 99) > 30] == []
