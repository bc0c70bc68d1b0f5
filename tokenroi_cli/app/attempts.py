"""One attempt at a spec: a turn of the executor, then the verifier."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tokenroi_cli.agent.turn import run_turn
from tokenroi_cli.app.bench import writing_bench
from tokenroi_cli.app.preflight import run_validation
from tokenroi_cli.app.run import Run, desk
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.message import Block, Text
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.session import Session
from tokenroi_cli.domain.spec import Attempt, CommandResult, Spec
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.spec.stamp import unstamped
from tokenroi_cli.spec.verdict import accepted
from tokenroi_cli.store.templates import template
from tokenroi_cli.workspace.journal import Journal


@dataclass(frozen=True, slots=True)
class Execution:
    """A spec on its way: the same for all its attempts."""

    run: Run
    spec: Spec
    marks: tuple[str, ...]
    """What the preflight says of every attempt."""
    purpose: Purpose
    journal: Journal

    @property
    def workplace(self) -> Workplace:
        return self.run.workplace

    def may_write(self, path: str) -> str | None:
        """The executor keeps the contract: only the files in the spec's lists, under whatever name."""
        tree = self.workplace.tree
        if tree.resolve(path) in map(tree.resolve, self.spec.files):
            return None
        return "not in the spec's lists, so it stays as it is"

    def results(self) -> tuple[str, ...]:
        """What the Run has changed of the files in the spec's lists; what a test run leaves lying is none."""
        return tuple(path for path in self.journal.changed() if self.may_write(path) is None)


def attempt(execution: Execution, session: Session, done: Sequence[Attempt]) -> tuple[Session, Attempt]:
    """Runs the executor on the spec, or on what failed last time; the session goes on, the Attempt is new."""
    number = len(done) + 1
    part = ScopePart("attempt", f"{execution.run.part.key}.{number}")
    bench = writing_bench(execution.workplace, execution.journal, execution.may_write)
    purpose = replace(execution.purpose, attempt=number)
    prompt = retry_prompt(done[-1].validation) if done else first_prompt(execution)
    end = run_turn(desk(execution.run, purpose, bench, (part,)), session, prompt)
    results = run_validation(execution.workplace, execution.spec, execution.journal)
    totals = execution.workplace.ledger.totals(part)
    return end.session, Attempt(
        number=number,
        tier=purpose.route.tier or Tier.MID,
        model=purpose.route.model,
        accepted=accepted(results),
        cost=totals.settled,
        calls=totals.calls,
        validation=results,
        changed=execution.workplace.tree.unignored(execution.journal.changed()),
        notes=execution.marks,
        unknown=Money(totals.unknown + totals.in_flight),
    )


def first_prompt(execution: Execution) -> tuple[Block, ...]:
    """The spec first, then the files it names: nothing of the planning talk."""
    spec = template("prompts/execute.md").replace("{spec}", unstamped(execution.spec.source))
    named = "\n".join(_file(execution.workplace, item.path) for item in execution.spec.modify)
    if not named:
        return (Text(spec),)
    return (Text(spec), Text(template("prompts/files.md").replace("{files}", named)))


def _file(workplace: Workplace, path: str) -> str:
    try:
        part = workplace.tree.read(path)
    except TokenroiError as error:
        return f'<file path="{path}">{error.what}</file>\n'
    span = "" if not part.cut else f' lines="{part.first}-{part.last} of {part.total_lines}"'
    return f'<file path="{path}"{span}>\n{part.text}</file>\n'


def retry_prompt(validation: tuple[CommandResult, ...]) -> tuple[Block, ...]:
    """What failed, with the commands' own words."""
    failures = "\n\n".join(
        f"`{result.command}` {result.end}\n{result.output}" for result in validation if not result.passed
    )
    return (Text(template("prompts/retry.md").replace("{failures}", failures)),)
