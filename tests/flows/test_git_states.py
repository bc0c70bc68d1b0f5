"""Whatever state git is in, edits and commands work, undo brings it all back, and git is not written to."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.flows.world import World
from tests.repl.scripts import PRICES, runs, says
from tests.workspace.test_edits import snapshot

EDIT = """
[[reply]]
text = "I change it."
[[reply.tool]]
name = "edit"
arguments.files = [{ path = "a.txt", hunks = [{ old = "two", new = "2" }] }]
"""


def detached(world: World) -> None:
    world.git("checkout", "-q", "--detach")


def locked(world: World) -> None:
    (world.repo / ".git/index.lock").touch()


def unborn(world: World) -> None:
    world.git("checkout", "-q", "--orphan", "new")
    world.git("rm", "-rqf", "--cached", ".")


def rebasing(world: World) -> None:
    (world.repo / "b.txt").write_text("ours\n")
    world.git("checkout", "-qb", "side")
    world.git("commit", "-qam", "side")
    world.git("checkout", "-q", "main")
    (world.repo / "b.txt").write_text("theirs\n")
    world.git("commit", "-qam", "main")
    with pytest.raises(Exception, match="rebase"):
        world.git("rebase", "side")


def dirty(world: World) -> None:
    (world.repo / "a.txt").write_text("one\ntwo\nthree\nfour\n")
    world.git("add", "a.txt")
    (world.repo / "b.txt").write_text("changed\n")
    world.git("stash", "-q", "--keep-index")


def without_git(world: World) -> None:
    (world.repo / ".git").rename(world.repo.parent / "aside")


STATES: Mapping[str, Callable[[World], None]] = {
    "detached": detached,
    "index.lock": locked,
    "unborn": unborn,
    "rebase": rebasing,
    "dirty": dirty,
    "no git": without_git,
}


def play(world: World, tmp_path: Path) -> None:
    """A Run that edits, makes and removes; then undo."""
    script = tmp_path / "replies.toml"
    script.write_text(PRICES + EDIT + runs("echo x > made.txt; rm b.txt") + says("Done."))
    world.environ["TOKENROI_SCRIPT"] = str(script)
    before = snapshot(world.repo)
    done = world.run("-p", "go", "--yes")
    assert (done.code, (world.repo / "a.txt").read_text().splitlines()[1]) == (0, "2"), done.err
    assert (world.repo / "made.txt").exists()
    assert not (world.repo / "b.txt").exists()
    undone = world.run("undo")
    assert undone.code == 0, undone.err
    assert snapshot(world.repo) == before, "git's own files included"


@pytest.fixture
def small(world: World) -> World:
    (world.repo / "a.txt").write_text("one\ntwo\nthree\n")
    (world.repo / "b.txt").write_text("b\n")
    world.git("add", "-A")
    world.git("commit", "-qm", "two files")
    return world


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_of_git(small: World, tmp_path: Path, state: str) -> None:
    STATES[state](small)
    play(small, tmp_path)


def test_in_a_linked_work_tree(small: World, tmp_path: Path) -> None:
    small.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    play(World(small.home, tmp_path / "linked", small.environ), tmp_path)


def test_in_a_submodule(small: World, tmp_path: Path) -> None:
    outer = World(small.home, tmp_path / "outer", small.environ)
    outer.repo.mkdir()
    outer.git("init", "-q")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(small.repo), "inner")
    before = snapshot(outer.repo)
    play(World(small.home, outer.repo / "inner", small.environ), tmp_path)
    assert snapshot(outer.repo) == before
