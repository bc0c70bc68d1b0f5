"""The commands on a real repository, with scripted replies: what they print and how they exit."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Said, tokenroi
from tests.conftest import Repo

PRICES = """
[prices."scripted/premium"]
input = 6.00
output = 30.00
context = 200000
max_output = 8000

[prices."scripted/mid"]
input = 3.00
output = 15.00
context = 200000
max_output = 8000
"""


def spec(name: str) -> str:
    return f"""# Task: Write {name}

## Goal
`{name}` says yes.

## Context
Nothing else is here.

## Files to Modify
None

## Files to Create
- `{name}` - the file

## Detailed Spec
One line: `yes`.

## Validation
- [ ] `grep yes {name}`
"""


def writes(name: str, text: str) -> str:
    return f"""
[[reply]]
text = "writing"
usage = {{ fresh = 1000, output = 100 }}
[[reply.tool]]
name = "write"
arguments = {{ path = "{name}", text = "{text}" }}
[[reply]]
text = "done"
usage = {{ fresh = 1200, output = 10 }}
"""


def says(text: str) -> str:
    return f"""
[[reply]]
text = {json.dumps(text)}
usage = {{ fresh = 1000, output = 100 }}
"""


@pytest.fixture
def project(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    repo.write("README.md", "hello\n")
    repo.write("specs/001.md", spec("one.txt"))
    repo.write("specs/002.md", spec("two.txt"))
    repo.commit()
    monkeypatch.chdir(repo.root)
    return repo


def scripted(tmp_path: Path, *replies: str) -> Mapping[str, str]:
    script = tmp_path / "replies.toml"
    script.write_text(PRICES + "".join(replies))
    return {"TOKENROI_SCRIPT": str(script)}


def objects(said: Said) -> list[dict[str, Any]]:
    return [json.loads(row) for row in said.out.splitlines()]


@pytest.mark.usefixtures("project")
def test_a_prompt_in_a_pipe_answers_on_standard_output(tmp_path: Path) -> None:
    env = scripted(tmp_path, says("It says hello."))
    said = tokenroi("-p", "what is here?", stdin="and this\n", env=env)
    assert (said.code, said.out) == (0, "It says hello.\n")
    assert "SCRIPTED" in said.err
    assert "total $0.0045 for 1 call" in said.err
    (session,) = sessions()
    assert "what is here?\\n\\nand this" in session.read_text()


def sessions() -> list[Path]:
    return list(Path(os.environ["TOKENROI_HOME"]).rglob("sessions/*/*.jsonl"))


@pytest.mark.usefixtures("project")
def test_continue_goes_on_in_the_newest_session(tmp_path: Path) -> None:
    tokenroi("-p", "one", env=scripted(tmp_path, says("First.")))
    env = scripted(tmp_path, says("Second."))
    assert tokenroi("-p", "two", "--continue", env=env).out == "Second.\n"
    assert len(sessions()) == 1


@pytest.mark.usefixtures("project")
def test_a_cap_that_is_too_small_is_12(tmp_path: Path) -> None:
    said = tokenroi("-p", "hello", "--max-usd", "0.000001", "--json", env=scripted(tmp_path, says("x")))
    last = objects(said)[-1]
    assert said.code == 12
    assert (last["type"], last["exit_code"], last["cost_usd"]) == ("result", 12, "0")


@pytest.mark.usefixtures("project")
def test_another_tier_is_asked_when_named(tmp_path: Path) -> None:
    said = tokenroi("-p", "hello", "--tier", "premium", "--json", env=scripted(tmp_path, says("x")))
    (call,) = [one for one in objects(said) if one["type"] == "call"]
    assert (call["tier"], call["model"], call["cost_usd"]) == ("premium", "scripted/premium", "0.009")


def test_exec_without_leave_to_run_commands_spends_nothing(project: Repo, tmp_path: Path) -> None:
    said = tokenroi("exec", "specs/001.md", env=scripted(tmp_path, writes("one.txt", "yes")))
    assert said.code == 11
    assert "--yes" in said.err
    assert not (project.root / "one.txt").exists()


def test_several_specs_each_have_a_result_and_one_for_all(project: Repo, tmp_path: Path) -> None:
    env = scripted(tmp_path, writes("one.txt", "yes"), writes("two.txt", "yes"))
    said = tokenroi("exec", "specs/001.md", "specs/002.md", "--yes", "--json", env=env)
    results = [one for one in objects(said) if one["type"] == "result"]
    assert said.code == 0, said.err
    assert [one["status"] for one in results] == ["accepted", "accepted", "done"]
    assert results[-1]["calls"] == 4
    assert results[-1]["cost_usd"] == "0.0165"
    assert (project.root / "one.txt").read_text() == "yes"
    assert (project.root / "two.txt").read_text() == "yes"


@pytest.mark.parametrize("second", ["specs/000.md", "README.md", "specs/bad.md"])
def test_a_spec_that_cannot_be_read_is_found_before_an_earlier_one_is_paid_for(
    project: Repo, tmp_path: Path, second: str
) -> None:
    project.write("specs/bad.md", "# Task: x\n")
    env = scripted(tmp_path, writes("one.txt", "yes"))
    said = tokenroi("exec", "specs/001.md", second, "--yes", "--json", env=env)
    first, result, last = objects(said)
    assert (first["reason"], first["spec"]) == ("not_started", "specs/001.md")
    assert (said.code, last["exit_code"], last["calls"]) == (10, 10, 0), "one for each, and one for all"
    assert (result["type"], result["exit_code"], result["spec"], result["calls"]) == ("result", 10, second, 0)
    assert not (project.root / "one.txt").exists()


def test_a_spec_may_change_what_an_earlier_one_creates(project: Repo, tmp_path: Path) -> None:
    third = spec("x").replace("None\n\n## Files to Create\n- `x` - the file", ONE)
    project.write("specs/003.md", third.replace("grep yes x", "grep yes one.txt"))
    env = scripted(tmp_path, writes("one.txt", "yes"), says("It is there."))
    said = tokenroi("exec", "specs/001.md", "specs/003.md", "--yes", "--json", env=env)
    statuses = [one["status"] for one in objects(said) if one["type"] == "result"]
    assert statuses == ["accepted", "accepted", "done"], said.err


ONE = "- `one.txt` - the words\n\n## Files to Create\nNone"


def test_the_result_of_a_spec_that_fails_before_its_run_names_it(project: Repo, tmp_path: Path) -> None:
    said = tokenroi("exec", "specs/001.md", "--json", env=scripted(tmp_path, writes("one.txt", "yes")))
    assert objects(said)[-1]["spec"] == "specs/001.md"


def test_a_spec_that_failed_and_one_that_was_accepted_exit_by_precedence(
    project: Repo, tmp_path: Path
) -> None:
    env = scripted(tmp_path, writes("one.txt", "no"), says("I cannot."), writes("two.txt", "yes"))
    said = tokenroi("exec", "specs/001.md", "specs/002.md", "--yes", "--json", env=env)
    results = [one for one in objects(said) if one["type"] == "result"]
    assert said.code == 11, said.err
    assert [one["exit_code"] for one in results] == [11, 0, 11]
    assert results[-1]["message"] == "1 of 2 specs accepted"
    assert not (project.root / "one.txt").exists()


def edits(old: str, new: str) -> str:
    arguments = json.dumps({"files": [{"path": "data.txt", "hunks": [{"old": old, "new": new}]}]})
    return f"""
