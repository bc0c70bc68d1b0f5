"""A commit of an accepted spec: its files, the spec itself, and trailers that say what it cost."""

from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import decimal_usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Spec
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


def commit_spec(workplace: Workplace, spec: Spec, changed: tuple[str, ...], result: RunResult) -> str | None:
    """Commits what the accepted attempt wrote, the user's hooks running. None: nothing to commit."""
    if workplace.git is None:
        raise UsageError("--commit needs a git repository")
    if not changed:
        return None
    tree = workplace.tree
    kept = tree.exists(spec.path) and not tree.is_ignored(spec.path)
    return workplace.git.commit((*changed, spec.path) if kept else changed, message(spec, result))


def message(spec: Spec, result: RunResult) -> str:
    """Subject: the spec's title. Trailers as DESIGN names them."""
    models = ", ".join(dict.fromkeys(attempt.model for attempt in result.attempts))
    trailers = [
        f"Spec: {spec.path}",
        f"Cost-USD: {decimal_usd(result.cost)}",
        f"Models: {models}",
    ]
    goal = spec.section("Goal")
    body = goal.body.strip() if goal else ""
    return "\n\n".join(part for part in (spec.title, body, "\n".join(trailers)) if part) + "\n"
