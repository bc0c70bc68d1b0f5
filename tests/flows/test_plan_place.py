"""Where a plan's spec goes: refused before the first call, never lost after it."""

import json
from pathlib import Path

import pytest

from tests.flows.world import SPEC, World

PRICE = '[prices."scripted/premium"]\ninput = 1\noutput = 5\n'


@pytest.fixture
def script(tmp_path: Path) -> str:
    """One reply: the spec."""
    return scripted(tmp_path, SPEC)


def scripted(folder: Path, *texts: str) -> str:
    path = folder / "replies.toml"
    replies = "".join(f"[[reply]]\ntext = {json.dumps(text)}\n" for text in texts)
    path.write_text(PRICE + replies)
    return str(path)


LONG = "n" * 300


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("AGENTS.md/x.md", "AGENTS.md"),
        (f"{LONG}.md", "too long"),
        (f"new/{LONG}.md", "too long"),
        (f"{LONG}/x.md", "too long"),
        ("d/" * 2100 + "x.md", "too long"),
        (".git/x.md", "inside .git"),
        ("loop/x.md", "loop"),
        ("\udcff.md", "invisible"),
    ],
)
def test_a_place_where_no_spec_can_be_is_refused_before_the_first_call(
    world: World, script: str, out: str, words: str
) -> None:
    (world.repo / "loop").symlink_to("loop")
    done = world.run("plan", "a task", "-o", out, "--json", TOKENROI_SCRIPT=script)
    assert done.code == 2, done.out
    assert done.result["reason"] == "usage"
    assert words in done.result["message"]
    assert world.report()["calls"] == 0


def test_a_file_in_the_place_of_the_folder_of_specs_is_seen_beforehand(world: World, script: str) -> None:
    (world.repo / "specs").write_text("mine\n")
    done = world.run("plan", "a task", "--json", TOKENROI_SCRIPT=script)
    assert done.code == 2, done.out
    assert "specs" in done.result["message"]
    assert world.report()["calls"] == 0
