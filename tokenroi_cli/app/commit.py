"""A commit of an accepted spec: its files, the spec itself, and trailers that say what it cost."""

from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import decimal_usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Spec


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
