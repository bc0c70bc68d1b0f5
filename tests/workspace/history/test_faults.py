"""A disk that fails or a process that dies, at every call in turn: every file is old or new, never torn."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.faults import DIED, FAILED, FAULTS, MOST_CALLS, faulted
from tests.workspace.test_edits import snapshot
from tokenroi_cli.workspace.atomic import STAGED
from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journal, Journals
from tokenroi_cli.workspace.recovery import recover
from tokenroi_cli.workspace.undo import redo, undo

FIVE = [
    FileEdit("a.py", (("two", "2"),)),
    FileEdit("sub/run.sh", (("echo", "printf"),)),
    FileEdit("new/deep/c.txt", create="made\n"),
    FileEdit("d.txt", delete=True),
    FileEdit("e.txt", (("one", "1"), ("three", "3"))),
]

LINES = "one\ntwo\nthree\nfour\nfive\n"

Tree = dict[str, tuple[int, bytes]]


class Scene:
    """A tree, its journals, and a work that is done to it in a child, over and over."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root = base / "tree"
        self.folder = base / "journal"
        (self.root / "sub").mkdir(parents=True)
        for name in ("a.py", "d.txt", "e.txt"):
            (self.root / name).write_text(LINES)
        (self.root / "sub/run.sh").write_text("echo\n")
        (self.root / "sub/run.sh").chmod(0o755)
        self.last = 0

    def journals(self) -> Journals:
        return Journals(self.folder, self.root)

    def begin(self, *, transaction: bool = False) -> Journal:
        return self.journals().begin(About("s", "s", "five files", transaction=transaction))

    def edit(self) -> None:
        journal = self.begin()
        apply_edits(self.root, FIVE, journal=journal)
        journal.end()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def checked_files(now: Tree, before: Tree, after: Tree) -> None:
    """Each file is old or new; what is staged beside it has a name of its own."""
    for path, (mode, _) in now.items():
        if STAGED not in path and not stat.S_ISDIR(mode):
            assert now[path] in (before.get(path), after.get(path)), path


def states(scene: Scene, work: Callable[[], object]) -> tuple[Tree, Tree, int]:
    """The tree before the work and after it, and how many calls on files it makes. All is put back."""
    journal = snapshot(scene.folder) if scene.folder.exists() else {}
    before = snapshot(scene.root)
    counted = scene.base / "count"
    assert faulted(work, 0, None, counted=counted) == 0
    after = snapshot(scene.root)
    assert after != before
    reset(scene, before)
    restore_folder(scene.folder, journal)
    return before, after, int(counted.read_text())


def reset(scene: Scene, to: Tree) -> None:
    """Makes the tree what it was, without what is tested here."""
    restore_folder(scene.root, to)
    for path, (mode, _) in to.items():
        (scene.root / path).chmod(stat.S_IMODE(mode))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_an_edit_of_five_files_fails_whole(scene: Scene, fault: int, lasting: bool, step: int) -> None:
    before, after, calls = states(scene, scene.edit)
    for at in range(1 + FAULTS.index(fault), calls + 1, step):
        reset(scene, before)
        code = faulted(scene.edit, at, fault, lasting=lasting)
        now = snapshot(scene.root)
        checked_files(now, before, after)
        if not lasting:
            # A failure after the last file is in place, of closing the log, leaves all of them new.
            assert now in (before, after), at
            assert code in (0, FAILED), at
        recover(scene.journals())
        assert snapshot(scene.root) in (before, after), at


def test_an_edit_of_five_files_survives_every_death(scene: Scene) -> None:
    before, after, _ = states(scene, scene.edit)
    ends = deaths(scene, scene.edit, before, after)
    assert ends == {"before", "after"}


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_so_do_undo_and_redo(scene: Scene, verb: str) -> None:
    scene.edit()
    if verb == "redo":
        undo(scene.journals(), "s")

    def work() -> None:
        take = undo if verb == "undo" else redo
        assert not take(scene.journals(), "s").reversal.left

    journal = snapshot(scene.folder)
    before, after, _ = states(scene, work)
    for at in range(1, MOST_CALLS):
        reset(scene, before)
        restore_folder(scene.folder, journal)
        code = faulted(work, at, None)
        checked_files(snapshot(scene.root), before, after)
        recover(scene.journals())
        now = snapshot(scene.root)
        assert now in (before, after), at
        if code == 0:
            return
        if now == before:
            work()
            assert snapshot(scene.root) == after, at
    pytest.fail("it never ended")


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES])
def test_an_undo_that_fails_leaves_no_file_torn_and_says_which_it_left(scene: Scene, fault: int) -> None:
    scene.edit()
    journal = snapshot(scene.folder)
    said = scene.base / "said"

    def work() -> None:
        said.write_text("\n".join(left.path for left in undo(scene.journals(), "s").reversal.left))

    before, after, calls = states(scene, work)
    for at in range(1, calls + 1, 5):
        reset(scene, before)
        restore_folder(scene.folder, journal)
        said.unlink(missing_ok=True)
        code = faulted(work, at, fault)
        now = snapshot(scene.root)
        checked_files(now, before, after)
        if code == 0:
            left = {path for path in said.read_text().split("\n") if path}
            stays = {path for path in {*before, *after} if now.get(path) != after.get(path)}
            assert {path for path in stays if (before.get(path) or after[path])[0] & 0o100000} <= left, at


