"""Undo and redo of a session's Runs; what others changed since is merged or left."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.test_edits import snapshot
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journals
from tokenroi_cli.workspace.undo import checkpoints, diff, family, redo, undo

LINES = "one\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a").write_text(LINES)
    (folder / "b").write_text(LINES)
    return folder


@pytest.fixture
def journals(root: Path, tmp_path: Path) -> Journals:
    return Journals(tmp_path / "journal", root)


def run(journals: Journals, old: str, new: str, path: str = "a", session: str = "s") -> None:
    """A Run of a session: one edit."""
    journal = journals.begin(About(session, session, f"{old} is {new}"))
    apply_edits(journals.root, [FileEdit(path, ((old, new),))], journal=journal)
    journal.end()


def read(journals: Journals, path: str = "a") -> str:
    return (journals.root / path).read_text()


def test_one_after_the_other_and_forth_again(journals: Journals) -> None:
    texts = [read(journals)]
    for old, new in (("one", "1"), ("two", "2"), ("three", "3")):
        run(journals, old, new)
        texts.append(read(journals))
    for text in reversed(texts[:-1]):
        undo(journals, "s")
        assert read(journals) == text
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(journals, "s")
    for text in texts[1:]:
        redo(journals, "s")
        assert read(journals) == text
    with pytest.raises(UsageError, match="nothing to redo"):
        redo(journals, "s")


def test_to_a_checkpoint_and_back_at_once(journals: Journals) -> None:
    for old, new in (("one", "1"), ("two", "2"), ("three", "3")):
        run(journals, old, new)
    done = undo(journals, "s", 2)
    assert [point.number for point in done.checkpoints] == [2, 3]
    assert read(journals) == "1\ntwo\nthree\nfour\nfive\n"
    assert [point.undone for point in checkpoints(journals, "s")] == [False, True, True]
    with pytest.raises(UsageError, match="no checkpoint 3") as refusal:
        undo(journals, "s", 3)
    assert refusal.value.hint == "the checkpoints are: 1"
    redo(journals, "s")
    assert read(journals) == "1\n2\n3\nfour\nfive\n"


def test_a_run_after_an_undo_ends_redo_and_takes_a_new_number(journals: Journals) -> None:
    run(journals, "one", "1")
    run(journals, "two", "2")
    undo(journals, "s")
    run(journals, "three", "3")
    assert [(point.number, point.undone) for point in checkpoints(journals, "s")] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    with pytest.raises(UsageError, match="nothing to redo"):
        redo(journals, "s")
    undo(journals, "s", 1)
    assert read(journals) == LINES


def test_other_sessions_keep_what_is_theirs(journals: Journals) -> None:
    run(journals, "one", "1")
    run(journals, "five", "5", session="other")
    run(journals, "one", "1", path="b", session="other")
    done = undo(journals, "s")
    assert (read(journals), done.reversal.merged) == ("one\ntwo\nthree\nfour\n5\n", ("a",))
    assert read(journals, "b").startswith("1\n")
    assert family(journals) == "other"


def test_a_child_session_belongs_to_the_one_that_started_it(journals: Journals) -> None:
    journal = journals.begin(About("child", "s", "exec"))
    apply_edits(journals.root, [FileEdit("a", (("one", "1"),))], journal=journal)
    journal.end()
    undo(journals, "s")
    assert read(journals) == LINES


def test_what_the_user_changed_since_is_merged_or_left(journals: Journals) -> None:
    run(journals, "one", "1")
    run(journals, "one", "1", path="b")
    (journals.root / "a").write_text("1\ntwo\nthree\nfour\nfive\nsix\n")
    (journals.root / "b").write_text("I\ntwo\nthree\nfour\nfive\n")
    done = undo(journals, "s", 1)
    assert (done.reversal.restored, done.reversal.merged) == ((), ("a",))
    (left,) = done.reversal.left
    assert (left.path, left.why) == ("b", "it was changed since, in the same lines")
    assert left.kept is not None
    assert left.kept.read_text() == LINES
    assert (read(journals), read(journals, "b")) == (LINES + "six\n", "I\ntwo\nthree\nfour\nfive\n")
    redo(journals, "s")
    assert read(journals) == "1\ntwo\nthree\nfour\nfive\nsix\n"


def test_one_that_had_to_leave_everything_is_not_done(journals: Journals) -> None:
    run(journals, "one", "1")
    (journals.root / "a").write_text("mine\n")
    assert undo(journals, "s").reversal.steps == ()
    (journals.root / "a").write_text("1\ntwo\nthree\nfour\nfive\n")
    assert undo(journals, "s").reversal.restored == ("a",)


def test_one_that_finds_nothing_to_do_is_done(journals: Journals) -> None:
    run(journals, "one", "1")
    run(journals, "two", "2")
    (journals.root / "a").write_text("1\ntwo\nthree\nfour\nfive\n")
    assert undo(journals, "s").reversal.steps == ()
    undo(journals, "s")
    assert read(journals) == LINES


def test_a_deleted_file_stays_deleted_and_a_deleted_folder_comes_back_for_its_file(
    journals: Journals,
) -> None:
    run(journals, "one", "1")
    (journals.root / "a").unlink()
    (left,) = undo(journals, "s").reversal.left
    assert left.why == "it was deleted since"
    journal = journals.begin(About("t", "t"))
    (journals.root / "sub").mkdir()
    (journals.root / "sub/x").write_text("x")
    apply_edits(journals.root, [FileEdit("sub/x", delete=True)], journal=journal)
    journal.end()
    (journals.root / "sub").rmdir()
    undo(journals, "t")
    assert read(journals, "sub/x") == "x"


def test_a_new_folder_with_somebody_elses_file_stays(journals: Journals) -> None:
    journal = journals.begin(About("s", "s"))
    apply_edits(journals.root, [FileEdit("new/x", create="x")], journal=journal)
    journal.end()
    (journals.root / "new/theirs").write_text("x")
    done = undo(journals, "s")
    assert (done.reversal.restored, done.reversal.left) == (("new/x",), ())
    assert [path.name for path in (journals.root / "new").iterdir()] == ["theirs"]


def test_damage_spoils_one_file_and_says_so(journals: Journals) -> None:
    run(journals, "one", "1")
    journal = journals.begin(About("s", "s"))
    apply_edits(journals.root, [FileEdit("b", (("two", "2"),))], journal=journal)
    journal.end()
    run(journals, "1", "I")
    (blob,) = [path for path in journals.blobs.folder.iterdir() if path.read_bytes().startswith(b"1\n")]
    blob.write_bytes(b"0\ntwo\nthree\nfour\nfive\n")
    done = undo(journals, "s", 2)
    assert [(left.path, "damaged" in left.why) for left in done.reversal.left] == [("a", True)]
    assert (read(journals)[0], read(journals, "b")) == ("I", LINES)


def test_nothing_is_restored_through_a_link(journals: Journals, tmp_path: Path) -> None:
    (journals.root / "sub").mkdir()
    (journals.root / "sub/x").write_text("one\n")
    run(journals, "one", "1", path="sub/x")
    shutil.rmtree(journals.root / "sub")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x").write_text("1\n")
    (journals.root / "sub").symlink_to(tmp_path / "outside")
    (left,) = undo(journals, "s").reversal.left
    assert left.path == "sub/x"
    assert (tmp_path / "outside/x").read_text() == "1\n"


def git(root: Path, *args: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *args]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def on_a_branch(root: Path) -> None:
    git(root, "commit", "-qam", "ours")
    git(root, "checkout", "-qb", "side")
    (root / "a").write_text("1\ntwo\nthree\nfour\n5\n")
    git(root, "add", "a")


def rebased(root: Path) -> None:
    git(root, "checkout", "-qb", "side")
    git(root, "commit", "-qam", "ours")
    git(root, "checkout", "-q", "main")
    (root / "a").write_text("one\ntwo\nthree\nfour\n5\n")
    git(root, "commit", "-qam", "theirs")
    git(root, "rebase", "-q", "main", "side")


def stashed(root: Path) -> None:
    git(root, "stash", "-q")


@pytest.mark.parametrize(
    ("between", "after", "merged"),
    [
        (on_a_branch, "one\ntwo\nthree\nfour\n5\n", ("a",)),
        (rebased, "one\ntwo\nthree\nfour\n5\n", ("a",)),
        (stashed, LINES, ()),
    ],
)
def test_git_is_not_touched(
    journals: Journals, between: Callable[[Path], None], after: str, merged: tuple[str, ...]
) -> None:
    git(journals.root, "init", "-q", "-b", "main")
    git(journals.root, "add", "-A")
    git(journals.root, "commit", "-qm", "start")
    run(journals, "one", "1")
    between(journals.root)
    before = snapshot(journals.root / ".git")
    done = undo(journals, "s").reversal
    assert (done.merged, done.left) == (merged, ())
    assert snapshot(journals.root / ".git") == before
    assert read(journals) == after


def test_diff_is_of_what_stands(journals: Journals) -> None:
    run(journals, "one", "1")
    run(journals, "one", "1", path="b")
    run(journals, "two", "2")
    undo(journals, "s")
    assert [row for row in diff(journals, "s").splitlines() if row[:1] in "+-" and row[1:2] not in "+-"] == [
        "-one",
        "+1",
        "-one",
        "+1",
    ]
    assert "a/a" not in diff(journals, "s", 2)
    assert diff(journals, "nobody") == ""


def test_a_rolled_back_run_and_one_at_work_are_no_checkpoints(journals: Journals) -> None:
    journal = journals.begin(About("s", "s"))
    apply_edits(journals.root, [FileEdit("a", (("one", "1"),))], journal=journal)
    journal.roll_back()
    journal.end(rolled_back=True)
    working = journals.begin(About("s", "s"))
    apply_edits(journals.root, [FileEdit("a", (("one", "1"),))], journal=working)
    assert checkpoints(journals, "s") == ()
    assert family(journals) is None
