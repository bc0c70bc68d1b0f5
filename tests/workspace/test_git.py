"""git answers without running a program of the repository's choosing, and commits as the user would.

Every trap is first shown to work with plain git: otherwise its silence would prove nothing.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Repo
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.git_process import GitFailed

ALL_HOOKS = (
    "pre-commit",
    "commit-msg",
    "post-commit",
    "reference-transaction",
    "post-index-change",
    "post-checkout",
)


def ask_everything(git: Git) -> None:
    """Every question there is."""
    git.head(), git.branch(), git.files(), git.short_status()
    git.ignored(["a.log", "src/app.py"])
    git.exists_at("HEAD", "src/app.py")
    paths = ["src/app.py", "new"]
    git.differing(paths), git.obstacle(paths), git.untracked(paths)


def plainly(repo: Repo, *arguments: str, cwd: Path | None = None) -> None:
    """git as anybody starts it, whatever comes of it."""
    subprocess.run(["git", *arguments], cwd=cwd or repo.root, capture_output=True)


def index(repo: Repo) -> tuple[str, str]:
    return repo.git("status", "--porcelain"), repo.git("ls-files", "--stage")


def hook(repo: Repo, name: str, text: str) -> None:
    path = repo.root / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def rewrite_same_size(repo: Repo) -> None:
    """What makes git compare contents, and so run the filters."""
    path = repo.root / "src/app.py"
    path.write_text("one\ntwo\nTHREE\n")
    os.utime(path, (1, 1))


def test_facts_of_a_repository(repo: Repo) -> None:
    git = Git(repo.root)
    (repo.root / "new file.txt").write_text("x")
    (repo.root / "noise.log").write_text("x")
    assert git.head() == repo.git("rev-parse", "HEAD")
    assert git.branch() == "main"
    assert set(git.files()) == {".gitignore", "src/app.py", "new file.txt"}
    assert git.short_status() == (("??", "new file.txt"),)
    assert git.ignored(["noise.log", "build/x", "src/app.py"]) == {"noise.log", "build/x"}


def test_what_differs_from_head_in_the_index_or_the_folder(repo: Repo) -> None:
    git = Git(repo.root)
    repo.write("new", "x")
    assert git.differing(["src/app.py", "new", "gone"]) == ()
    assert git.untracked(["src/app.py", "new"]) == ("new",)
    repo.write("src/app.py", "other\n")
    assert git.differing(["src/app.py", "new"]) == ("src/app.py",)
    assert git.at(repo.root / "src").differing(["app.py"]) == ("app.py",)
    (repo.root / "src/app.py").unlink()
    assert git.differing(["src/app.py"]) == ("src/app.py",)
    repo.git("add", "new")
    assert git.differing(["new", "src/*"]) == ("new",), "a path is no pattern"
    assert git.obstacle(["src/app.py", "new"]) is None


def test_find_walks_up_to_the_top(repo: Repo) -> None:
    found = Git.find(repo.root / "src")
    assert found is not None
    assert found.root == repo.root


def test_find_outside_of_a_repository(tmp_path: Path) -> None:
    assert Git.find(tmp_path) is None
    assert Git.find(tmp_path / "not there") is None


def test_find_without_git_installed(repo: Repo, tmp_path: Path) -> None:
    assert Git.find(repo.root, {"PATH": str(tmp_path)}) is None
    with pytest.raises(GitFailed, match="not installed"):
        Git(repo.root, {"PATH": str(tmp_path)}).files()


def test_a_git_that_stands_in_a_relative_entry_of_path_is_not_taken(
    repo: Repo, sentinel: Path, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo.root / "git").symlink_to(trap)
    monkeypatch.chdir(repo.root)
    assert Git.find(repo.root, {"PATH": f".:{os.environ['PATH']}"}) is not None
    assert not sentinel.exists()


def test_a_linked_worktree_is_its_own_top(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    found = Git.find(tmp_path / "side/src")
    assert found is not None
    assert (found.root, found.branch()) == (tmp_path / "side", "side")


def test_an_unborn_branch_has_a_name_and_no_head(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "new")], check=True)
    git = Git(tmp_path / "new")
    assert (git.head(), git.branch(), git.files(), git.short_status()) == (None, "main", (), ())


def test_a_detached_head_has_no_branch(repo: Repo) -> None:
    repo.git("checkout", "-q", "--detach")
    assert Git(repo.root).branch() is None
    assert Git(repo.root).head() is not None


def test_names_of_any_bytes_come_back_as_they_are(repo: Repo) -> None:
    names = ["a b", 'quo"te', "new\nline", "-rf", "\udcff\udcfe", "tail ", ":(glob)x", "\u00e9", "*"]
    for name in names:
        (repo.root / name).write_text("x")
    git = Git(repo.root)
    assert set(git.files()) == {*names, ".gitignore", "src/app.py"}
    assert {path for _, path in git.short_status()} == set(names)
    (repo.root / ".gitignore").write_bytes(b"\xff\xfe\n:(glob)x\n")
    assert git.ignored(names) == {"\udcff\udcfe", ":(glob)x"}


def test_a_path_beyond_a_link_does_not_hide_the_others(repo: Repo, tmp_path: Path) -> None:
    (repo.root / "link").symlink_to(tmp_path)
    assert Git(repo.root).ignored(["a.log", "link/x.log", "b.log"]) == {"a.log", "b.log"}


def test_exists_at_asks_for_that_commit(repo: Repo) -> None:
    (repo.root / "later.py").write_text("x")
    git = Git(repo.root)
    assert git.exists_at("HEAD", "src/app.py")
    assert not git.exists_at("HEAD", "later.py")
    assert not git.exists_at("0" * 40, "src/app.py")
    assert not git.exists_at("HEAD", "no\0name")
    assert git.at(repo.root / "src").exists_at("HEAD", "app.py")


def test_a_revision_is_never_an_option(repo: Repo, tmp_path: Path) -> None:
    assert not Git(repo.root).exists_at(f"--output={tmp_path}/written", "src/app.py")
    assert not (tmp_path / "written").exists()


def test_inherited_git_variables_do_not_lead_elsewhere(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", "-b", "elsewhere", str(other)], check=True)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "foreign-index"))
    assert repo.git("symbolic-ref", "--short", "HEAD") == "elsewhere"
    assert Git(repo.root).branch() == "main"
    assert "src/app.py" in Git(repo.root).files()
    assert not (tmp_path / "foreign-index").exists()


def set_fsmonitor(repo: Repo, trap: str) -> None:
    with (repo.root / ".git/config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {trap}\n")


def set_included_fsmonitor(repo: Repo, trap: str) -> None:
    (repo.root / "settings.inc").write_text(f"[core]\n\tfsmonitor = {trap}\n")
    with (repo.root / ".git/config").open("a") as config:
        config.write("[include]\n\tpath = ../settings.inc\n")


def set_filter(repo: Repo, trap: str, kind: str, name: str) -> None:
    with (repo.root / ".git/config").open("a") as config:
        config.write(f'[filter "{name}"]\n\t{kind} = {trap}\n\trequired = true\n')
    (repo.root / ".git/info").mkdir(exist_ok=True)
    (repo.root / ".git/info/attributes").write_text(f"*.py filter={name}\n")
    rewrite_same_size(repo)


def set_hooks(repo: Repo, trap: str) -> None:
    for name in ALL_HOOKS:
        hook(repo, name, f"{trap} </dev/null")
    os.utime(repo.root / "src/app.py", (1, 1))  # a stat that differs: plain `status` then writes the index


TRAPS: dict[str, Callable[[Repo, str], None]] = {
    "fsmonitor": set_fsmonitor,
    "included fsmonitor": set_included_fsmonitor,
    "clean filter": lambda repo, trap: set_filter(repo, trap, "clean", "evil"),
    "process filter": lambda repo, trap: set_filter(repo, trap, "process", "evil"),
    "filter with a name like a setting": lambda repo, trap: set_filter(repo, trap, "clean", "a=b.clean"),
    "hooks": set_hooks,
}


@pytest.mark.parametrize("kind", TRAPS)
def test_no_question_springs_a_trap(repo: Repo, trap: str, sentinel: Path, kind: str) -> None:
    TRAPS[kind](repo, trap)
    plainly(repo, "status")
    assert sentinel.exists(), "the trap does not work"
    sentinel.unlink()
    TRAPS[kind](repo, trap)
    ask_everything(Git(repo.root))
    assert not sentinel.exists()


def test_a_bare_repository_of_ordinary_files_is_none(repo: Repo, trap: str, sentinel: Path) -> None:
    nested = repo.root / "vendor"
    subprocess.run(["git", "init", "-q", "--bare", str(nested)], check=True)
    config = f"[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {trap}\n\trepositoryformatversion = 0\n"
    (nested / "config").write_text(config)
    plainly(repo, "status", cwd=nested)
    assert sentinel.exists(), "the trap does not work"
    sentinel.unlink()
    found = Git.find(nested)
    assert found is not None
    assert found.root == repo.root
    ask_everything(found)
    with pytest.raises(GitFailed):
        Git(nested).files()
    assert not sentinel.exists()


def test_a_work_tree_that_points_elsewhere_is_none(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "core.worktree", str(tmp_path))
    assert repo.git("rev-parse", "--show-toplevel") == str(tmp_path)
    assert Git.find(repo.root) is None


def test_a_commit_takes_these_paths_and_leaves_what_is_staged(repo: Repo) -> None:
    (repo.root / "src/app.py").write_text("changed\n")
    (repo.root / "new file.py").write_text("new\n")
    (repo.root / "mine.txt").write_text("mine\n")
    repo.git("add", "mine.txt")
    commit = Git(repo.root).commit(["src/app.py", "new file.py"], "Say it\n\nCost-USD: 0.01\n")
    assert commit == repo.git("rev-parse", "HEAD")
    assert repo.git("show", "-s", "--format=%B") == "Say it\n\nCost-USD: 0.01\n"
    assert repo.git("show", "--name-only", "--format=") == "new file.py\nsrc/app.py"
    assert repo.git("status", "--porcelain") == "A  mine.txt"


def test_a_commit_takes_a_deletion_and_a_strange_name(repo: Repo) -> None:
    (repo.root / "src/app.py").unlink()
    (repo.root / ":(glob)*").write_text("x")
    (repo.root / ".gitignore").write_text("a change of the user's\n")
    Git(repo.root).commit(["src/app.py", ":(glob)*", "came and went"], "#1 is not a comment")
    assert repo.git("show", "--name-status", "--format=%s") == (
        "#1 is not a comment\n\nA\t:(glob)*\nD\tsrc/app.py"
    )
    assert repo.git("status", "--porcelain") == " M .gitignore"


def test_the_first_commit_of_a_repository(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for key in ("user.name", "user.email"):
        subprocess.run(["git", "config", key, "somebody"], cwd=folder, check=True)
    (folder / "a").write_text("x")
    git = Git(folder)
    assert git.commit(["a"], "first") == git.head() is not None


def test_a_commit_runs_the_users_hooks(repo: Repo, trap: str, sentinel: Path) -> None:
    hook(repo, "pre-commit", f"{trap} </dev/null")
    (repo.root / "new").write_text("x")
    Git(repo.root).commit(["new"], "message")
    assert sentinel.exists()


def test_a_hook_that_refuses_is_quoted_and_leaves_the_index_alone(repo: Repo) -> None:
    hook(repo, "commit-msg", "printf '\\033[31mno ticket named\\033[0m\\nask Bob\\n' >&2; exit 1")
    (repo.root / "new").write_text("x")
    (repo.root / "src/app.py").write_text("changed\n")
    (repo.root / "mine.txt").write_text("mine\n")
    repo.git("add", "mine.txt")
    before = index(repo)
    with pytest.raises(TokenroiError) as refusal:
        Git(repo.root).commit(["new", "./src/app.py", "mine.txt"], "message")
    assert (refusal.value.what, refusal.value.hint, refusal.value.exit_code) == (
        "the commit was refused: no ticket named",
        "ask Bob",
        1,
    )
    assert index(repo) == before


def test_hooks_see_no_key_and_no_odd_setting(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret-value")
    hook(repo, "pre-commit", f"env > {tmp_path}/seen")
    (repo.root / "new").write_text("x")
    Git(repo.root).commit(["new"], "message")
    seen = (tmp_path / "seen").read_text()
    assert "GIT_INDEX_FILE" in seen
    assert "sk-secret-value" not in seen
    assert "GIT_LITERAL_PATHSPECS" not in seen


def test_a_commit_signs_nothing_and_asks_nothing(repo: Repo, trap: str, sentinel: Path) -> None:
    for key, value in (("commit.gpgsign", "true"), ("gpg.program", trap), ("core.editor", trap)):
        repo.git("config", key, value)
    (repo.root / "new").write_text("x")
    repo.git("add", "new")
    plainly(repo, "commit", "-m", "by hand")
    assert sentinel.exists(), "the trap does not work"
    sentinel.unlink()
    Git(repo.root).commit(["new"], "message")
    assert not sentinel.exists()


def test_nobody_to_commit_as(repo: Repo) -> None:
    repo.git("config", "--unset", "user.email")
    repo.git("config", "user.useConfigOnly", "true")
    (repo.root / "new").write_text("x")
    with pytest.raises(TokenroiError, match="does not know who commits") as refusal:
        Git(repo.root).commit(["new"], "message")
    assert refusal.value.reason == "no_identity"
    assert repo.git("status", "--porcelain") == "?? new"
    as_eve = {**os.environ, "GIT_AUTHOR_NAME": "Eve", "GIT_AUTHOR_EMAIL": "e@x.org"}
    as_eve |= {"GIT_COMMITTER_NAME": "Eve", "GIT_COMMITTER_EMAIL": "e@x.org"}
    Git(repo.root, as_eve).commit(["new"], "message")
    assert repo.git("show", "-s", "--format=%an") == "Eve"


@pytest.mark.parametrize("paths", [[], ["src/app.py"], ["not there"]])
def test_nothing_that_could_be_committed(repo: Repo, paths: list[str]) -> None:
    before = index(repo)
    assert Git(repo.root).commit(paths, "message") is None
    assert index(repo) == before


def test_an_ignored_file_is_refused_with_the_index_as_it_was(repo: Repo) -> None:
    (repo.root / "noise.log").write_text("x")
    before = index(repo)
    with pytest.raises(TokenroiError) as refusal:
        Git(repo.root).commit(["noise.log"], "message")
    assert refusal.value.reason == "commit_refused"
    assert index(repo) == before


def test_a_held_lock_is_reported(repo: Repo) -> None:
    (repo.root / ".git/index.lock").write_text("")
    (repo.root / "src/app.py").write_text("changed\n")
    with pytest.raises(TokenroiError, match=r"index\.lock"):
        Git(repo.root).commit(["src/app.py"], "message")
    ask_everything(Git(repo.root))


def test_a_folder_that_is_gone_is_reported(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.root)
    with pytest.raises(GitFailed):
        Git(tmp_path / "gone").files()


@pytest.mark.parametrize("kind", ["fsmonitor", "included fsmonitor"])
def test_a_commit_starts_no_fsmonitor(repo: Repo, trap: str, sentinel: Path, kind: str) -> None:
    TRAPS[kind](repo, trap)
    plainly(repo, "status")
    assert sentinel.exists(), "the trap does not work"
    sentinel.unlink()
    (repo.root / "new").write_text("x")
    Git(repo.root).commit(["new"], "message")
    assert not sentinel.exists()
