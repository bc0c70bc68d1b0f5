"""Where money is charged and what caps it: a Scope is a path, a Budget caps one element of it."""

from dataclasses import dataclass
from enum import StrEnum

from tokenroi_cli.domain.money import ZERO, Money


@dataclass(frozen=True, slots=True, order=True)
class ScopePart:
    """One element of a scope path, for instance `day/2026-11-22+01:00` or `session/ab12`."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def spoken(self) -> str:
        """As a person would call it: `this run`, `day 2026-11-22+01:00`."""
        mine = self.kind in ("run", "session", "attempt", "project")
        return f"this {self.kind}" if mine else f"{self.kind} {self.key}"


Scope = tuple[ScopePart, ...]
"""A Call is charged to every element."""


class BudgetMode(StrEnum):
    HARD = "hard"
    """Refuses any call whose worst case does not fit."""
    SOFT = "soft"
    """Refuses on what is booked; a provider that breaks its ceiling can overshoot."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A cap on one scope element."""

    part: ScopePart
    cap: Money
    mode: BudgetMode = BudgetMode.HARD


@dataclass(frozen=True, slots=True)
class Totals:
    """The fold of the events of one scope element."""

    calls: int = 0
    settled: Money = ZERO
    """What providers reported and we priced."""
    unknown: Money = ZERO
    """Worst case of calls whose bill nobody told us."""
    in_flight: Money = ZERO
    """Worst case of calls reserved or sent, not yet ended."""

    @property
    def committed(self) -> Money:
        """What a cap is compared with."""
        return Money(self.settled + self.unknown + self.in_flight)

    @property
    def spent(self) -> Money:
        return Money(self.settled + self.unknown)
