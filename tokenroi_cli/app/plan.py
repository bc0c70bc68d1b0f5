"""`tokenroi plan`: the premium model reads and writes a spec; tokenroi itself writes the file."""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from tokenroi_cli.agent.desk import Desk
from tokenroi_cli.agent.turn import TurnEnd, run_turn
from tokenroi_cli.app.bench import reading_bench
from tokenroi_cli.app.estimate import price_range, spec_cap
from tokenroi_cli.app.run import (
    Run,
    begin,
    default_cap,
    desk,
    ended_by,
    finished,
    journal_of,
    purpose_of,
)
from tokenroi_cli.app.workplace import Workplace, now
from tokenroi_cli.domain.errors import Interrupted, NotConfigured, SpecError, TokenroiError, UsageError
from tokenroi_cli.domain.events import Alert, Estimated, Notice
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.session import Session
from tokenroi_cli.domain.spec import Finding, Severity, Spec, Stamp
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import parse
from tokenroi_cli.spec.paths import fault
from tokenroi_cli.spec.stamp import stamped
from tokenroi_cli.store.templates import template
from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.paths import shown, unusable

SPECS = "specs"
"""Folder of the specs that `plan` names itself."""

FORM = "Begin with `# Task: ` and keep every heading of the form"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    task: str
    out: Path | None = None
    """Where the spec goes, relative to the current folder; None: `specs/NNN-slug.md`."""
    feature: str | None = None
    tier: Tier | None = None
    max_usd: Money | None = None


def plan(workplace: Workplace, options: PlanOptions) -> RunResult:
    """Writes one spec, the result's `path`. Raises before anything is spent; later ends are results."""
    if not options.task.strip():
        raise UsageError("the task is empty", 'say what to plan: tokenroi plan "add a retry to fetch()"')
    route = _planner(workplace, options.tier)
    out = _check_out(workplace, options.out)
    cap = options.max_usd if options.max_usd is not None else default_cap(workplace)
    run = begin(workplace, cap, TaskKind.PLAN)
    purpose = replace(purpose_of(run, route), feature=options.feature)
    made = desk(run, purpose, reading_bench(workplace))
    try:
        spec = _written(made, run.session, workplace, options.task)
        path = _save(run, spec, _Stamping(route, options.feature, out))
    except TokenroiError as error:
        return ended_by(run, error)
    except KeyboardInterrupt:
        return ended_by(run, Interrupted("interrupted; no spec was written", "what was billed is booked"))
    _tell_findings(workplace, path)
    return replace(finished(run, f"wrote {path}"), path=path)


def _planner(workplace: Workplace, tier: Tier | None) -> Route:
    """A plan has to look at the repository. Raises NotConfigured for a model that cannot."""
    route = workplace.route(TaskKind.PLAN, tier)
    if not route.tools:
        raise NotConfigured(
            f"{route.model}: the planner needs a model with tools",
            f"set another model for tiers.{Tier.PREMIUM}, or choose a tier whose model has tools with --tier",
            reason="no_tools",
        )
    return route


def _check_out(workplace: Workplace, out: Path | None) -> str | None:
    """The spec's path within the tree, where a file can be made. Nothing that exists is overwritten."""
    if out is None:
        why = unusable(workplace.root / SPECS / "001.md")
        if why:
            raise UsageError(f"{SPECS}/001.md {why}", "name another place with -o")
        return None
    real = Path(os.path.realpath(out))
    if not real.is_relative_to(workplace.root):
        raise UsageError(f"{out} is outside {workplace.root}", "a spec belongs to its repository")
    path = real.relative_to(workplace.root).as_posix()
    why = fault(path) or unusable(real)
    if why:
        raise UsageError(f"{shown(path)[:200]} {why}", "name another file with -o")
    if workplace.tree.exists(path):
        raise UsageError(f"{path} exists already", "name another file with -o, or remove it")
    return path


def _tell_findings(workplace: Workplace, path: str) -> None:
    """What the linter still says of the file as it was written, in the lines that `check` names."""
    spec = parse(workplace.tree.resolve(path).read_bytes().decode(), path)
    findings = lint(spec, workplace.tree)
    for finding in findings:
        said = f"{path}:{finding.line}: {finding.severity} {finding.rule} {finding.message}"
        workplace.frontend.emit(Notice(said))
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if errors:
        count = f"{errors} error{'s' * (errors > 1)}"
        text = f"{path} has {count}: exec will refuse it until they are mended; see `tokenroi check {path}`"
        workplace.frontend.emit(Alert("spec_errors", text))


