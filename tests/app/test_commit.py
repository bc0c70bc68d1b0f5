"""`exec --commit`: what it takes along, what it refuses, and what the user does next."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.test_run_spec import DONE, PRICE, SPEC, TOOL, Person
from tests.conftest import Repo
from tokenroi_cli.app.commit import message
from tokenroi_cli.app.run_spec import ExecOptions, run_spec
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import usd
from tokenroi_cli.spec.parse import parse

GOOD = TOOL % ("one", "two") + DONE

Open = Callable[[str], Workplace]


@pytest.fixture
def at(repo: Repo, tmp_path: Path) -> Iterator[Open]:
    """A repository with one commit, opened with a script of replies."""
    opened: list[Workplace] = []
    repo.write("n.txt", "one\n")
    repo.write("spec.md", SPEC)
    repo.write("deep/er/m.txt", "one\n")
    repo.commit()

    def open_with(replies: str) -> Workplace:
        opened.append(scripted(repo, tmp_path, replies))
        return opened[-1]

    yield open_with
    for workplace in opened:
        workplace.close()


def scripted(repo: Repo, folder: Path, replies: str, **environ: str) -> Workplace:
    script = folder / "replies.toml"
    script.write_text(PRICE + replies)
    return open_workplace(repo.root, Person(), {**os.environ, "TOKENROI_SCRIPT": str(script), **environ})


def committing(workplace: Workplace) -> ExecOptions:
    return ExecOptions(workplace.root / "spec.md", commit=True)


def refused(workplace: Workplace) -> UsageError:
    """The refusal; nothing was spent for it."""
    with pytest.raises(UsageError) as caught:
        run_spec(workplace, committing(workplace))
    assert not list(workplace.ledger.booked())
    return caught.value


@pytest.mark.parametrize("staged", [True, False])
def test_the_users_own_changes_of_a_listed_file_are_not_swept_in(at: Open, repo: Repo, staged: bool) -> None:
    workplace = at(GOOD)
    repo.write("n.txt", "one\nmine\n")
    if staged:
        repo.git("add", "n.txt")
        repo.write("n.txt", "one\n")
    error = refused(workplace)
    assert (error.exit_code, error.reason) == (2, "dirty")
    assert "n.txt" in error.what
    assert "stash" in error.hint


def test_a_listed_file_that_git_does_not_track_is_committed(at: Open, repo: Repo) -> None:
    repo.git("rm", "-q", "--cached", "n.txt")
    repo.git("commit", "-qm", "n.txt is not tracked")
    workplace = at(GOOD)
    result = run_spec(workplace, committing(workplace))
    assert (result.status, result.exit_code) == ("accepted", 0)
    assert repo.git("show", "HEAD:n.txt") == "two"


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD"])
def test_a_merge_in_progress_is_seen_before_money_is_spent(at: Open, repo: Repo, name: str) -> None:
    workplace = at(GOOD)
    (repo.root / ".git" / name).write_text(repo.git("rev-parse", "HEAD") + "\n")
    error = refused(workplace)
    assert (error.exit_code, error.reason) == (2, "commit_refused")
    assert "in progress" in error.what


@pytest.mark.parametrize("initialised", [True, False])
def test_a_listed_file_in_a_submodule_is_refused(at: Open, repo: Repo, initialised: bool) -> None:
    head = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    repo.git("commit", "-qm", "a submodule")
    repo.write("sub/n.txt", "one\n")
    if initialised:
        subprocess.run(["git", "init", "-q", str(repo.root / "sub")], check=True)
    repo.write("spec.md", SPEC.replace("n.txt", "sub/n.txt"))
    error = refused(at(GOOD))
    assert (error.exit_code, error.reason) == (2, "commit_refused")
    assert "sub/n.txt" in error.what


def test_unresolved_conflicts_are_refused(at: Open, repo: Repo) -> None:
    blob = repo.git("rev-parse", "HEAD:n.txt")
    rows = "".join(f"100644 {blob} {stage}\tother.txt\n" for stage in (1, 2, 3))
    subprocess.run(["git", "update-index", "--index-info"], input=rows.encode(), cwd=repo.root, check=True)
    assert "other.txt" in refused(at(GOOD)).what


def test_a_listed_file_in_a_folder_is_committed(at: Open, repo: Repo) -> None:
    repo.write("spec.md", SPEC.replace("n.txt", "deep/er/m.txt"))
    workplace = at(GOOD.replace("n.txt", "deep/er/m.txt"))
    assert run_spec(workplace, committing(workplace)).status == "accepted"
    assert repo.git("show", "HEAD:deep/er/m.txt") == "two"


def test_a_refused_commit_says_how_to_go_on(at: Open, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.root)
    hook = repo.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no tabs please\nexit 1\n")
    hook.chmod(0o755)
    repo.git("rm", "-q", "--cached", "spec.md")
    repo.git("commit", "-qm", "the spec is not tracked", "--no-verify")
    workplace = at(GOOD)
    result = run_spec(workplace, committing(workplace))
    assert (result.status, result.exit_code) == ("accepted_not_committed", 1)
    assert "no tabs please" in result.what
    assert (repo.root / "n.txt").read_text() == "two\n"
    hook.unlink()
    command = result.hint.splitlines()[-1]
    assert "git commit -F" in command
    (kept,) = (workplace.home.state / "messages").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    # The hint is spelled for the folder that the user is in.
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert repo.git("status", "--porcelain") == ""
    assert repo.git("log", "-1", "--format=%B").strip() == kept.read_text().strip()


EXPLORING = (
    '[[reply]]\nusage = { fresh = 100, output = 10 }\n[[reply.tool]]\nname = "explore"\n'
    'arguments = { question = "where?" }\n'
    '[[reply]]\ntext = "here"\nusage = { fresh = 100, output = 10 }\n'
)


def test_the_trailers_name_every_model_that_was_paid_for(at: Open, repo: Repo) -> None:
    workplace = at('[prices."scripted/light"]\ninput = 1\noutput = 10\n' + EXPLORING + GOOD)
    result = run_spec(workplace, committing(workplace))
    assert result.status == "accepted", result.hint
    models = [row.call.purpose.route.model for row in workplace.ledger.booked()]
    assert len(set(models)) == 2
    said = repo.git("log", "-1", "--format=%B")
    assert f"Models: {', '.join(dict.fromkeys(models))}" in said
    assert "Unknown-USD" not in said


def test_money_that_nobody_accounted_for_is_in_the_trailers(at: Open) -> None:
    workplace = at(GOOD)
    result = replace(run_spec(workplace, committing(workplace)), cost=usd("0.5"), unknown=usd("0.25"))
    said = message(parse(SPEC, "spec.md"), result, ("a", "b"))
    assert said.endswith("Spec: spec.md\nCost-USD: 0.5\nUnknown-USD: 0.25\nModels: a, b\n")
