"""Which caps hold for a call, and what is left of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.scope import Budget, BudgetMode, Scope, ScopePart, Totals


@dataclass(frozen=True, slots=True)
class Room:
    """What a budget has left."""

    budget: Budget
    left: Money
    """Never below zero."""

    def refusal(self, needed: Money) -> BudgetRefused:
        """The words for a call that needs `needed` at worst."""
        left, cap = decimal_usd(self.left), decimal_usd(self.budget.cap)
        return BudgetRefused(
            f"{self.budget.part.spoken} has ${left} left of ${cap}; "
            f"this call needs ${decimal_usd(needed)} at worst",
            "raise the cap, shorten the prompt, or take a cheaper tier",
        )


def room(budget: Budget, totals: Totals) -> Room:
    return Room(budget, Money(max(0, budget.cap - totals.committed)))


def fits(budget: Budget, totals: Totals, worst: Money) -> bool:
    """Whether the budget lets a call with this worst case through. What costs nothing always fits.

    A hard budget has room for all of it; a soft one only has to have something left.
    """
    left = room(budget, totals).left
    return worst == 0 or (worst <= left if budget.mode is BudgetMode.HARD else left > 0)


def caps(config: Config, scope: Scope, extra: Sequence[Budget] = ()) -> tuple[Budget, ...]:
    """The user's caps on the elements of this scope, and the `extra` ones of the run."""
    settings = config.budget
    configured = (
        Budget(part, settings.caps[part.kind], settings.mode) for part in scope if part.kind in settings.caps
    )
    return (*configured, *extra)


def windows(now: datetime, zone: tzinfo | None = None) -> Scope:
    """The month and the day that a call reserved now is charged to.

    The day is the calendar day of `zone` (None: the machine's). Its key holds the offset at the day's
    start, so that neither a journey nor a change of clocks makes two days one; changing the clocks
    makes no second day either.
    """
    day = now.astimezone(zone).date()
    midnight = datetime.combine(day, time.min, zone).astimezone(zone)
    offset = time(tzinfo=timezone(midnight.utcoffset() or timedelta(0))).isoformat()[len("00:00:00") :]
    return ScopePart("month", f"{day:%Y-%m}"), ScopePart("day", f"{day}{offset}")
