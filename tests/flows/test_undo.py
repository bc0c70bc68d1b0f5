"""Files back: after a failed exec, after a process that died, by `tokenroi undo`, whatever changed them."""

import json
import os
import random
import select
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.flows.world import SPEC, World
from tests.repl.scripts import PRICES, runs, says
from tests.workspace.test_edits import snapshot

MESS = (
    "rm -r tests; sed -i s/FEE/TAX/ billing/charge.py; chmod 700 billing; echo KEY=2 > .env; "
    "ln -s billing link; mkdir -p new/deep; echo x > new/deep/file; git checkout -q -- tests; rm AGENTS.md"
)
"""What a command can do to a tree."""


@pytest.fixture
def scripted(world: World, tmp_path: Path) -> Callable[[str], None]:
    """Sets the replies that the scripted provider gives next."""
    (world.repo / ".env").write_text("KEY=1\n")
    (world.repo / ".gitignore").write_text(".env\n")

    def set_replies(replies: str) -> None:
        script = tmp_path / "replies.toml"
        script.write_text(PRICES + replies)
        world.environ["TOKENROI_SCRIPT"] = str(script)

    return set_replies


def files(world: World) -> dict[str, tuple[int, bytes]]:
    """The work tree, ignored files included, without git's own."""
    found = snapshot(world.repo)
    return {path: state for path, state in found.items() if path.partition("/")[0] != ".git"}


def write_spec(world: World, command: str) -> str:
    text = SPEC.replace("python3 -m unittest -q tests.test_negative", command)
    (world.repo / "spec.md").write_text(text)
    return "spec.md"


def test_a_failed_exec_takes_back_what_its_commands_did(
    world: World, scripted: Callable[[str], None]
) -> None:
    scripted(runs(MESS) + says("Done.") + says("I give up."))
    spec = write_spec(world, "echo run >> log.txt; test -e done")
    before = files(world)
    done = world.run("exec", spec, "--yes", "--json")
    assert (done.code, done.result["reason"]) == (11, "validation_failed"), done.err
    assert files(world) == before
    assert world.git("status", "--porcelain").split() == ["??", ".gitignore", "??", "spec.md"]
    changed = [event["changed"] for event in done.events if event["type"] == "attempt"]
    assert changed[-1] == ["AGENTS.md", "billing/charge.py", "link", "log.txt", "new/deep/file"]
    patch = Path(done.result["path"]).read_text()
    assert "b/log.txt" in patch, "the baseline's and the validation's doing is in it, too"
    assert "+FEE" not in patch
    assert "TAX" in patch


def test_a_refused_exec_takes_back_what_the_baseline_did(
    world: World, scripted: Callable[[str], None]
) -> None:
    scripted(says("Never asked."))
    spec = write_spec(world, "echo run > log.txt; nothing-like-that")
    before = files(world)
    assert world.run("exec", spec, "--yes").code == 11
    assert files(world) == before


@pytest.mark.parametrize("where", ["command", "validation"])
def test_an_exec_that_is_killed_is_rolled_back_at_the_next_start(
    world: World, scripted: Callable[[str], None], tmp_path: Path, where: str
) -> None:
    os.mkfifo(tmp_path / "hanging")
    hang = f"echo x > {tmp_path}/hanging; sleep 60"
    scripted(runs(f"{MESS}; {hang}" if where == "command" else MESS) + says("Done."))
    spec = write_spec(world, f"test -e link && {{ {hang}; }}")
    before = files(world)
    hanging = os.open(tmp_path / "hanging", os.O_RDONLY | os.O_NONBLOCK)
    process = world.start("exec", spec, "--yes")
    try:
        assert select.select([hanging], [], [], 60)[0]
    finally:
        process.kill()
        process.communicate()
        os.close(hanging)
    assert files(world) != before
    done = world.run("undo")
    assert done.code == 2
    assert "an earlier run was cut off (spec.md); put back: " in done.err
    assert files(world) == before
    again = world.run("undo")
    assert "cut off" not in again.err


