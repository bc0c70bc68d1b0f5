"""The tree lists what belongs to the project, and reads it without hanging, lying or leaving it."""

import os
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Repo
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace import files
from tokenroi_cli.workspace.content import LIMIT, FileRefused
from tokenroi_cli.workspace.files import MAX_CHARS, MAX_LINES, FileSlice, Tree
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.paths import PathRefused

ODD_NAMES = ["a b", 'quo"te', "new\nline", "-rf", "\udcff\udcfe", "tail ", "*", "[x]", "\u00e9", "e\u0301"]


@pytest.fixture
def tree(repo: Repo) -> Tree:
    return Tree(repo.root, Git(repo.root))


@pytest.fixture
def bare(tmp_path: Path) -> Tree:
    """A folder without git."""
    (tmp_path / "bare").mkdir()
    return Tree(tmp_path / "bare", None)


def put(tree: Tree, path: str, data: bytes | str = "x") -> Path:
    file = tree.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def test_read_all_or_some_lines(tree: Tree) -> None:
    assert tree.read("src/app.py") == FileSlice("one\ntwo\nthree\n", 1, 3, 3, False)
    assert tree.read("./src/app.py", 2, 2) == FileSlice("two\n", 2, 2, 3, False)
    assert tree.read("src/app.py", 3, 99) == FileSlice("three\n", 3, 3, 3, False)
    assert tree.read("src/app.py", 0) == tree.read("src/app.py")


@pytest.mark.parametrize(("first", "last"), [(4, None), (2, 1), (1, 0), (1, -1)])
def test_lines_that_are_not_there(tree: Tree, first: int, last: int | None) -> None:
    with pytest.raises(FileRefused, match=r"it has 3"):
        tree.read("src/app.py", first, last)


@pytest.mark.parametrize(
    ("data", "text", "total"),
    [
        (b"", "", 0),
        (b"\n", "\n", 1),
        (b"a", "a", 1),
        (b"a\r\nb\r\n", "a\nb\n", 2),
        (b"\xef\xbb\xbfa\n", "a\n", 1),
        ("a\u2028b\x0cc\n".encode(), "a\u2028b\x0cc\n", 1),
    ],
)
def test_line_ends_and_marks_as_a_model_sees_them(tree: Tree, data: bytes, text: str, total: int) -> None:
    put(tree, "f", data)
    assert tree.read("f") == FileSlice(text, 1, total, total, False)


def test_what_is_not_utf8_is_shown_and_says_so(tree: Tree) -> None:
    put(tree, "f", "caf\u00e9\n".encode("latin-1"))
    part = tree.read("f")
    assert part.text == "caf\ufffd\n"
    assert "cannot be edited" in part.note


def test_a_long_file_is_cut_and_says_where(tree: Tree) -> None:
    put(tree, "f", "x\n" * (MAX_LINES + 5))
    part = tree.read("f")
    assert (part.first, part.last, part.total_lines, part.cut) == (1, MAX_LINES, MAX_LINES + 5, True)
    rest = tree.read("f", part.last + 1)
    assert (rest.first, rest.last, rest.cut) == (MAX_LINES + 1, MAX_LINES + 5, False)


def test_long_lines_are_cut_too(tree: Tree) -> None:
    put(tree, "one", "x" * (MAX_CHARS * 2))
    put(tree, "two", "x" * (MAX_CHARS - 10) + "\n" + "y" * 100 + "\n")
    assert tree.read("one").cut
    assert len(tree.read("one").text) == MAX_CHARS
    part = tree.read("two")
    assert (part.last, part.cut, part.text.endswith("x\n")) == (1, True, True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nowhere", "no such file"),
        ("src", "a folder"),
        (".", "a folder"),
        ("binary", "binary"),
        ("large", "too large"),
        ("pipe", "not a regular file"),
        ("loop", "loop"),
        ("x" * 300, "too long"),
        ("src/app.py/x", "Not a directory"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tree: Tree, path: str, words: str) -> None:
    put(tree, "binary", b"\x7fELF\0\0")
    put(tree, "large", b"").open("wb").truncate(LIMIT + 1)
    os.mkfifo(tree.root / "pipe")
    (tree.root / "loop").symlink_to("loop")
    with pytest.raises(FileRefused, match=words):
        tree.read(path)


def test_nothing_outside_is_read(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tree.root / "link").symlink_to(tmp_path / "secret")
    for path in ("../secret", str(tmp_path / "secret"), "link", ".git/config"):
        with pytest.raises(PathRefused):
            tree.read(path)
        assert not tree.exists(path)


def test_paths_are_what_git_tracks_and_does_not_ignore(tree: Tree, repo: Repo) -> None:
    for path in ("new.py", "noise.log", "build/out", *ODD_NAMES):
        put(tree, path)
    (tree.root / "link").symlink_to("src/app.py")
    (tree.root / "dangling").symlink_to("nowhere")
    (tree.root / "folder").symlink_to("src")
    expected = {".gitignore", "src/app.py", "new.py", "link", "dangling", "folder", *ODD_NAMES}
    assert set(tree.paths()) == expected
    assert list(tree.paths()) == sorted(tree.paths())
    repo.commit("all of it")
    (tree.root / "new.py").unlink()
    assert "new.py" not in tree.paths()


def test_a_repository_inside_is_not_listed_as_a_file(tree: Tree, repo: Repo) -> None:
    for name in ("loose", "module"):
        inner = Repo(tree.root / name)
        subprocess.run(["git", "clone", "-q", str(repo.root), str(inner.root)], check=True)
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.root), "module")
    assert tree.paths() == (".gitignore", ".gitmodules", "src/app.py")