[[reply]]
usage = {{ fresh = 1000, output = 100 }}
[[reply.tool]]
name = "edit"
raw_arguments = {json.dumps(arguments)}
[[reply]]
text = "done"
usage = {{ fresh = 1200, output = 10 }}
"""


def stamped(project: Repo, name: str, word: str) -> None:
    """A spec planned on `data.txt` as it is now."""
    digest = hashlib.sha256((project.root / "data.txt").read_bytes()).hexdigest()
    body = spec("unused").replace("None\n\n## Files to Create\n- `unused` - the file", LISTS)
    front = f"---\ntokenroi: 1\nid: {word}\nfiles:\n  data.txt: sha256:{digest}\n---\n"
    project.write(name, front + body.replace("grep yes unused", f"grep {word} data.txt"))


LISTS = "- `data.txt` - the words\n\n## Files to Create\nNone"


def test_a_spec_stays_fresh_when_only_an_earlier_one_of_the_command_changed_its_files(
    project: Repo, tmp_path: Path
) -> None:
    project.write("data.txt", "a\n")
    stamped(project, "specs/1.md", "one")
    stamped(project, "specs/2.md", "two")
    project.commit()
    env = scripted(tmp_path, edits("a", "a one"), edits("a one", "a one two"))
    said = tokenroi("exec", "specs/1.md", "specs/2.md", "--yes", env=env)
    assert said.code == 0, said.err
    assert (project.root / "data.txt").read_text() == "a one two\n"


def test_a_spec_whose_files_moved_is_17_and_a_refused_budget_outranks_it(
    project: Repo, tmp_path: Path
) -> None:
    project.write("data.txt", "a\n")
    stamped(project, "specs/1.md", "one")
    project.write("data.txt", "b\n")
    env = scripted(tmp_path, says("x"))
    assert tokenroi("exec", "specs/1.md", "--yes", env=env).code == 17
    both = tokenroi("exec", "specs/1.md", "specs/001.md", "--max-usd", "0.0001", "--yes", env=env)
    assert both.code == 12, both.err


def test_plan_prints_the_estimate_the_bill_and_the_path_of_the_spec(project: Repo, tmp_path: Path) -> None:
    said = tokenroi(
        "plan", "write one.txt", "-o", "specs/003.md", env=scripted(tmp_path, says(spec("three.txt")))
    )
    assert said.code == 0, said.err
    assert "mid      $0." in said.out
    assert "total $0." in said.out
    assert said.out.splitlines()[-1] == "specs/003.md"
    assert (project.root / "specs" / "003.md").exists()


def test_check(project: Repo) -> None:
    good = tokenroi("check")
    assert (good.code, good.out.splitlines()[-1]) == (0, "2 specs, 0 errors, 0 warnings")
    project.write("specs/003.md", "# Task: x\n")
    bad = tokenroi("check", "--format", "json")
    assert bad.code == 1
    assert json.loads(bad.out)["errors"] > 0


def test_check_finds_the_root_from_below(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root / "specs")
    assert tokenroi("check", "001.md").code == 0


@pytest.mark.usefixtures("project")
def test_report_adds_up_what_was_spent(tmp_path: Path) -> None:
    tokenroi("-p", "one", env=scripted(tmp_path, says("x")))
    report = json.loads(tokenroi("report", "--by", "task", "--json").out)
    assert (report["calls"], report["cost_usd"], report["unknown_usd"]) == (1, "0.0045", "0")
    assert [row["key"] for row in report["by"]] == ["chat"]
    assert "$0.0045" in tokenroi("report").out


def test_doctor_says_what_is_missing_and_exits_1() -> None:
    said = tokenroi("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(said.out)["checks"]}
    assert said.code == 1
    assert checks["python"]["ok"]
    assert not checks["models"]["ok"]
    assert "FAIL  models" in tokenroi("doctor").out


def test_doctor_says_who_stands_in_for_a_tier_and_which_caps_hold(temporary_home: Path) -> None:
    file = temporary_home / "tokenroi" / "config.toml"
    file.parent.mkdir()
    file.write_text(
        '[tiers]\nmid = "ollama/qwen3-coder"\n[prices."ollama/qwen3-coder"]\nfree = true\n'
        "[budget]\nday = 7.5\n"
    )
    said = tokenroi("doctor", "--json")
    checks = {check["name"]: check["text"] for check in json.loads(said.out)["checks"]}
    assert said.code == 0, said.out
    assert checks["tier premium"] == "no model of its own: mid does its work"
    assert "no key needed" in checks["tier mid"]
    assert checks["caps"] == "hard: $1 for each -p, plan and exec, $5 for a REPL, $7.5 for each day"


@pytest.mark.parametrize(("base", "cap"), [("", "hard"), ("http://127.0.0.1:9/v1", "soft")])
def test_doctor_says_whether_a_cap_can_be_kept(base: str, cap: str) -> None:
    said = tokenroi("doctor", env={"OPENAI_API_KEY": "sk-made-up-0123456789", "OPENAI_BASE_URL": base})
    assert said.out.count(f"priced, cap {cap}") == 4, said.out


def test_config_says_where_a_value_comes_from(temporary_home: Path) -> None:
    file = temporary_home / "tokenroi" / "config.toml"
    file.parent.mkdir()
    file.write_text("[limits]\nsteps = 7\n")
    assert tokenroi("config", "path").out == f"{file}\n"
    rows = {row["key"]: row for row in json.loads(tokenroi("config", "show", "--json").out)["settings"]}
    assert (rows["limits.steps"]["value"], rows["limits.steps"]["origin"]) == ("7", str(file))
    assert rows["limits.minutes"]["origin"] == "default"
    assert f"limits.steps        7         {file}" in tokenroi("config", "show", "--origin").out
    assert str(file) not in tokenroi("config", "show").out


def test_demo_ends_accepted_without_a_key() -> None:
    said = tokenroi("demo")
    assert said.code == 0, said.err
    assert "SCRIPTED" in said.out
    assert "attempt 1 on mid: failed" in said.out
    assert "attempt 2 on mid: accepted" in said.out
    assert "the same tokens on premium" in said.out
    assert objects(tokenroi("demo", "--json"))[-1]["status"] == "accepted"
