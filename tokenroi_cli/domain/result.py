"""How a run ended: what the caller prints, what `--json` closes with, what the exit code says."""

from dataclasses import dataclass

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.spec import Attempt


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a Run. Sums come from the ledger alone."""

    status: str
    """`done`, `accepted`, `failed`, ...: one word for scripts."""
    exit_code: int
    reason: str
    """The word that scripts match on: `validation_failed`, `budget`, ...; empty when all went well."""
    what: str
    """One line for a person."""
    cost: Money
    unknown: Money
    calls: int
    session: str
    hint: str = ""
    """What to do next, when it did not go well."""
    scripted: bool = False
    """True when a script answered: the money is made up."""
    text: str = ""
    """The final answer, where there is one."""
    spec: str | None = None
    attempts: tuple[Attempt, ...] = ()
    repriced_premium: Money | None = None
    """The same tokens at the premium tier's price."""
    cap: Money | None = None
    """On this run alone; None when only wider caps held."""
    path: str | None = None
    """The file that the run wrote for the user: a spec, or the patch of a failed attempt."""