def test_a_tree_below_the_top_of_its_repository(repo: Repo) -> None:
    tree = Tree(repo.root / "src", Git.find(repo.root))
    put(tree, "x.log")
    assert tree.paths() == ("app.py",)
    assert tree.is_ignored("x.log")
    assert not tree.is_ignored("app.py")


def test_without_git_gitignore_still_counts(bare: Tree) -> None:
    put(bare, ".gitignore", "*.log\n/out/\n!keep.log\n")
    put(bare, "sub/.gitignore", "!deep.log\n*.tmp\n")
    kept = ["a.py", "keep.log", "sub/deep.log", "sub/out/x", *ODD_NAMES]
    dropped = ["x.log", "out/x", "sub/x.log", "sub/a.tmp", "node_modules/m.js", "sub/.venv/y", ".git/config"]
    for path in (*kept, *dropped):
        put(bare, path)
    assert set(bare.paths()) == {".gitignore", "sub/.gitignore", *kept}
    for path in kept:
        assert not bare.is_ignored(path), path
    for path in dropped[:-1]:
        assert bare.is_ignored(path), path


def test_without_git_the_walk_agrees_with_git(bare: Tree) -> None:
    put(bare, ".gitignore", "*.log\n/a/*\n!/a/b/\nc/**/d\n\\#x\nspace\\ \n")
    put(bare, "a/.gitignore", "*.py\n!b.py\n/b/2\n")
    below_a = ("a/1", "a/b/1", "a/b/2", "a/b/b.py", "a/b/c.py")
    for path in (*below_a, "1.log", "b/2", "c/d/1", "c/x/d/1", "c/x/e", "#x", "space "):
        put(bare, path)
    subprocess.run(["git", "init", "-q", str(bare.root)], check=True)
    assert bare.paths() == Tree(bare.root, Git(bare.root)).paths()


def test_only_files_and_links_are_listed(tree: Tree, bare: Tree) -> None:
    (tree.root / "src/app.py").unlink()
    for root in (tree.root / "src/app.py", bare.root / "pipe"):
        os.mkfifo(root)
    (bare.root / "link").symlink_to("nowhere")
    assert tree.paths() == (".gitignore",)
    assert bare.paths() == ("link",)


@pytest.fixture
def deep(bare: Tree) -> Iterator[Tree]:
    """A folder within a folder, further down than Python recurses."""
    here = os.open(bare.root, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    yield bare
    subprocess.run(["rm", "-rf", str(bare.root)], check=True)


def test_a_deep_and_odd_folder_does_not_stop_the_walk(deep: Tree) -> None:
    put(deep, "f")
    (deep.root / "self").symlink_to(".")
    assert deep.paths() == ("f", "self")


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.py", ["src/app.py"]),
        ("src/*", ["src/app.py"]),
        ("src/", ["src/app.py"]),
        ("src", ["src/app.py"]),
        ("**/app.*", ["src/app.py"]),
        ("/app.py", []),
        ("!*.py", [".gitignore"]),
        ("nothing", []),
        ("[", []),
        ("", []),
    ],
)
def test_globs(tree: Tree, glob: str, expected: list[str]) -> None:
    assert list(tree.paths(glob)) == expected


def test_a_glob_that_is_none(tree: Tree) -> None:
    with pytest.raises(UsageError, match="not a glob"):
        tree.paths("***/\\")


def test_existence_and_ignoring(tree: Tree) -> None:
    assert tree.exists("src/app.py")
    assert not tree.exists("src/none.py")
    assert tree.is_ignored("x.log")
    assert tree.is_ignored("./build/deep/file")
    assert not tree.is_ignored("src/app.py")
    assert not tree.is_ignored("../x.log")
    assert not tree.exists("x" * 300)


def test_which_of_many_paths_are_ignored(tree: Tree, bare: Tree) -> None:
    put(bare, ".gitignore", "*.log\nbuild/\n")
    for each in (tree, bare):
        (each.root / "link").symlink_to("src")
        paths = ["src/app.py", "x.log", "link/beyond", "build/deep/file", *ODD_NAMES]
        assert each.unignored(paths) == ("src/app.py", "link/beyond", *ODD_NAMES)
        assert each.unignored([]) == ()


def test_a_digest_does_not_depend_on_line_ends(tree: Tree) -> None:
    put(tree, "lf", b"a\nb\rc\n")
    put(tree, "crlf", b"a\r\nb\rc\r\n")
    put(tree, "binary", b"\0a\r\n")
    assert tree.sha256("lf") == tree.sha256("crlf") == "sha256:" + sha256(b"a\nb\rc\n").hexdigest()
    assert tree.sha256("binary") == "sha256:" + sha256(b"\0a\r\n").hexdigest()
    assert tree.sha256("nowhere") is None
    with pytest.raises(FileRefused, match="a folder"):
        tree.sha256("src")


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a"]), max_size=20))
def test_a_digest_is_the_same_in_any_chunks(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    data = b"".join(parts)
    path = tmp_path_factory.getbasetemp() / "chunked"
    path.write_bytes(data)
    with path.open("rb") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_CHUNK", 1)
        assert b"".join(files._normal(file)) == data.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop"])
def test_a_gitignore_that_is_no_file_says_nothing_and_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.py").touch()
    rules = tmp_path / ".gitignore"
    match kind:
        case "pipe":
            os.mkfifo(rules)
        case "device":
            rules.symlink_to("/dev/zero")
        case "folder":
            rules.mkdir()
        case _:
            rules.symlink_to(".gitignore")
    assert "a.py" in Tree(tmp_path, None).paths()
