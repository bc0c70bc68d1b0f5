"""A commit of an accepted spec: its files, the spec itself, and trailers that say what it cost."""

import os
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from tokenroi_cli.app.run import Run
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.money import decimal_usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Spec
from tokenroi_cli.workspace.atomic import write_file
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.paths import shown


def check_committable(workplace: Workplace, spec: Spec) -> None:
    """Raises UsageError when `--commit` would take the user's own work along, or git would refuse it.

    Files that git does not track yet are all right, and so is a branch without a commit.
    """
    git = workplace.git
    if git is None:
        raise UsageError("--commit needs a git repository", "run `git init`, or leave --commit out")
    tree = workplace.tree
    real = [str(tree.resolve(path).relative_to(tree.root)) for path in spec.files]
    listed = tuple(dict.fromkeys(path for path in real if path != "."))
    why = git.obstacle(listed)
    if why is not None:
        raise UsageError(
            f"{spec.path}: cannot commit: {why}", "mend that, or leave --commit out", reason="commit_refused"
        )
    dirty = git.differing(listed)
    if dirty:
        names = ", ".join(map(shown, dirty))
        raise UsageError(
            f"{spec.path}: {names} differs from HEAD, and --commit would take that along",
            "commit or stash your changes, or leave --commit out",
            reason="dirty",
        )


def commit_spec(run: Run, spec: Spec, changed: tuple[str, ...], result: RunResult) -> str | None:
    """Commits what the accepted attempt wrote, the user's hooks running. None: nothing to commit.

    Raises TokenroiError when git or a hook refuses; its hint has the command that commits it later.
    """
    workplace = run.workplace
    if workplace.git is None:
        raise UsageError("--commit needs a git repository")
    if not changed:
        return None
    tree = workplace.tree
    kept = tree.exists(spec.path) and not tree.is_ignored(spec.path)
    paths = (*changed, spec.path) if kept else changed
    words = message(spec, result, _models(run))
    try:
        return workplace.git.commit(paths, words)
    except TokenroiError as error:
        way = _way_forward(workplace.git, paths, _keep_message(run, words))
        # A screen may show the hint on one line.
        hint = f"{error.hint.rstrip('. ')}.\n{way}" if error.hint else way
        raise TokenroiError(error.what, hint, reason=error.reason) from error


def _keep_message(run: Run, words: str) -> Path:
    """The message in a file that only the user reads."""
    folder = run.workplace.home.state / "messages"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{run.session.id}.txt"
    write_file(path, words.encode("utf-8", "replace"), 0o600)
    return path


def _way_forward(git: Git, paths: Sequence[str], message: Path) -> str:
    """What the user does after a refused commit, spelled for a shell in the current folder."""
    new = git.untracked(paths)
    add = f"git add -- {_quoted(git, new)} && " if new else ""
    command = f"{add}git commit -F {quote(str(message))} -- {_quoted(git, paths)}"
    return f"The change is in the tree; mend what is said here, then run:\n{command}"


def _quoted(git: Git, paths: Sequence[str]) -> str:
    """Relative to the current folder; `./` in front of what would be pathspec magic."""
    names = (os.path.relpath(git.root / path) for path in paths)
    return " ".join(quote(f"./{name}" if name.startswith(":") else name) for name in names)


def _models(run: Run) -> tuple[str, ...]:
    """Who was asked in this Run and may have to be paid, sub-agents included, in the order of first use."""
    booked = run.workplace.ledger.booked(since=run.started)
    ours = (row for row in booked if run.part in row.call.scope and row.event.state is not CallState.RELEASED)
    return tuple(dict.fromkeys(row.call.purpose.route.model for row in ours))


def message(spec: Spec, result: RunResult, models: Sequence[str]) -> str:
    """Subject: the spec's title. Trailers as DESIGN names them; `Unknown-USD` is a worst case."""
    trailers = [f"Spec: {spec.path}", f"Cost-USD: {decimal_usd(result.cost)}"]
    if result.unknown > 0:
        trailers.append(f"Unknown-USD: {decimal_usd(result.unknown)}")
    trailers.append(f"Models: {', '.join(models)}")
    goal = spec.section("Goal")
    body = goal.body.strip() if goal else ""
    return "\n\n".join(part for part in (spec.title, body, "\n".join(trailers)) if part) + "\n"
