"""Whatever a Run did to covered files can be taken back, byte for byte: by tools, by commands."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.test_edits import snapshot
from tokenroi_cli.workspace.edits import EditRefused, FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journal, JournalFailed, Journals


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "sub/empty").mkdir(parents=True)
    (folder / "a").write_text("one\ntwo\nthree\nfour\nfive\n")
    (folder / "sub/run").write_bytes(b"\0\xff")
    (folder / "sub/run").chmod(0o750)
    (folder / "link").symlink_to("a")
    (folder / ".gitignore").write_text("*.env\nbuild/\n")
    (folder / "secret.env").write_text("KEY=1\n")
    (folder / "build").mkdir()
    (folder / "build/out").write_text("made")
    return folder


@pytest.fixture
def journals(root: Path, tmp_path: Path) -> Journals:
    return Journals(tmp_path / "state/journal/tree", root)


@pytest.fixture
def journal(journals: Journals) -> Journal:
    return journals.begin(About("s", "s", "test"))


def shell(journal: Journal, command: str) -> None:
    with journal.command(command):
        subprocess.run(["/bin/sh", "-ec", command], cwd=journal.root, check=True)


COMMANDS = [
    "rm a link sub/run secret.env",
    "rm -r sub",
    "sed -i s/two/2/ a",
    "printf more >> a; chmod 600 a",
    "chmod 700 sub; chmod 711 sub/empty",
    "mv a sub/b",
    "ln -sf sub link",
    "mkdir -p new/deep; echo x > new/deep/file; mkdir new/empty",
    "rm a; mkdir a; echo x > a/x",
    "rm -r sub; echo file > sub",
    "rm a; ln -s link a",
    "printf '\\nnoth' > '-rf'; echo > 'line\nfeed'; echo > ' x '",
    "echo KEY=2 > secret.env",
    "rm -r sub; ln -s build sub",
    "rmdir sub/empty; chmod 500 sub",
    "chmod 4755 a",
    "chmod 000 a",
    "find . -mindepth 1 -not -path './build*' -delete 2>/dev/null; true",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_taken_back(root: Path, journal: Journal, command: str) -> None:
    before = snapshot(root)
    shell(journal, command)
    assert snapshot(root) != before
    done = journal.roll_back()
    assert (done.left, done.merged, snapshot(root)) == ((), (), before)


@pytest.mark.parametrize("first", COMMANDS)
def test_and_brought_again(root: Path, journals: Journals, journal: Journal, first: str) -> None:
    shell(journal, first)
    after = snapshot(root)
    journal.roll_back()
    forth = journals.begin()
    assert forth.take_back(journal.changes[len(journal.changes) // 2 :]).left == ()
    assert snapshot(root) == after


def test_commands_and_edits_in_turn(root: Path, journal: Journal) -> None:
    before = snapshot(root)
    apply_edits(root, [FileEdit("a", (("two", "2"),)), FileEdit("n/x", create="x\n")], journal=journal)
    shell(journal, "sed -i s/three/3/ a; mv n m; rm link")
    apply_edits(root, [FileEdit("m/x", delete=True), FileEdit("a", (("four", "4"),))], journal=journal)
    assert journal.changed() == ("a", "link")
    assert journal.roll_back().restored == ("a", "link")
    assert snapshot(root) == before
    assert journal.changed() == ()


def test_the_patch_shows_what_the_run_did(root: Path, journal: Journal) -> None:
    apply_edits(root, [FileEdit("a", (("two", "2"),))], journal=journal)
    shell(journal, "echo x > new; rm -r sub")
    assert journal.patch() == (
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,5 +1,5 @@\n one\n-two\n+2\n three\n four\n five\n"
        "diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,1 @@\n+x\n"
        "diff --git a/sub/run b/sub/run\ndeleted file mode 100755\n"
        "Binary files a/sub/run and /dev/null differ\n"
    )


def test_what_is_not_covered_is_known_and_left_alone(
    root: Path, journals: Journals, journal: Journal
) -> None:
    (root / "large").write_bytes(b"x" * 5_000_001)
    os.mkfifo(root / "pipe")
    (root / "node_modules").mkdir()
    (root / ".git").mkdir()
    (root / ".git/HEAD").write_text("ref: refs/heads/main\n")
    uncovered = journal.uncovered()
    assert uncovered.ignored == ("build/", "node_modules/")
    assert uncovered.files == (("large", "5,000,001 bytes"), ("pipe", "not a regular file"))
    assert uncovered.spoken() == (
        "in ignored folders build/, node_modules/; to large (5,000,001 bytes), pipe (not a regular file)"
    )
    shell(journal, "rm -r build large pipe; echo x > .git/HEAD; echo x > node_modules/x; echo y > a")
    assert journal.changed() == ("a",)
    journal.roll_back()
    assert (root / ".git/HEAD").read_text() == "x\n"
    assert (root / "node_modules/x").exists()


@pytest.mark.parametrize(
    ("change", "appearing"),
    [("echo > .gitignore", "build/out"), ("truncate -s 10 large", "large"), ("chmod 755 shut", "shut/x")],
)
def test_what_was_not_covered_before_is_not_taken_for_new(
    root: Path, journal: Journal, change: str, appearing: str
) -> None:
    (root / "large").write_bytes(b"x" * 5_000_001)
    (root / "shut").mkdir()
    (root / "shut/x").write_text("x")
    (root / "shut").chmod(0)
    shell(journal, change)
    journal.roll_back()
    (root / "shut").chmod(0o755)
    assert (root / appearing).exists()


def test_what_is_not_covered_after_is_not_taken_for_gone(root: Path, journal: Journal) -> None:
    shell(journal, "echo sub/ > .gitignore; truncate -s 6000000 a")
    assert journal.changed() == (".gitignore", "a")
    journal.roll_back()
    assert (root / "a").read_text().startswith("one\n")
    assert (root / "sub/run").read_bytes() == b"\0\xff"


def test_neither_the_home_folder_nor_the_root_is_copied(root: Path, tmp_path: Path) -> None:
    for home in (root, root / "sub"):
        journal = Journals(tmp_path / "j", root, home).begin()
        shell(journal, "echo x > a")
        assert journal.changed() == ()
        assert journal.uncovered().spoken() == "anywhere here, as this is, or holds, your home folder"
    assert Journals(tmp_path / "j", Path("/")).begin().uncovered().tree


def test_tokenrois_own_state_is_never_covered(root: Path) -> None:
    state = root / ".state"
    state.mkdir()
    (state / "ledger.db").write_text("1")
    journal = Journals(state / "journal", root, state=state).begin()
    shell(journal, "echo 2 > .state/ledger.db; echo x > a")
    assert journal.changed() == ("a",)
    journal.roll_back()
    assert (state / "ledger.db").read_text() == "2\n"


def test_too_many_files_are_covered_in_part(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenroi_cli.workspace.history.walk.MOST_FILES", 3)
    assert journal.uncovered().cut
    shell(journal, "echo x > a; echo x > sub/run; echo x > 0")
    journal.roll_back()
    assert (root / "a").read_text().startswith("one\n")
    assert (root / "sub/run").read_text() == "x\n", "beyond the limit"
    assert (root / "0").exists(), "it may have been there"


def test_a_file_of_the_same_size_and_time_is_seen(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenroi_cli.workspace.history.snapshot._SETTLED_NS", -(10**12))
    journal.uncovered()
    while (root / "link").lstat().st_ctime_ns == (root / "a").stat().st_ctime_ns:
        os.utime(root / "link", follow_symlinks=False)  # until the clock of the file system has gone on
    shell(journal, "cp -p a b; printf ONE | dd of=a conv=notrunc 2>/dev/null; touch -r b a; rm b")
    assert journal.changed() == ("a",)


def test_a_file_that_was_just_touched_is_read_again(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    module = "tokenroi_cli.workspace.history.snapshot"
    monkeypatch.setattr(f"{module}._signature", lambda status: (now, now, 1, 1, status.st_mode))
    journal.uncovered()
    shell(journal, "echo x > a")
    assert journal.changed() == ("a",)


def test_what_is_remembered_and_no_longer_kept_is_kept_again(
    root: Path, journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenroi_cli.workspace.history.snapshot._SETTLED_NS", -(10**12))
    before = snapshot(root)
    journals.snapshots.take()
    shutil.rmtree(journals.blobs.folder)
    journal = Journals(journals.folder, root).begin()
    shell(journal, "rm a")
    assert journal.roll_back().left == ()
    assert snapshot(root) == before


def test_the_next_process_reads_no_file_again(
    root: Path, journals: Journals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = 1_000_000_000
    for path in root.rglob("*"):
        os.utime(path, (old, old), follow_symlinks=False)
    monkeypatch.setattr("tokenroi_cli.workspace.history.snapshot._SETTLED_NS", -(10**12))
    first = journals.begin().journals.snapshots.take()
    monkeypatch.setattr("tokenroi_cli.workspace.history.snapshot._bytes", None)
    again = Journals(tmp_path / "state/journal/tree", root).snapshots.take()
    assert again == first


def test_nothing_runs_that_cannot_be_kept(root: Path, journals: Journals, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/journal").write_text("in the way")
    with pytest.raises(JournalFailed, match="could not be kept"), journals.begin().command("x"):
        pytest.fail("it ran")
    assert (root / "a").exists()


def test_only_the_user_can_read_it(journal: Journal, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        shell(journal, "echo x > a")
    finally:
        os.umask(umask)
    kept = list((tmp_path / "state/journal/tree").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_dir()} == {0o700}


def test_a_run_without_changes_leaves_no_log(journals: Journals, journal: Journal) -> None:
    shell(journal, "true")
    journal.end()
    assert list(journals.runs.iterdir()) == []


def test_what_another_session_did_meanwhile_is_not_the_commands(root: Path, journals: Journals) -> None:
    ours, theirs = journals.begin(About("a", "a")), journals.begin(About("b", "b"))
    with ours.command("x"):
        apply_edits(root, [FileEdit("a", (("two", "2"),))], journal=theirs)
        (root / "link").unlink()
    assert [change.path for change in ours.changes] == ["link"]
    ours.roll_back()
    assert "2" in (root / "a").read_text()


def test_what_comes_in_between_is_never_ours(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def meanwhile(_path: Path) -> Iterator[None]:
        (root / "a").write_text("the user's\n")
        (root / "new").write_text("the user's, too\n")
        yield

    monkeypatch.setattr("tokenroi_cli.workspace.history.store.alone", meanwhile)
    for edits in ([FileEdit("a", (("two", "2"),))], [FileEdit("new", create="x")]):
        (root / "a").write_text("one\ntwo\n")
        (root / "new").unlink(missing_ok=True)
        with pytest.raises(EditRefused, match="changed meanwhile"):
            apply_edits(root, edits, journal=journal)
    assert journal.changes == ()
    journal.roll_back()
    assert (root / "a").read_text() == "the user's\n"
    assert (root / "new").read_text() == "the user's, too\n"


def test_what_changes_while_it_is_taken_back_is_left(
    root: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def meanwhile(_path: Path) -> Iterator[None]:
        (root / "a").write_text("the user's\n")
        (root / "new").write_text("the user's, too\n")
        yield

    shell(journal, "echo x > a; echo x > new; rm link")
    monkeypatch.setattr("tokenroi_cli.workspace.history.store.alone", meanwhile)
    done = journal.roll_back()
    assert [(left.path, left.why) for left in done.left] == [
        ("a", "it was changed just now"),
        ("new", "it was changed just now"),
    ]
    assert (done.restored, (root / "link").is_symlink()) == (("link",), True)
    assert (root / "a").read_text() == "the user's\n"
    assert (root / "new").read_text() == "the user's, too\n"


def test_a_link_that_leads_nowhere_is_no_missing_folder(root: Path, journal: Journal) -> None:
    for name, target in (("loop", "loop"), ("dangling", "nowhere/deep")):
        (root / name).symlink_to(target)
        before = snapshot(root)
        with suppress(EditRefused):
            apply_edits(root, [FileEdit(f"{name}/file", create="x")], journal=journal)
        journal.roll_back()
        assert snapshot(root) == before


def test_what_another_run_did_before_is_no_excuse(root: Path, journals: Journals) -> None:
    for _ in range(2):
        journal = journals.begin()
        shell(journal, "echo x > new; rm -f a")
        assert journal.changed() == ("a", "new")
        journal.roll_back()
        journal.end(rolled_back=True)
    assert (root / "a").exists()


COUNTING = """
import sys
from pathlib import Path
from tokenroi_cli.workspace.edits import EditRefused, FileEdit, apply_edits
from tokenroi_cli.workspace.journal import Journals
root, folder = map(Path, sys.argv[1:])
journal = Journals(folder, root).begin()
done = 0
while done < 100:
    count = int((root / "count").read_text())
    try:
        apply_edits(root, [FileEdit("count", ((f"{count}\\n", f"{count + 1}\\n"),))], journal=journal)
        done += 1
    except EditRefused:
        pass
