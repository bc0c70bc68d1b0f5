"""Edits happen as meant, all of them, or the tree is byte for byte what it was."""

import os
import resource
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.edits import ChangedFile, EditRefused, EditReport, FileEdit, apply_edits
from tokenroi_cli.workspace.journal import Journals

SMALL = 4096
"""Bytes: a file size limit that a test sets, as a full disk would."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.py").write_text("one\ntwo\nthree\n")
    (folder / "b.py").write_text("left\nright\n")
    return folder


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder: mode and bytes, a link's target."""
    found = {}
    for path in sorted(root.rglob("*")):
        data = (
            os.fsencode(path.readlink())
            if path.is_symlink()
            else path.read_bytes()
            if path.is_file()
            else b""
        )
        found[str(path.relative_to(root))] = (path.lstat().st_mode, data)
    return found


def refused(root: Path, *edits: FileEdit) -> EditRefused:
    """The refusal of edits that must leave the tree alone."""
    before = snapshot(root)
    with pytest.raises(EditRefused) as refusal:
        apply_edits(root, edits)
    assert snapshot(root) == before
    assert refusal.value.what.endswith("; nothing was written")
    assert "\n" not in refusal.value.what
    return refusal.value


def test_hunks_files_creation_and_deletion_in_one(root: Path) -> None:
    report = apply_edits(
        root,
        [
            FileEdit("a.py", (("three\n", "3\n3\n"), ("one", "1"))),
            FileEdit("new/deep/c.py", create="x\ny"),
            FileEdit("b.py", delete=True),
        ],
    )
    assert report == EditReport(
        (
            ChangedFile("a.py", 3, 2),
            ChangedFile("new/deep/c.py", 2, 0, created=True),
            ChangedFile("b.py", 0, 2, deleted=True),
        )
    )
    assert {path: data for path, (_, data) in snapshot(root).items() if data} == {
        "a.py": b"1\ntwo\n3\n3\n",
        "new/deep/c.py": b"x\ny",
    }


