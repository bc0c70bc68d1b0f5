"""What `exec` makes sure of before it spends: the spec is valid, fresh, and its validation can run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tokenroi_cli.app.bench import shell, tell_uncovered
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.errors import SpecError, StaleOrOutOfScope, TokenroiError, ValidationFailed
from tokenroi_cli.domain.events import Alert, Answer, CommandRan, Question, QuestionKind
from tokenroi_cli.domain.spec import CommandResult, Severity, Spec
from tokenroi_cli.spec.freshness import stale
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import decode, parse
from tokenroi_cli.spec.verdict import accepted, cannot_run
from tokenroi_cli.workspace.content import FileRefused, read_bytes
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.journal import Journal


class Choices(Protocol):
    """What the user said about the spec on the command line."""

    @property
    def spec(self) -> Path: ...
    @property
    def accept_stale(self) -> bool: ...
    @property
    def accepted_before(self) -> Mapping[str, str] | None: ...


def load_spec(workplace: Workplace, choices: Choices) -> Spec:
    """The spec, parsed, without lint errors, fresh. Raises SpecError or StaleOrOutOfScope."""
    spec = read_spec(workplace, choices.spec)
    _check_fresh(workplace, spec, choices)
    return spec


def read_spec(workplace: Workplace, path: Path, coming: frozenset[str] = frozenset()) -> Spec:
    """The spec, parsed, without lint errors. Raises SpecError.

    `coming`: files that specs carried out before this one are going to create.
    """
    shown = spec_name(workplace, path)
    spec = parse(_text(Path(os.path.realpath(path)), str(path)), shown)
    tree = _Awaited(workplace.tree, coming)
    errors = [finding for finding in lint(spec, tree) if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        raise SpecError(
            f"{shown}:{first.line}: {first.rule} {first.message}",
            f"{first.hint} ({len(errors)} errors; `tokenroi check {shown}` shows all)",
        )
    return spec


def spec_name(workplace: Workplace, path: Path) -> str:
    """What a spec is called in results and the ledger: relative to the root where it lies below it."""
    real = Path(os.path.realpath(path))  # unlike resolve, it takes a loop of links
    inside = real.is_relative_to(workplace.root)
    return real.relative_to(workplace.root).as_posix() if inside else str(path)


@dataclass(frozen=True, slots=True)
class _Awaited:
    """The work tree as it will be once files that are to be created are there."""

    tree: Tree
    coming: frozenset[str]

    def exists(self, path: str) -> bool:
        return path in self.coming or self.tree.exists(path)

    def is_ignored(self, path: str) -> bool:
        return self.tree.is_ignored(path)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted({*self.tree.paths(), *self.coming}))


def _text(path: Path, name: str) -> str:
    """Of a regular file of a bounded size: a device or a pipe would never end."""
    try:
        return decode(read_bytes(path, name), name)
    except FileRefused as refused:
        raise SpecError(refused.what, 'make one with `tokenroi plan "..."`') from refused


def _check_fresh(workplace: Workplace, spec: Spec, choices: Choices) -> None:
    left = choices.accepted_before or {}

    def sha256_of(path: str) -> str | None:
        try:
            now = workplace.tree.sha256(path)
        except TokenroiError:  # a folder, or a link that leads out: not the file that was planned on
            now = None
        planned = spec.stamp.files.get(path) if spec.stamp else None
        return planned if now is not None and now == left.get(path) else now

    moved = stale(spec, sha256_of)
    if not moved or choices.accept_stale:
        return
    text = f"{spec.path} was planned on other contents of {', '.join(moved)}"
    if (
        workplace.frontend.ask(Question(QuestionKind.STALE_SPEC, f"{text}. Execute it all the same?"))
        is Answer.YES
    ):
        return
    raise StaleOrOutOfScope(text, "plan again, or pass --accept-stale")


def preflight(workplace: Workplace, spec: Spec, journal: Journal) -> tuple[str, ...]:
    """Runs the validation on the untouched tree, for $0. Raises ValidationFailed when it cannot run.

    Returns the marks that every Attempt bears: `unproved` when the validation passes already.
    """
    if not spec.commands:
        raise ValidationFailed(
            f"{spec.path}: no Validation item holds a command in backticks",
            "nothing could decide whether the work is done; add one",
            reason="validation_cannot_run",
        )
    tell_uncovered(workplace, journal)
    ask_leave(workplace, spec)
    results = run_validation(workplace, spec, journal, baseline=True)
    stuck = cannot_run(results)
    if stuck:
        raise ValidationFailed(
            f"{spec.path}: validation cannot run: {stuck[0].command} ({stuck[0].end})",
            "install what it needs, or correct the command; nothing was spent",
            reason="validation_cannot_run",
        )
    if not accepted(results):
        return ()
    text = f"{spec.path}: every Validation command passes already, so passing proves nothing"
    answer = workplace.frontend.ask(Question(QuestionKind.PROVES_NOTHING, f"{text}. Go on?"))
    if answer is Answer.NO:
        raise ValidationFailed(
            text, "add a command that fails until the work is done", reason="validation_proves_nothing"
        )
    workplace.frontend.emit(Alert("validation_proves_nothing", text))
    return ("unproved",)


def ask_leave(workplace: Workplace, spec: Spec) -> None:
    """Validation commands are commands like any other: the user is asked, once for all of a spec."""
    asked = Question(QuestionKind.RUN_COMMAND, f"Run the Validation commands of {spec.path}?", spec.commands)
    answer = workplace.frontend.ask(asked)
    if answer is Answer.YES:
        return
    why = "there is nobody to ask" if answer is Answer.UNASKED else "you said no"
    raise ValidationFailed(
        f"{spec.path}: its Validation commands were not allowed to run: {why}",
        "read them, then pass --yes; nothing was spent",
        reason="validation_cannot_run",
    )


def run_validation(
    workplace: Workplace, spec: Spec, journal: Journal, *, baseline: bool = False
) -> tuple[CommandResult, ...]:
    """Every Validation command, in order, each to its end; what they change is in the journal."""
    results = list[CommandResult]()
    with journal.command("; ".join(spec.commands)) as held:
        for command in spec.commands:
            result = shell(workplace, command, held=held)
            workplace.frontend.emit(CommandRan(result, baseline))
            results.append(result)
    return tuple(results)
