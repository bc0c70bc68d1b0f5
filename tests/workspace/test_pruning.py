"""The store does not grow for ever, and loses nothing that an undo may ask for."""

import os
import time
from pathlib import Path

import pytest

from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journals
from tokenroi_cli.workspace.pruning import prune
from tokenroi_cli.workspace.undo import checkpoints, undo

DAY = 86_400


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a").write_text("one\n")
    return Journals(tmp_path / "journal", tmp_path / "tree")


def run(journals: Journals, old: str, new: str) -> None:
    journal = journals.begin(About("s", "s", new))
    apply_edits(journals.root, [FileEdit("a", ((old, new),))], journal=journal)
    journal.end()


def age(journals: Journals, days: float) -> None:
    """Makes all that is kept now that much older."""
    for path in journals.folder.rglob("*"):
        if path.is_file():
            at = path.stat().st_mtime - days * DAY
            os.utime(path, (at, at))


def contents(journals: Journals) -> set[str]:
    return {path.read_text() for path in journals.blobs.folder.iterdir()}


def test_what_is_old_goes_and_what_is_named_stays(journals: Journals) -> None:
    run(journals, "one", "two")
    run(journals, "two", "three")
    age(journals, 31)
    run(journals, "three", "four")
    assert contents(journals) == {"one\n", "two\n", "three\n", "four\n"}
    prune(journals)
    assert contents(journals) == {"three\n", "four\n"}
    assert [point.title for point in checkpoints(journals, "s")] == ["four"]
    undo(journals, "s")
    assert (journals.root / "a").read_text() == "three\n"


def test_a_run_at_work_keeps_everything_that_it_may_need(journals: Journals) -> None:
    journal = journals.begin(About("s", "s"))
    with journal.command("x"):
        (journals.root / "a").write_text("two\n")
        age(journals, 40)
        prune(journals)
    apply_edits(journals.root, [FileEdit("a", (("two", "three"),))], journal=journal)
    age(journals, 40)
    prune(journals)
    journal.roll_back()
    assert (journals.root / "a").read_text() == "one\n"


def test_the_next_snapshot_has_what_it_remembers(journals: Journals) -> None:
    os.utime(journals.root / "a", (1, 1))
    age(journals, 1)
    journals.snapshots.take()
    age(journals, 40)
    prune(journals)
    journal = Journals(journals.folder, journals.root).begin()
    with journal.command("x"):
        (journals.root / "a").unlink()
    journal.roll_back()
    assert (journals.root / "a").read_text() == "one\n"


def test_once_a_day(journals: Journals) -> None:
    now = time.time()
    prune(journals, now)
    assert not journals.folder.exists(), "nothing is made for it"
    run(journals, "one", "two")
    prune(journals, now)
    age(journals, 31)
    os.utime(journals.folder / "pruned", (now, now))
    prune(journals, now)
    assert contents(journals) == {"one\n", "two\n"}
    prune(journals, now + 2 * DAY)
    assert contents(journals) == set()
