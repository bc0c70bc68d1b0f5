"""How the core talks to a front-end: it emits events and asks questions. It never prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tokenroi_cli.domain.call import Call, CallEvent
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import Budget, Totals
from tokenroi_cli.domain.spec import Attempt, CommandResult
from tokenroi_cli.domain.tier import Tier


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A piece of the model's answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TextEnded:
    """The model's answer of this step is complete."""


@dataclass(frozen=True, slots=True)
class ToolStarted:
    name: str
    summary: str
    """One line: what it is applied to."""


@dataclass(frozen=True, slots=True)
class ToolEnded:
    name: str
    summary: str
    ok: bool
    detail: str
    """One line: what came out, or why it was refused."""
    failed: bool = False
    """The tool did its work, and what came out tells of a failure: a command that exited with 1."""
    tail: tuple[str, ...] = ()
    """The last lines of such a failure; empty when it said nothing."""


@dataclass(frozen=True, slots=True)
class CallBooked:
    """A call reached its terminal state in the ledger."""

    call: Call
    event: CallEvent
    repriced_premium: Money | None
    """The same tokens at the premium tier's price; None when either is unknown. Never called "saved"."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A price is soft or stale, a provider is scripted, a call is tried again or waits."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class BudgetAlert:
    """So much of a cap is spent: told once per budget and threshold, whoever spends it."""

    budget: Budget
    percent: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class CommandRan:
    """A validation command ended."""

    result: CommandResult
    baseline: bool
    """True when it ran on the untouched tree, before the first call."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """What executing a spec may cost on each tier: a range, never a number."""

    spec: str
    ranges: Mapping[Tier, tuple[Money, Money]]
    """Tier -> (low, high)."""


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of progress for a person."""

    text: str


Event = (
    TextArrived
    | TextEnded
    | ToolStarted
    | ToolEnded
    | CallBooked
    | Alert
    | BudgetAlert
    | CommandRan
    | Estimated
    | AttemptEnded
    | Notice
)


class QuestionKind(StrEnum):
    RUN_COMMAND = "run_command"
    ESTIMATE = "estimate"
    STALE_SPEC = "stale_spec"
    PROVES_NOTHING = "proves_nothing"
    SOFT_PROVIDER = "soft_provider"
    GUARDED_FILE = "guarded_file"
    """To be changed, and read-only or one of several hard links."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the core must not decide itself."""

    kind: QuestionKind
    text: str
    """Shown word for word, escaped."""
    detail: tuple[str, ...] = ()
    """Exact lines the question is about, such as the commands to run."""


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNASKED = "unasked"
    """There is nobody to ask: headless, and no flag answers it."""


class Frontend(Protocol):
    """The REPL, `--json`, the plain terminal and the tests are all just these two methods."""

    def emit(self, event: Event) -> None: ...

    def ask(self, question: Question) -> Answer: ...