def test_undo_and_redo_of_a_prompt(world: World, scripted: Callable[[str], None]) -> None:
    scripted(runs(MESS) + says("Done."))
    before = files(world)
    assert world.run("-p", "first", "--yes").code == 0
    middle = files(world)
    scripted(runs("rm billing/charge.py") + says("Done."))
    assert world.run("-p", "second", "--yes", "--continue").code == 0
    after = files(world)

    listed = json.loads(world.run("undo", "--list", "--json").out)["checkpoints"]
    assert [(point["number"], point["title"], point["undone"]) for point in listed] == [
        (1, "first", False),
        (2, "second", False),
    ]
    assert "AGENTS.md" in listed[0]["files"]
    assert "-KEY=1\n+KEY=2" in world.run("undo", "--diff").out

    head = world.git("rev-parse", "HEAD"), world.git("ls-files", "--stage")
    done = world.run("undo")
    assert (done.code, done.out) == (0, "undone: 2 second\n  restored: billing/charge.py\n")
    assert files(world) == middle
    assert json.loads(world.run("undo", "--to", "1", "--json").out)["left"] == []
    assert files(world) == before
    assert world.run("undo").code == 2
    assert world.run("undo", "--redo").code == 0
    assert world.run("undo", "--redo").code == 0
    assert files(world) == after
    assert (world.git("rev-parse", "HEAD"), world.git("ls-files", "--stage")) == head


def test_a_clash_is_left_and_is_exit_1(world: World, scripted: Callable[[str], None]) -> None:
    scripted(runs("echo theirs > AGENTS.md; rm .env") + says("Done."))
    assert world.run("-p", "go", "--yes").code == 0
    (world.repo / "AGENTS.md").write_text("mine\n")
    done = world.run("undo")
    assert done.code == 1
    assert "  restored: .env\n  left as it is: AGENTS.md (it was changed since" in done.out
    assert (world.repo / "AGENTS.md").read_text() == "mine\n"


def test_from_a_folder_below(world: World, scripted: Callable[[str], None]) -> None:
    scripted(runs("rm AGENTS.md") + says("Done."))
    before = files(world)
    below = World(world.home, world.repo / "billing", world.environ)
    assert below.run("-p", "go", "--yes").code == 0
    assert files(world) != before
    assert world.run("undo").code == 0
    assert files(world) == before


@pytest.mark.parametrize("options", [["--to", "3"], ["--redo"], ["--redo", "--list"], ["--to", "0"]])
def test_what_cannot_be_undone(world: World, scripted: Callable[[str], None], options: list[str]) -> None:
    scripted(runs("rm AGENTS.md") + says("Done."))
    assert world.run("undo", *options).code == 2
    assert world.run("-p", "go", "--yes").code == 0
    before = files(world)
    done = world.run("undo", *options)
    assert (done.code, len(done.err.splitlines())) == (2, 2)
    assert files(world) == before


def test_what_no_undo_covers_is_said_before_the_first_command(
    world: World, scripted: Callable[[str], None]
) -> None:
    scripted(runs("true") + says("Done."))
    (world.repo / ".gitignore").write_text(".env\nbuild/\n")
    (world.repo / "build").mkdir()
    done = world.run("-p", "go", "--yes")
    said = done.err.splitlines()
    told = next(
        at
        for at, row in enumerate(said)
        if row.endswith("undo does not cover what commands do in ignored folders build/")
    )
    assert told < next(at for at, row in enumerate(said) if "ok: exit 0" in row)


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_whenever_an_exec_is_killed_the_next_start_makes_the_tree_whole(
    world: World, scripted: Callable[[str], None], kills: int
) -> None:
    scripted(runs(MESS) + says("Done.") + says("I give up."))
    spec = write_spec(world, "echo run >> log.txt; sed -i s/lower/upper/ AGENTS.md; test -e done")
    before = files(world)
    started = time.monotonic()
    whole = world.start("exec", spec, "--yes")
    whole.communicate()
    assert (whole.returncode, files(world)) == (11, before)
    longest = time.monotonic() - started
    rng = random.Random(kills)
    for number in range(kills):
        process = world.start("exec", spec, "--yes")
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.2, 1) * longest)
        process.kill()
        process.communicate()
        world.run("undo", "--list")
        assert files(world) == before, number
