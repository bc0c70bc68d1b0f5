"""What a REPL is about: one workplace, one conversation, and what has been called since it began."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tokenroi_cli.app.say import Conversation
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.events import CallBooked
from tokenroi_cli.domain.result import RunResult


@dataclass(frozen=True, slots=True)
class Seat:
    """What slash commands work with."""

    workplace: Workplace
    conversation: Conversation
    calls: list[CallBooked] = field(default_factory=list)
    """Every call that was booked since the REPL began, in order."""


@dataclass(frozen=True, slots=True)
class Said:
    """An input that is answered at once."""

    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """An input that starts a Run."""

    run: Callable[[], RunResult]


@dataclass(frozen=True, slots=True)
class Chore:
    """An input that waits for its turn, as a Run does, costs nothing, and is answered in words."""

    run: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Leave:
    """An input that ends the REPL."""


Outcome = Said | Work | Chore | Leave
