"""The tree as it was before a Run that failed; what goes wrong with that never hides why the Run ended."""

from dataclasses import dataclass

from tokenroi_cli.app.attempts import Execution
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import Alert, Frontend, Notice
from tokenroi_cli.workspace.journal import Journal
from tokenroi_cli.workspace.paths import shown


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What became of the files of a Run that failed."""

    patch: str | None = None
    """Where the last attempt is kept; None when it changed nothing."""
    trouble: str = ""
    """What could not be put back, and where it is; empty when all is as it was."""


def roll_back(execution: Execution) -> RolledBack:
    """Keeps the last attempt as a patch, then restores every file. What fails of both is said, not raised."""
    emit = execution.workplace.frontend.emit
    patch, unkept = _patch(execution)
    trouble = as_before(execution.workplace.frontend, execution.journal)
    if unkept:
        emit(Alert("patch_failed", unkept))
    if patch and not trouble:
        emit(Notice(f"files restored; the last attempt is kept as a patch: {patch}"))
    return RolledBack(patch, "; ".join(filter(None, (trouble, unkept))))


def as_before(frontend: Frontend, journal: Journal) -> str:
    """Takes back everything that a Run did to files, and ends its journal. What could not be, in words."""
    try:
        done = journal.roll_back()
        journal.end(rolled_back=True)
    except TokenroiError as failed:
        trouble = f"could not restore: {'; '.join(filter(None, (failed.what, failed.hint)))}"
        frontend.emit(Alert("restore_failed", trouble))
        return trouble
    if done.merged:
        names = ", ".join(map(shown, done.merged))
        frontend.emit(Alert("merged", f"something else had changed {names} meanwhile; that is kept"))
    if not done.left:
        return ""
    trouble = f"could not restore {'; '.join(left.spoken() for left in done.left)}"
    frontend.emit(Alert("restore_failed", trouble))
    return trouble


def _patch(execution: Execution) -> tuple[str | None, str]:
    """The file of the patch, and why there is none."""
    run = execution.run
    folder = run.workplace.home.state / "patches"
    try:
        text = execution.journal.patch()
        if not text:
            return None, ""
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{run.session.id}.patch"
        path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        path.chmod(0o600)
    except (TokenroiError, OSError) as error:
        return None, f"the last attempt could not be kept as a patch: {error}"
    return str(path), ""
