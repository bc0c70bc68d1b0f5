"""Order, waivers, and what the linter needs to run."""

import subprocess
import sys

import pytest
from hypothesis import given

from tests.spec.example import SPEC, Files, findings, rules, with_section
from tests.spec.test_parse import TEXTS, spec_of
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import parse

VAGUE = with_section("Context", "One, two etc.\n\nThree, four etc.")


def test_findings_come_by_line_and_rule() -> None:
    text = with_section("Goal", "TBD, etc.").replace("# Task: Add retry to fetch()", "# Task:")
    found = [(finding.line, finding.rule) for finding in findings(text)]
    assert found == sorted(found)
    assert [rule for _, rule in found] == ["S001", "S011", "S020"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (VAGUE, 2),
        (VAGUE.replace("Three", "\n<!-- tokenroi-disable S020 -->\n\nThree"), 0),
        (VAGUE.replace("two etc.", "two etc. <!-- tokenroi-disable S020 -->"), 1),
        (VAGUE.replace("two etc.", "two etc.\nand so on <!-- tokenroi-disable S011, S020 -->"), 1),
        (VAGUE.replace("two etc.", "two etc. <!-- tokenroi-disable S021 -->"), 2),
        (VAGUE.replace("two etc.", "two etc. <!-- tokenroi-disable -->"), 2),
        (VAGUE.replace("two etc.", "two etc. `<!-- tokenroi-disable S020 -->`"), 2),
        (VAGUE.replace("Three", "```\n<!-- tokenroi-disable S020 -->\n```\nThree"), 2),
    ],
)
def test_waivers(text: str, left: int) -> None:
    assert rules(text) == ["S020"] * left


def test_a_heading_carries_the_waiver_of_its_section() -> None:
    text = with_section("Goal", "One. Two. Three.")
    assert rules(text) == ["S005"]
    assert rules(text.replace("## Goal", "## Goal <!-- tokenroi-disable S005 -->")) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("S042", with_section("Files to Create", "- `../x.py` — x")),
        ("S063", with_section("Validation", "- [ ] `git push` works")),
        ("S080", with_section("Context", "-----BEGIN " + "PRIVATE KEY-----")),
    ],
)
def test_what_guards_the_machine_is_not_waived(rule: str, text: str) -> None:
    assert rules(f"{text}\n<!-- tokenroi-disable {rule} -->\n") == [rule]


@given(TEXTS)
def test_any_spec_can_be_linted(text: str) -> None:
    spec = spec_of(text)
    for finding in lint(spec, Files()) if spec else ():
        assert finding.line >= 1


def test_without_a_tree() -> None:
    assert lint(parse(with_section("Files to Modify", "- `nowhere.py` — x"), "x.md"), None) == ()


def test_linting_loads_nothing_heavy() -> None:
    code = (
        "import sys; from tokenroi_cli.spec.lint import lint; from tokenroi_cli.spec.parse import parse; "
        "assert not {'yaml', 'markdown_it'} & set(sys.modules), 'import'; "
        "lint(parse(sys.stdin.read(), 'x.md'), None); "
        "print({'litellm', 'tiktoken', 'git', 'prompt_toolkit', 'rich', 'pathspec'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=SPEC, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