def test_a_transaction_whose_process_died_is_rolled_back_even_if_that_dies_too(scene: Scene) -> None:
    start = snapshot(scene.root)

    def work() -> None:
        journal = scene.begin(transaction=True)
        apply_edits(scene.root, FIVE, journal=journal)
        with journal.command("rm"):
            (scene.root / "a.py").unlink()
            (scene.root / "new/deep/other").write_text("x")
        with journal.command("killed"):
            (scene.root / "sub/run.sh").chmod(0o600)
            (scene.root / "e.txt").write_text("half")
            os._exit(DIED)

    assert faulted(work, 0, None) == DIED
    journal, died = snapshot(scene.folder), snapshot(scene.root)
    for at in range(1, MOST_CALLS):
        reset(scene, died)
        restore_folder(scene.folder, journal)
        code = faulted(lambda: recover(scene.journals()), at, None)
        recover(scene.journals())
        assert snapshot(scene.root) == start, at
        if code == 0:
            return
    pytest.fail("it never ended")


def test_what_the_user_writes_before_the_next_start_is_left(scene: Scene) -> None:
    before, _, calls = states(scene, scene.edit)

    def work() -> None:
        journal = scene.begin(transaction=True)
        apply_edits(scene.root, FIVE, journal=journal)
        os._exit(DIED)

    for at in range(1, calls, 5):
        reset(scene, before)
        shutil.rmtree(scene.folder, ignore_errors=True)
        faulted(work, at, None)
        (scene.root / "a.py").write_text("the user's\n")
        (scene.root / "d.txt").unlink(missing_ok=True)
        recover(scene.journals())
        assert (scene.root / "a.py").read_text() == "the user's\n", at
        assert snapshot(scene.root)["e.txt"] == before["e.txt"], at


def test_a_run_that_lives_is_not_recovered(scene: Scene) -> None:
    journal = scene.begin(transaction=True)
    apply_edits(scene.root, FIVE, journal=journal)
    after = snapshot(scene.root)
    assert not scene.journals().interrupted()
    assert recover(scene.journals()) == ()
    assert faulted(lambda: recover(scene.journals()), 0, None) == 0
    assert snapshot(scene.root) == after
    journal.end()


def test_what_somebody_else_wrote_since_is_left_and_named(scene: Scene) -> None:
    def work() -> None:
        journal = scene.begin(transaction=True)
        apply_edits(scene.root, FIVE, journal=journal)
        os._exit(DIED)

    assert faulted(work, 0, None) == DIED
    assert scene.journals().interrupted()
    (scene.root / "a.py").write_text("mine\n")
    (scene.root / "e.txt").write_text("1\ntwo\n3\nfour\nfive\nsix\n")
    (one,) = recover(scene.journals())
    assert (one.about.title, [left.path for left in one.left]) == ("five files", ["a.py"])
    assert (scene.root / "a.py").read_text() == "mine\n"
    assert (scene.root / "e.txt").read_text() == LINES + "six\n"
    assert (scene.root / "d.txt").read_text() == LINES
    assert recover(scene.journals()) == ()


def deaths(scene: Scene, work: Callable[[], object], before: Tree, after: Tree) -> set[str]:
    """Kills a work at every call in turn; how the next start has resolved it."""
    ends = set[str]()
    for at in range(1, MOST_CALLS):
        reset(scene, before)
        code = faulted(work, at, None)
        checked_files(snapshot(scene.root), before, after)
        recover(scene.journals())
        now = snapshot(scene.root)
        assert now in (before, after), at
        assert not list(scene.journals().runs.glob("*.open")), at
        ends.add("after" if now == after else "before")
        if code == 0:
            return ends
        assert code == DIED
    pytest.fail("it never ended")


def restore_folder(folder: Path, to: Tree) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    for path, (mode, data) in to.items():
        if stat.S_ISDIR(mode):
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)