def _written(made: Desk, session: Session, workplace: Workplace, task: str) -> Spec:
    """The spec that the model wrote. What the linter has against it goes back to the model once."""
    end = run_turn(made, session, (Text(plan_prompt(task)),))
    errors = _errors(workplace, end)
    if errors:
        listed = "\n".join(f"- line {finding.line}: {finding.message}. {finding.hint}" for finding in errors)
        again = template("prompts/plan_findings.md").replace("{findings}", listed)
        end = run_turn(made, end.session, (Text(again),))
    try:
        spec = parse(unwrapped(end.text), "spec.md")
    except SpecError as error:
        kept = f"{_kept(session)}; plan again, or with another --tier"
        raise SpecError(f"the model wrote no spec: {error.what}", kept) from error
    return spec


def _kept(session: Session) -> str:
    return f"its words are kept in session {session.id}"


def plan_prompt(task: str) -> str:
    """What the planner is asked; the task comes last, so that it cannot stand for a placeholder."""
    return template("prompts/plan.md").replace("{template}", template("spec.md")).replace("{task}", task)


def _errors(workplace: Workplace, end: TurnEnd) -> tuple[Finding, ...]:
    try:
        spec = parse(unwrapped(end.text), "spec.md")
    except SpecError as error:
        return (Finding("S002", Severity.ERROR, 1, error.what, FORM),)
    return tuple(finding for finding in lint(spec, workplace.tree) if finding.severity is Severity.ERROR)


def unwrapped(text: str) -> str:
    """The spec without what models put around it: a code fence, a sentence before the title."""
    start = re.search(r"^# Task:", text, re.MULTILINE)
    if start is None:
        return text.strip() + "\n"
    before, body = text[: start.start()], text[start.start() :].rstrip()
    fence = re.search(r"^(`{3,}|~{3,})\w*\s*\Z", before.rstrip("\n"), re.MULTILINE)
    if fence and body.endswith(fence[1]):
        body = body[: -len(fence[1])].rstrip()
    return body + "\n"


@dataclass(frozen=True, slots=True)
class _Stamping:
    """What the front matter says beside the spec's own words."""

    route: Route
    feature: str | None
    out: str | None


def _save(run: Run, spec: Spec, stamping: _Stamping) -> str:
    workplace = run.workplace
    slug = slug_of(spec.title)
    path = stamping.out or f"{SPECS}/{_next_number(workplace):03d}-{slug}.md"
    ranges = price_range(workplace, spec)
    hashes = {item.path: _digest(workplace, item.path) for item in spec.modify}
    cap = spec_cap(ranges)
    stamp = Stamp(
        id=spec_id(path),
        base=workplace.git.head() if workplace.git else None,
        files={name: value for name, value in hashes.items() if value is not None},
        planned_by=stamping.route.model,
        cap_usd=decimal_usd(cap) if cap is not None else None,
        estimate_usd={
            tier.value: (decimal_usd(low), decimal_usd(high)) for tier, (low, high) in ranges.items()
        },
        feature=stamping.feature,
    )
    journal = journal_of(run, f"plan {path}")
    try:
        apply_edits(workplace.root, [FileEdit(path, create=stamped(spec.source, stamp))], journal=journal)
    except TokenroiError as error:
        hint = f"{_kept(run.session)}; copy them from there, or plan again"
        raise TokenroiError(f"the spec was not written: {error.what}", hint, reason=error.reason) from error
    finally:
        journal.end()
    workplace.frontend.emit(Estimated(path, ranges))
    return path


def _digest(workplace: Workplace, path: str) -> str | None:
    """None for what the linter complains of: a path that cannot be a file of this tree has no hash."""
    try:
        return workplace.tree.sha256(path) if fault(path) is None else None
    except TokenroiError:
        return None


def spec_id(path: str) -> str:
    """Unique in the repository, as its path is: the day, and the path without `specs/` and `.md`."""
    short = path.removeprefix(f"{SPECS}/").removesuffix(".md")
    # `x.md` at the top keeps its suffix, or it would be `specs/x.md`.
    return f"{now().date().isoformat()}-{short if '/' in path else path}"


def slug_of(title: str) -> str:
    """A file name of whole words from the title, at most 48 characters."""
    slug = ""
    for word in re.findall(r"[a-z0-9]+", title.lower()):
        if len(slug) + len(word) > 47:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "task"


def _next_number(workplace: Workplace) -> int:
    found = [re.match(rf"{SPECS}/(\d+)-", path) for path in workplace.tree.paths(f"{SPECS}/*.md")]
    return max((int(match[1]) for match in found if match), default=0) + 1
