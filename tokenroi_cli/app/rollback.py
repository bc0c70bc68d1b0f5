"""The tree as it was before a Run that failed; what goes wrong with that never hides why the Run ended."""

from dataclasses import dataclass

from tokenroi_cli.app.attempts import Execution
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import Alert, Notice


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
    try:
        restored = execution.journal.restore()
    except (TokenroiError, OSError) as failed:
        trouble = f"could not restore: {failed}"
        if isinstance(failed, TokenroiError):
            trouble = "; ".join(filter(None, (failed.what, failed.hint)))
        emit(Alert("restore_failed", trouble))
        return RolledBack(patch, trouble)
    if unkept:
        emit(Alert("patch_failed", unkept))
    if patch:
        emit(Notice(f"files restored; the last attempt is kept as a patch: {patch}"))
        if restored.overwritten:
            names = ", ".join(restored.overwritten)
            emit(Alert("overwritten", f"something else had changed {names} meanwhile: see that patch"))
    return RolledBack(patch, unkept)


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
