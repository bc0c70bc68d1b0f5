"""A path from a model means a file of the tree, or is refused in words; never anything else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.workspace.paths import PathRefused, confined, is_git, shown

REFUSED = [
    *("", " ", "/etc/passwd", "//x", "..", "../x", "a/../../b", "a/..", "~", "~/.bashrc", "C:\\x", "c:/x"),
    *("a\0b", "\ud800", ".git", ".git/config", ".GIT/hooks/x", "sub/.git/config", "sub/.git", "./.git"),
    *(".g\u200cit/config", ".git./x", ".git /x", "GIT~1/config"),
]


@pytest.mark.parametrize("path", REFUSED)
def test_refused_by_its_spelling(tmp_path: Path, path: str) -> None:
    with pytest.raises(PathRefused) as refusal:
        confined(tmp_path, path)
    assert refusal.value.what.isprintable()
    assert refusal.value.hint


@pytest.mark.parametrize(
    "path", ["a", "./a//b", ".gitignore", ".github/x", "~x/y", "a b", "-rf", "x.git/y", "\udcff"]
)
def test_taken_as_it_is(tmp_path: Path, path: str) -> None:
    assert confined(tmp_path, path) == tmp_path / path


@pytest.mark.parametrize(
    ("link", "target"),
    [("out", ".."), ("out", "/etc"), ("out", "/proc/self/cwd"), ("dangling", "../nowhere"), ("x", ".git")],
)
def test_a_link_that_leads_elsewhere(tmp_path: Path, link: str, target: str) -> None:
    root = tmp_path / "tree"
    (root / ".git").mkdir(parents=True)
    (root / link).symlink_to(target)
    for path in (link, f"{link}/config"):
        with pytest.raises(PathRefused):
            confined(root, path)


def test_a_link_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "link").symlink_to("real")
    assert confined(tmp_path, "link") == tmp_path / "real"


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_whatever_the_spelling_it_stays_inside_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "tree"
    try:
        real = confined(root, path)
    except PathRefused:
        return
    assert real.is_relative_to(root)
    assert not any(is_git(part) for part in real.relative_to(root).parts)


@given(st.text(alphabet=st.characters(codec=None)))
def test_shown_is_printable_and_encodable(text: str) -> None:
    assert shown(text).isprintable()
    shown(text).encode()