"""


def test_of_two_processes_none_loses_what_the_other_wrote(root: Path, tmp_path: Path) -> None:
    (root / "count").write_text("0\n")
    command = [sys.executable, "-c", COUNTING, str(root), str(tmp_path / "journal")]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert (root / "count").read_text() == "300\n"


NAMES = st.sampled_from(["x", "y z", "n", "n/a", "n/b", "n/m/c", "\udcff"])
ACTIONS = st.sampled_from(["write", "remove", "folder", "link", "mode"])
DOINGS = st.lists(st.tuples(NAMES, ACTIONS, st.binary(max_size=3), st.booleans()), max_size=8)


@settings(max_examples=60, deadline=None)
@given(DOINGS, DOINGS)
def test_whatever_happens_rolling_back_is_the_identity(
    tmp_path_factory: pytest.TempPathFactory,
    start: list[tuple[str, str, bytes, bool]],
    doings: list[tuple[str, str, bytes, bool]],
) -> None:
    base = tmp_path_factory.mktemp("case")
    root = base / "tree"
    root.mkdir()
    for name, action, data, _ in start:
        act(root / name, action, data)
    before = snapshot(root)
    journal = Journals(base / "journal", root).begin()
    for name, action, data, by_tool in doings:
        if by_tool and action in ("write", "remove"):
            edit(journal, name, action, data)
        else:
            with journal.command(action):
                act(root / name, action, data)
    assert journal.roll_back().left == ()
    assert snapshot(root) == before


def edit(journal: Journal, name: str, action: str, data: bytes) -> None:
    """What the tools can ask for; a refusal is all right."""
    asked = FileEdit(name, create=data.hex()) if action == "write" else FileEdit(name, delete=True)
    try:
        apply_edits(journal.root, [asked], journal=journal)
    except EditRefused:
        return


def act(path: Path, action: str, data: bytes) -> None:
    """One thing that a command may do; it fails where a command would."""
    try:
        if action == "remove":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        elif action == "folder":
            path.mkdir(parents=True)
        elif action == "mode":
            path.chmod(0o700 if data else 0o755, follow_symlinks=True)
        elif action == "link":
            path.symlink_to(data.hex() or "x")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError:
        return
