"""A glob means what it means to git, and no glob takes long."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from tests.conftest import ROOT
from tokenroi_cli.workspace.globs import compiled

# Not `[!a]`: pathspec lets it match a slash, and git does not.
PARTS = st.lists(
    st.sampled_from(["a", "b", "*", "**", "?", "/", "/**/", "[ab]", "!", "\\*", "."]), max_size=9
)
PATHS = st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


@given(PARTS.map("".join), PATHS, st.booleans())
def test_the_same_paths_match_as_without_the_bound(glob: str, path: str, is_folder: bool) -> None:
    path += "/" * is_folder
    try:
        plain = GitIgnoreSpec.from_lines([glob])
    except ValueError:
        return
    assert compiled([glob]).check_file(path).include == plain.check_file(path).include


@given(st.lists(PARTS.map("".join), max_size=3), PATHS)
def test_so_do_the_rules_of_several_lines(globs: list[str], path: str) -> None:
    try:
        plain = GitIgnoreSpec.from_lines(globs)
    except ValueError:
        return
    assert compiled(globs).check_file(path).include == plain.check_file(path).include


SLOW = """
import sys
from pathlib import Path
from tokenroi_cli.workspace.ignore import globbed, is_excluded, walk
glob, path = sys.argv[1], sys.argv[2]
assert not globbed(glob)(path)
Path(".gitignore").write_text(glob + "\\n")
assert not is_excluded(Path.cwd(), path)
assert list(walk(Path.cwd())) == [".gitignore"]
"""


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a*a*a*a*a*a*a*az", "a" * 120),
        ("x/**/" + "a/**/" * 8 + "z", "x" + "/a" * 60),
        ("**/" + "a*/**/" * 8 + "z", "a/" * 60 + "b"),
        ("*" * 60 + "z", "a" * 120),
        ("*[!b]*[!b]*[!b]*[!b]*[!b]*[!b]*z", "a" * 120),
        ("*?*?*?*?*?*?*?*?z", "a" * 120),
    ],
)
def test_no_glob_runs_without_end(glob: str, path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a process of its own, so that a failure ends, too."""
    command = [sys.executable, "-c", SLOW, glob, path]
    done = subprocess.run(
        command,
        cwd=tmp_path_factory.mktemp("tree"),
        env={"PYTHONPATH": str(ROOT)},
        timeout=20,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
