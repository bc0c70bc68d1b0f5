"""Whatever a Run did to kept files can be undone, byte for byte, also by the next process."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.test_edits import snapshot
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.content import FileRefused
from tokenroi_cli.workspace.journal import Journal, Restored


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_text("one\ntwo\n")
    (folder / "sub/run").write_bytes(b"\0\xff")
    (folder / "sub/run").chmod(0o750)
    (folder / "link").symlink_to("a")
    return folder


@pytest.fixture
def journal(root: Path, tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state/journal", root)


def test_everything_comes_back(root: Path, journal: Journal) -> None:
    before = snapshot(root)
    for name in ("a", "sub/run", "link", "new/deep/file", "new/other"):
        journal.keep(root / name)
    (root / "a").write_text("changed")
    (root / "sub/run").unlink()
    (root / "sub").rmdir()
    (root / "link").unlink()
    (root / "link").write_text("no link any more")
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/file").write_text("x")
    (root / "new/other").write_text("x")
    names = ("a", "link", "new/deep/file", "new/other", "sub/run")
    assert journal.changed() == names
    assert journal.restore() == Restored(names, ())
    after = snapshot(root)
    assert {**after, "sub": before["sub"]} == before
    assert journal.changed() == ()
    assert journal.restore() == Restored((), ())


def test_only_the_first_keep_counts(root: Path, journal: Journal) -> None:
    journal.keep(root / "a")
    (root / "a").write_text("changed")
    journal.keep(root / "a")
    journal.restore()
    assert (root / "a").read_text() == "one\ntwo\n"


def test_mode_alone_is_a_change(root: Path, journal: Journal) -> None:
    journal.keep(root / "a")
    (root / "a").chmod(0o600)
    assert journal.changed() == ("a",)
    assert journal.patch() == ""
    journal.restore()
    assert (root / "a").stat().st_mode & 0o777 == 0o644


def test_a_new_folder_that_is_in_use_stays(root: Path, journal: Journal) -> None:
    journal.keep(root / "new/file")
    (root / "new").mkdir()
    (root / "new/file").write_text("x")
    (root / "new/theirs").write_text("theirs")
    journal.restore()
    assert [path.name for path in (root / "new").iterdir()] == ["theirs"]


def test_the_next_process_can_restore(root: Path, journal: Journal, tmp_path: Path) -> None:
    journal.keep(root / "a")
    (root / "a").write_text("changed")
    again = Journal(tmp_path / "state/journal", root)
    assert again.changed() == ("a",)
    again.restore()
    assert (root / "a").read_text() == "one\ntwo\n"


def test_a_torn_note_is_passed_over(root: Path, journal: Journal, tmp_path: Path) -> None:
    journal.keep(root / "a")
    log = tmp_path / "state/journal/journal.jsonl"
    log.write_bytes(log.read_bytes() + b'\n{"kept": "sub/r')
    again = Journal(tmp_path / "state/journal", root)
    again.keep(root / "link")
    (root / "a").write_text("changed")
    (root / "link").unlink()
    assert Journal(tmp_path / "state/journal", root).changed() == ("a", "link")


def test_a_version_of_somebody_elses_is_kept_and_named(root: Path, journal: Journal, tmp_path: Path) -> None:
    for name in ("a", "sub/run"):
        journal.keep(root / name)
        (root / name).write_text("ours")
        journal.wrote(root / name)
    (root / "a").write_text("theirs")
    assert journal.restore() == Restored(("a", "sub/run"), ("a",))
    assert b"theirs" in {path.read_bytes() for path in (tmp_path / "state/journal").iterdir()}


def test_a_damaged_store_spoils_one_file_and_says_so(root: Path, journal: Journal, tmp_path: Path) -> None:
    for name in ("a", "sub/run"):
        journal.keep(root / name)
        (root / name).write_text("changed")
    (blob,) = [path for path in (tmp_path / "state/journal").iterdir() if path.read_bytes() == b"one\ntwo\n"]
    blob.write_bytes(b"one\ntwp\n")
    with pytest.raises(TokenroiError, match="could not restore a: its kept content was damaged"):
        journal.restore()
    assert (root / "a").read_text() == "changed"
    assert (root / "sub/run").read_bytes() == b"\0\xff"


def test_a_folder_in_the_way_is_named_and_the_rest_restored(root: Path, journal: Journal) -> None:
    for name in ("a", "sub/run"):
        journal.keep(root / name)
    (root / "a").unlink()
    (root / "a").mkdir()
    (root / "sub/run").write_text("changed")
    with pytest.raises(TokenroiError, match="could not restore a: Is a directory"):
        journal.restore()
    assert (root / "sub/run").read_bytes() == b"\0\xff"


def test_nothing_is_restored_through_a_link(root: Path, journal: Journal, tmp_path: Path) -> None:
    journal.keep(root / "sub/run")
    (root / "sub/run").unlink()
    (root / "sub").rmdir()
    (tmp_path / "outside").mkdir()
    (root / "sub").symlink_to(tmp_path / "outside")
    with pytest.raises(TokenroiError, match="its folder is a link now"):
        journal.restore()
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_cannot_be_kept_is_refused(root: Path, journal: Journal, kind: str) -> None:
    if kind == "folder":
        (root / kind).mkdir()
    else:
        os.mkfifo(root / kind)
    with pytest.raises(FileRefused, match="neither a file nor a link"):
        journal.keep(root / kind)


def test_only_the_user_can_read_it(root: Path, journal: Journal, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        journal.keep(root / "a")
    finally:
        os.umask(umask)
    folder = tmp_path / "state/journal"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_patch_shows_what_the_run_did(root: Path, journal: Journal) -> None:
    for name in ("a", "new"):
        journal.keep(root / name)
    (root / "a").write_text("one\n2\n")
    (root / "new").write_text("x\n")
    assert journal.patch() == (
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
        "diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,1 @@\n+x\n"
    )


NAMES = st.sampled_from(["x", "y z", "n/a", "n/b", "\udcff"])
CONTENTS = st.none() | st.binary(max_size=5)


@settings(max_examples=30)
@given(st.dictionaries(NAMES, CONTENTS), st.lists(st.tuples(NAMES, CONTENTS)))
def test_keep_change_restore_is_the_identity(
    tmp_path_factory: pytest.TempPathFactory,
    start: dict[str, bytes | None],
    changes: list[tuple[str, bytes | None]],
) -> None:
    base = tmp_path_factory.mktemp("case")
    root = base / "tree"
    (root / "n").mkdir(parents=True)
    for name, data in start.items():
        put(root / name, data)
    before = snapshot(root)
    journal = Journal(base / "journal", root)
    for name, data in changes:
        journal.keep(root / name)
        put(root / name, data)
        journal.wrote(root / name)
    journal.restore()
    assert snapshot(root) == before
    for line in (base / "journal/journal.jsonl").read_text().split("\n") if changes else ():
        assert not line or json.loads(line)


def put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)
