"""A search finds lines and tells what it left out, whatever pattern or file it meets."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.conftest import Repo
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.search import WIDTH, Match, _run, search


@pytest.fixture
def tree(repo: Repo) -> Tree:
    return Tree(repo.root, Git(repo.root))


def test_lines_with_their_places(tree: Tree, repo: Repo) -> None:
    repo.write("b.txt", "two\r\nnone\r\n")
    repo.write("hidden.log", "two")
    found = search(tree, "^tw.$")
    assert found.matches == (Match("b.txt", 1, "two"), Match("src/app.py", 2, "two"))
    assert found.text == "b.txt:1: two\nsrc/app.py:2: two"
    assert search(tree, "two", "*.py").text == "src/app.py:2: two"
    assert search(tree, "nowhere").text == ""


def test_the_limit_is_stated(tree: Tree, repo: Repo) -> None:
    repo.write("many", "x\n" * 10)
    assert len(search(tree, "x", limit=10).matches) == 10
    assert search(tree, "x", limit=10).note == ""
    cut = search(tree, "x", limit=9)
    assert len(cut.matches) == 9
    assert cut.text.endswith("[the first 9 matches; narrow the pattern or the glob for the others]")


@pytest.mark.parametrize("pattern", ["foo(", "[", "*", "(?P<a", "a{99999999999}", "\\"])
def test_a_pattern_that_is_none(tree: Tree, pattern: str) -> None:
    with pytest.raises(UsageError) as refusal:
        search(tree, pattern)
    assert pattern.strip("\\") in refusal.value.what
    assert refusal.value.hint


@pytest.mark.parametrize("pattern", ["a\0b", "\udcff", "\n", ""])
def test_a_pattern_of_odd_characters(tree: Tree, pattern: str) -> None:
    search(tree, pattern)


def test_a_pattern_that_never_ends_is_stopped_and_what_was_found_is_kept(tree: Tree, repo: Repo) -> None:
    repo.write("a.txt", "aaa\n" + "a" * 60 + "!\n")
    started = time.monotonic()
    found = search(tree, "^(a+)+$", seconds=0.5)
    assert time.monotonic() - started < 10
    assert found.matches == (Match("a.txt", 1, "aaa"),)
    assert "stopped after 0.5 s" in found.note


def test_a_long_line_is_cut_around_the_match(tree: Tree, repo: Repo) -> None:
    repo.write("min.js", "x" * 5000 + "needle" + "y" * 5000)
    (match,) = search(tree, "needle").matches
    assert "needle" in match.text
    assert len(match.text) == WIDTH + 2
    assert match.text[0] == match.text[-1] == "…"


def test_only_text_files_of_the_tree_are_read(tree: Tree, repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("needle")
    (repo.root / "link").symlink_to(tmp_path / "outside/secret")
    repo.write("swapped/secret", "x")
    repo.commit()
    (repo.root / "swapped/secret").unlink()
    (repo.root / "swapped").rmdir()
    (repo.root / "swapped").symlink_to(tmp_path / "outside")
    os.mkfifo(repo.root / "pipe")
    (repo.root / "binary").write_bytes(b"\0needle")
    with (repo.root / "huge").open("wb") as huge:
        huge.write(b"needle")
        huge.truncate(1 << 40)
    (repo.root / "latin").write_bytes(b"\xe9 needle\x1b[31m\n")
    (repo.root / "odd\nname\udcff").write_text("needle")
    assert search(tree, "needle").text.split("\n") == [
        "latin:1: \ufffd needle",
        "odd\\nname\\udcff:1: needle",
    ]


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("needle")
    paths = ["pipe", "file"]
    job = {"root": str(tmp_path), "pattern": "needle", "paths": paths, "limit": 9, "width": 9, "size": 9}
    assert _run(json.dumps(job), 5) == ('["file", 1, "needle"]\n', "")