def test_two_edits_of_one_file_are_one(root: Path) -> None:
    (root / "link").symlink_to("a.py")
    report = apply_edits(root, [FileEdit("./a.py", (("one", "1"),)), FileEdit("link", (("two", "2"),))])
    assert report == EditReport((ChangedFile("a.py", 2, 2),))
    assert (root / "a.py").read_text() == "1\n2\nthree\n"
    assert (root / "link").is_symlink()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (FileEdit("a.py", (("four", "4"),)), "a.py, hunk 1: the old text is not in the file"),
        (
            FileEdit("a.py", (("one", "1"), ("e", "E"))),
            "a.py, hunk 2: the old text stands only in the middle of longer lines or words (lines 1, 3)",
        ),
        (FileEdit("a.py", (("", "x"),)), "the old text is empty"),
        (FileEdit("a.py", (("\n", "x\n"),)), "the old text is blank"),
        (FileEdit("late", (("a\n", "x\n"),)), "late: binary"),
        (FileEdit("a.py", (("one\ntwo", "x"), ("two\n", "y\n"))), "two hunks overlap at line 2"),
        (FileEdit("a.py", (("one", "x"), ("one", "y"))), "two hunks overlap at line 1"),
        (FileEdit("a.py", create="x"), "already exists"),
        (FileEdit("folder", create="x"), "already exists"),
        (FileEdit("dangling", create="x"), "already exists"),
        (FileEdit("a.py/b", create="x"), "a.py is a file, not a folder"),
        (FileEdit("none.py", (("a", "b"),)), "no such file"),
        (FileEdit("none.py", delete=True), "no such file"),
        (FileEdit("folder", delete=True), "a folder"),
        (FileEdit("a.py"), "asked for nothing"),
        (FileEdit("a.py", (("one", "1"),), delete=True), "asked for change and delete"),
        (FileEdit("c.py", create="x", delete=True), "asked for create and delete"),
        (FileEdit("binary", (("a", "b"),)), "binary"),
        (FileEdit("latin", (("caf", "b"),)), "not UTF-8 (line 2)"),
        (FileEdit("utf16", (("a", "b"),)), "binary"),
        (FileEdit("locked", (("a", "b"),)), "read-only"),
        (FileEdit("twin", (("a", "b"),)), "2 hard links"),
        (FileEdit("pipe", (("a", "b"),)), "not a regular file"),
        (FileEdit("c.py", create="x" * (LIMIT + 1)), "too large"),
        (FileEdit("c.py", create="\ud800"), "lone surrogate"),
        (FileEdit("c.py", create="a\0b"), "holds a NUL"),
        (FileEdit("a.py", (("one", "\0"),)), "holds a NUL"),
        (FileEdit("a.py", (("one", "\udcff"),)), "lone surrogate"),
        (FileEdit("../out.py", create="x"), "`..` is not followed"),
        (FileEdit("/etc/x", create="x"), "outside the project"),
        (FileEdit("out/x", create="x"), "leads out of the project"),
        (FileEdit(".git/hooks/pre-commit", create="x"), "git's own folder"),
        (FileEdit("sub/.GIT/config", create="x"), "git's own folder"),
        (FileEdit("", create="x"), "not a file name"),
        (FileEdit("link", delete=True), "a link"),
        (FileEdit("x" * 300, create="x"), "File name too long"),
    ],
)
def test_refused_with_the_tree_untouched(root: Path, edit: FileEdit, words: str) -> None:
    (root / "folder").mkdir()
    (root / "dangling").symlink_to("nowhere")
    (root / "nowhere").write_text("x")
    (root / "link").symlink_to("a.py")
    (root / "out").symlink_to("..")
    (root / "binary").write_bytes(b"a\0b")
    (root / "late").write_bytes(b"a\n" + b"x\n" * 10_000 + b"\0")
    (root / "latin").write_bytes(b"x\ncaf\xe9\n")
    (root / "utf16").write_bytes("a".encode("utf-16"))
    (root / "locked").write_text("a")
    (root / "locked").chmod(0o444)
    (root / "twin").write_text("a")
    (root / "other").hardlink_to(root / "twin")
    os.mkfifo(root / "pipe")
    other = FileEdit("b.py", (("left", "LEFT"),))
    assert words in refused(root, other, edit).what
    assert words in refused(root, edit, other).what


def test_the_user_may_allow_what_is_guarded(root: Path) -> None:
    (root / "twin").write_text("a\n")
    (root / "twin").chmod(0o444)
    (root / "other").hardlink_to(root / "twin")
    asked: list[str] = []

    def consent(question: str) -> bool:
        asked.append(question)
        return True

    apply_edits(root, [FileEdit("twin", (("a", "b"),)), FileEdit("b.py", delete=True)], consent=consent)
    assert asked == [
        "twin: has 2 hard links, and only one of them would change. Change it?",
        "twin: is read-only. Change it all the same?",
    ]
    assert ((root / "twin").read_text(), (root / "other").read_text()) == ("b\n", "a\n")
    assert (root / "twin").stat().st_mode & 0o777 == 0o444


def test_nobody_is_asked_about_an_edit_that_does_not_fit(root: Path) -> None:
    (root / "twin").write_text("a\n")
    (root / "other").hardlink_to(root / "twin")
    with pytest.raises(EditRefused, match="not in the file"):
        apply_edits(root, [FileEdit("twin", (("z", "b"),))], consent=lambda question: pytest.fail(question))


@pytest.mark.parametrize("change", ["text", "gone", "folder", "link", "pipe", "same size and time"])
def test_what_changes_while_the_user_is_asked_is_not_overwritten(root: Path, change: str) -> None:
    file = root / "twin"
    file.write_text("a\n")
    (root / "other").hardlink_to(file)
    before = file.stat()

    def meanwhile(_question: str) -> bool:
        if change == "same size and time":
            file.write_text("c\n")
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif change == "text":
            file.write_text("somebody else's\n")
        else:
            file.unlink()
        if change == "folder":
            file.mkdir()
        elif change == "link":
            file.symlink_to("b.py")
        elif change == "pipe":
            os.mkfifo(file)
        return True

    edits = [FileEdit("a.py", (("one", "1"),)), FileEdit("twin", (("a", "b"),)), FileEdit("n", create="x")]
    a = (root / "a.py").read_bytes()
    with pytest.raises(EditRefused, match=r"twin: .*nothing was written"):
        apply_edits(root, edits, consent=meanwhile)
    assert (root / "a.py").read_bytes() == a
    assert not (root / "n").exists()
    assert not [path for path in root.iterdir() if path.name.startswith(".tokenroi")]


