"""Freshness, scope and verdict: three questions with exact answers."""

import pytest

from tests.spec.example import SPEC
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.spec.freshness import stale
from tokenroi_cli.spec.parse import parse
from tokenroi_cli.spec.scope import in_lists, out_of_scope
from tokenroi_cli.spec.verdict import accepted, cannot_run, proves_nothing

SPEC_READ = parse(SPEC, "specs/001-retry.md")

PASSED = CommandResult("make", 0, "", 1.0)
FAILED = CommandResult("make", 1, "", 1.0)
UNKNOWN = CommandResult("nope", 127, "", 0.1)
HUNG = CommandResult("hang", None, "", 120.0, timed_out=True)


def test_a_file_that_moved_or_went_is_stale() -> None:
    fresh = {"src/fetch.py": "sha256:ab", "src/core/loader.py": "sha256:cd"}
    moved = {**fresh, "src/fetch.py": "sha256:ff"}
    assert stale(SPEC_READ, lambda path: fresh.get(path)) == ()
    assert stale(SPEC_READ, lambda path: moved.get(path)) == ("src/fetch.py",)
    assert stale(SPEC_READ, lambda path: None) == ("src/fetch.py", "src/core/loader.py")
    assert stale(parse("# Task: x\n", "x.md"), lambda path: None) == ()


@pytest.mark.parametrize("path", ["src/fetch.py", "tests/test_retry.py", "./src/fetch.py", "src//fetch.py"])
def test_listed_files_are_in_scope(path: str) -> None:
    assert in_lists(SPEC_READ, path)


@pytest.mark.parametrize(
    "path",
    ["src/fetch.pyc", "src", "fetch.py", "SRC/fetch.py", "src/x/../fetch.py", "", "specs/001-retry.md"],
)
def test_nothing_else_is_in_scope(path: str) -> None:
    assert not in_lists(SPEC_READ, path)


def test_composed_and_decomposed_names_are_one() -> None:
    assert in_lists(parse("# Task: x\n## Files to Create\n- `caf\u00e9.py` — x\n", "x.md"), "cafe\u0301.py")


def test_the_spec_itself_and_caches_are_nobodys_change() -> None:
    changed = [
        "src/fetch.py",
        "src/__pycache__/a.cpython-311.pyc",
        ".coverage",
        "specs/001-retry.md",
        "setup.cfg",
    ]
    assert out_of_scope(SPEC_READ, changed) == ("setup.cfg",)


def test_only_commands_decide() -> None:
    assert accepted([PASSED, PASSED])
    assert not accepted([PASSED, FAILED])
    assert not accepted([PASSED, HUNG])
    assert cannot_run([PASSED, FAILED, UNKNOWN, HUNG]) == (UNKNOWN, HUNG)
    assert proves_nothing([PASSED])
    assert proves_nothing([])
    assert not proves_nothing([PASSED, FAILED])
