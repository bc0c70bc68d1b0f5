"""The patch says what changed, in a form that git takes back."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Repo
from tokenroi_cli.workspace.diff import Version, line_counts, unified

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d"]), max_size=40).map("".join)


def plain(text: str) -> Version:
    return Version(text.encode(), "100644")


def test_a_change_as_git_writes_it(repo: Repo) -> None:
    before = "".join(f"{number}\n" for number in range(1, 31))
    after = before.replace("5\n", "five\n", 1).replace("30\n", "30")
    repo.write("f", before)
    repo.commit()
    repo.write("f", after)
    expected = repo.git("diff", "--no-color").split("\n")
    ours = unified("f", plain(before), plain(after)).removesuffix("\n").split("\n")
    assert [line for line in ours if not line.startswith("@@")] == [
        line for line in expected if not line.startswith(("@@", "index"))
    ]
    assert [line[: line.rindex("@@") + 2] for line in expected if line.startswith("@@")] == [
        line for line in ours if line.startswith("@@")
    ]


@settings(max_examples=50)
@given(LINES, LINES)
def test_git_takes_the_patch_back(tmp_path_factory: pytest.TempPathFactory, before: str, after: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "patched"
    folder.mkdir(exist_ok=True)
    (folder / "f").write_bytes(after.encode())
    patch = unified("f", plain(before), plain(after))
    if patch:
        apply(folder, patch)
    assert (folder / "f").read_bytes() == before.encode()


def apply(folder: Path, patch: str) -> None:
    subprocess.run(["git", "apply", "--reverse", "-"], cwd=folder, input=patch.encode(), check=True)


@pytest.mark.parametrize(
    "name", ["f", "a b/c d", 'quo"te', "new\nline", "tab\t", "caf\u00e9", "\udcff", "back\\slash"]
)
@pytest.mark.parametrize("text", ["", "x\n", "x"])
def test_creations_of_any_name_can_be_taken_back(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    apply(tmp_path, unified(name, None, Version(text.encode(), "100755")))
    assert not path.exists()


def test_a_deletion_and_a_mode_can_be_taken_back(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x")
    patch = unified("gone", Version(b"a\nb", "100755"), None)
    patch += unified("run", Version(b"x", "100755"), Version(b"x", "100644"))
    apply(tmp_path, patch)
    assert (tmp_path / "gone").read_bytes() == b"a\nb"
    assert (tmp_path / "gone").stat().st_mode & 0o777 == (tmp_path / "run").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("data", [b"\0", b"\xff"])
def test_what_is_no_text_only_differs(data: bytes) -> None:
    assert unified("f", plain("x"), Version(data, "100644")) == (
        "diff --git a/f b/f\nBinary files a/f and b/f differ\n"
    )


def test_equal_versions_have_no_patch() -> None:
    assert unified("f", plain("x"), plain("x")) == unified("f", None, None) == ""


def test_counts() -> None:
    assert line_counts(b"a\nb\nc\n", b"a\nx\ny\nc\n") == (2, 1)
    assert line_counts(b"", b"a") == (1, 0)
    assert line_counts(b"a\r\n", b"a\n") == (1, 1)
    assert line_counts(b"\xff\n", b"") == (0, 1)


def test_a_large_rewrite_does_not_take_minutes() -> None:
    before = "".join(f"{number % 97}\n" for number in range(40_000))
    after = "".join(f"{number % 89}\n" for number in range(40_000))
    assert line_counts(before.encode(), after.encode())[0] > 30_000
    assert unified("f", plain(before), plain(after)).count("\n@@") == 1