def test_a_file_that_comes_into_being_meanwhile_is_not_overwritten(root: Path) -> None:
    (root / "twin").write_text("a\n")
    (root / "other").hardlink_to(root / "twin")

    def meanwhile(_question: str) -> bool:
        (root / "n").write_text("theirs")
        return True

    with pytest.raises(EditRefused, match="n: it was changed meanwhile"):
        apply_edits(root, [FileEdit("n", create="x"), FileEdit("twin", (("a", "b"),))], consent=meanwhile)
    assert ((root / "n").read_text(), (root / "twin").read_text()) == ("theirs", "a\n")


def test_nor_is_one_that_comes_at_the_very_last_moment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def late(*args: Any, **named: Any) -> None:
        (root / "n").write_text("theirs")
        link(*args, **named)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(EditRefused, match="n: File exists"):
        apply_edits(root, [FileEdit("n", create="x")])
    assert [(root / "n").read_text(), len(list(root.iterdir()))] == ["theirs", 3]


def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    for folder in (outside, root / "sub"):
        folder.mkdir()
        (folder / "x").write_text("a\n")
    untouched = snapshot(outside)
    stop = Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "sub").rename(root / "aside")
            (root / "sub").symlink_to(outside)
            stop.wait(0.0002)
            (root / "sub").unlink()
            (root / "aside").rename(root / "sub")
            stop.wait(0.002)

    racer = Thread(target=swap)
    racer.start()
    ends = {"applied": 0, "refused": 0}
    try:
        for _ in range(1_000):
            for old, new in ("ab", "ba"):
                try:
                    apply_edits(root, [FileEdit("sub/x", ((old, new),))])
                    ends["applied"] += 1
                except EditRefused:
                    ends["refused"] += 1
    finally:
        stop.set()
        racer.join()
    assert snapshot(outside) == untouched
    assert min(ends.values()) > 0, ends


def test_a_miss_quotes_the_nearest_lines(root: Path) -> None:
    assert refused(root, FileEdit("a.py", (("one\nTWO\n", "x"),))).hint.split("\n") == [
        *("nearest lines:", "    1| one", "    2| two", "    3| three")
    ]


def test_a_file_is_created_or_changed_not_both(root: Path) -> None:
    assert "more than one thing" in refused(root, FileEdit("c", create="x"), FileEdit("./c", create="y")).what
    assert (
        "more than one thing"
        in refused(root, FileEdit("a.py", (("one", "1"),)), FileEdit("a.py", delete=True)).what
    )


def test_a_replayed_edit_is_refused(root: Path) -> None:
    edit = FileEdit("a.py", (("two\n", "2\n"),))
    apply_edits(root, [edit])
    refused(root, edit)


@pytest.mark.parametrize(
    ("before", "hunk", "after"),
    [
        (b"a\r\nb\r\nc\r\n", ("a\nb\n", "a\nx\nb\n"), b"a\r\nx\r\nb\r\nc\r\n"),
        (b"a\r\nb\nc\r\n", ("b\n", "x\ny\n"), b"a\r\nx\ny\nc\r\n"),
        (b"\xef\xbb\xbfa\nb", ("a\n", "x\n"), b"\xef\xbb\xbfx\nb"),
        (b"a\nb", ("b", "c"), b"a\nc"),
        (b"a\nb\n", ("b\n", "b"), b"a\nb"),
        ("\u00e9\u2028\x0c a".encode(), ("a", "b"), "\u00e9\u2028\x0c b".encode()),
        (b"(a+)[\\d]$1", ("(a+)[\\d]", "\\1 \\g<0>"), b"\\1 \\g<0>$1"),
    ],
)
def test_bytes_outside_the_edit_stay(root: Path, before: bytes, hunk: tuple[str, str], after: bytes) -> None:
    (root / "f").write_bytes(before)
    apply_edits(root, [FileEdit("f", (hunk,))])
    assert (root / "f").read_bytes() == after


