"""Which caps hold for a call, and what is left of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.scope import Budget, BudgetMode, Scope, ScopePart, Totals

CLOCK_TRUST = timedelta(days=400)
"""How far ahead of the clock the newest call may be before it is the ledger that is not believed."""

THRESHOLDS = (50, 80, 100)
"""Percent of a cap whose spending is told, once each."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a budget has left."""

    budget: Budget
    totals: Totals

    @property
    def left(self) -> Money:
        """Never below zero."""
        return Money(max(0, self.budget.cap - self.totals.committed))

    def could_hold(self, needed: Money) -> bool:
        """Whether `needed` would fit if all calls in flight came to cost nothing."""
        return self.totals.spent + needed <= self.budget.cap

    def refusal(self, needed: Money) -> "NoRoom":
        """The words for a call that needs `needed` at worst."""
        left, cap = decimal_usd(self.left), decimal_usd(self.budget.cap)
        waiting = f", ${decimal_usd(self.totals.in_flight)} in use by other calls" * bool(
            self.totals.in_flight
        )
        return NoRoom(
            self,
            f"{self.budget.part.spoken} has ${left} left of ${cap}{waiting}; "
            f"this call needs ${decimal_usd(needed)} at worst",
            "raise the cap, shorten the prompt, or take a cheaper tier" + self._doubt(),
        )

    def _doubt(self) -> str:
        """What to do about money that may not have been spent at all."""
        if not self.totals.unknown:
            return ""
        unknown = decimal_usd(self.totals.unknown)
        return (
            f"; ${unknown} of it is the most that calls of unknown cost can have cost: "
            "`tokenroi report --reconcile FILE` lowers it by your provider's usage export"
        )


class NoRoom(BudgetRefused):
    """A call that a budget has no room for."""

    def __init__(self, room: Room, what: str, hint: str) -> None:
        super().__init__(what, hint)
        self.room = room


def fits(room: Room, worst: Money) -> bool:
    """Whether the budget lets a call with this worst case through. What costs nothing always fits.

    A hard budget has room for all of it; a soft one only has to have something left.
    """
    return worst == 0 or (worst <= room.left if room.budget.mode is BudgetMode.HARD else room.left > 0)


def reached(room: Room) -> tuple[int, ...]:
    """The thresholds, in percent, that are spent."""
    cap, spent = room.budget.cap, room.totals.spent
    return tuple(percent for percent in THRESHOLDS if cap and spent * 100 >= cap * percent)


def caps(config: Config, scope: Scope, extra: Sequence[Budget] = ()) -> tuple[Budget, ...]:
    """The user's caps on the elements of this scope and on their kinds, and the `extra` ones of the run."""
    settings = config.budget
    by_kind = (
        Budget(part, settings.caps[part.kind], settings.mode) for part in scope if part.kind in settings.caps
    )
    by_name = (
        Budget(part, settings.scopes[part], settings.mode) for part in scope if part in settings.scopes
    )
    return (*by_kind, *by_name, *extra)


def counted_at(now: datetime, latest: datetime | None) -> datetime:
    """The moment by which a call counts in a month and a day: the clock's, but never behind the ledger.

    A clock that was set back opens no empty window. One that was years ahead once is not believed.
    """
    if latest is None or latest - now > CLOCK_TRUST:
        return now
    return max(now, latest)


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