@given(
    st.lists(
        st.sampled_from([b"\n", b"\r\n", b"\r", b"a", b"bc", "\u00e9".encode(), b"\xff", b"\0"]), min_size=1
    )
)
def test_an_edit_to_the_same_is_refused_as_no_change(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    data = b"".join(parts)
    path = tmp_path_factory.getbasetemp() / "same"
    path.write_bytes(data)
    old = data.decode("utf-8", "surrogateescape")
    try:
        apply_edits(path.parent, [FileEdit("same", ((old, old),))])
    except EditRefused as refusal:
        words = (
            "no change",
            "binary",
            "UTF-8",
            "lone surrogate",
            "middle of longer",
            "stands at",
            "is blank",
        )
        assert any(word in refusal.what for word in words)  # noqa: PT017 - all of these ends are right
    else:
        pytest.fail("an edit that changes nothing is no success")
    assert path.read_bytes() == data


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o4755])
def test_the_mode_stays(root: Path, mode: int) -> None:
    path = root / "a.py"
    path.chmod(mode)
    apply_edits(root, [FileEdit("a.py", (("one", "1"),))])
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(sys.platform != "linux", reason="Python reads extended attributes on Linux alone")
def test_extended_attributes_stay(root: Path) -> None:
    path = root / "a.py"
    try:
        os.setxattr(path, "user.mark", b"kept")
    except OSError as error:
        pytest.skip(f"this file system has none: {error}")
    apply_edits(root, [FileEdit("a.py", (("one", "1"),))])
    assert os.getxattr(path, "user.mark") == b"kept"


def test_a_new_file_gets_the_usual_mode(root: Path) -> None:
    umask = os.umask(0o027)
    try:
        apply_edits(root, [FileEdit("c", create="x")])
    finally:
        os.umask(umask)
    assert stat.S_IMODE((root / "c").stat().st_mode) == 0o640


def test_an_error_while_moving_puts_everything_back(root: Path) -> None:
    (root / "run.sh").write_text("x")
    (root / "run.sh").chmod(0o750)
    refusal = refused(
        root,
        FileEdit("a.py", (("one", "1"),)),
        FileEdit("run.sh", delete=True),
        FileEdit("new/file", create="x"),
        FileEdit("new", create="both a file and a folder"),
    )
    assert "new: Is a directory" in refusal.what


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond SMALL. Only around the call itself: pytest's own output may be a file, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_second_file(root: Path) -> None:
    large = FileEdit("large", create="x" * SMALL * 2)
    with full_disk():
        refusal = refused(root, FileEdit("a.py", (("one", "1"),)), large)
    assert "large: File too large" in refusal.what


def test_the_journal_has_it_before_it_happens(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    journal = Journals(tmp_path / "journal", root).begin()
    edits = [
        FileEdit("a.py", (("one", "1"),)),
        FileEdit("b.py", delete=True),
        FileEdit("new/c.py", create="x"),
    ]
    apply_edits(root, edits, journal=journal)
    assert journal.changed() == ("a.py", "b.py", "new/c.py")
    journal.roll_back()
    assert snapshot(root) == before


def test_a_refused_edit_leaves_no_trace_in_the_journal(root: Path, tmp_path: Path) -> None:
    journal = Journals(tmp_path / "journal", root).begin()
    with pytest.raises(EditRefused):
        apply_edits(root, [FileEdit("a.py", (("none", "x"),))], journal=journal)
    assert not (tmp_path / "journal").exists()


def test_nothing_is_written_that_the_journal_could_not_keep(root: Path, tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way")
    before = snapshot(root)
    journal = Journals(tmp_path / "journal", root).begin()
    with pytest.raises(EditRefused, match=r"journal.*: Not a directory; nothing was written"):
        apply_edits(root, [FileEdit("a.py", (("one", "1"),))], journal=journal)
    assert snapshot(root) == before
