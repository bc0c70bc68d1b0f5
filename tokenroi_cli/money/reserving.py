"""A reservation: as many output tokens as the money left allows, and a wait for the room that others hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.call import Call
from tokenroi_cli.domain.errors import BudgetRefused, Interrupted
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.scope import Budget, BudgetMode
from tokenroi_cli.money.bounds import FLOOR, affordable_output, worst
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.owner import is_alive
from tokenroi_cli.money.pauses import Breaker

RACES = 20
"""How often in a row a reservation is sized anew because somebody else reserved meanwhile."""
POLL_S = 0.25
"""How often a call that waits for room looks again."""
RECOVERY_S = 2.0
"""How often it looks whether those who hold the room are dead."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a call asks for."""

    price: Price
    input_tokens: int
    """The bound of its input."""
    output_tokens: int
    """Wanted; the reservation may be for fewer, down to a floor."""
    an_hour: bool = False
    """Whether it asks for a cache that lasts an hour."""

    def worst(self, output: int) -> Money:
        return worst(self.price, self.input_tokens, output, an_hour=self.an_hour)

    def affordable(self, left: Money | None) -> int:
        return affordable_output(
            self.price, self.input_tokens, left, self.output_tokens, an_hour=self.an_hour
        )

    @property
    def floor(self) -> int:
        """Output tokens below which the call is not worth making."""
        return min(FLOOR, self.output_tokens)


@dataclass(frozen=True, slots=True)
class Granted:
    """What was reserved."""

    output_tokens: int
    worst: Money


@dataclass(frozen=True, slots=True)
class Reserving:
    """How reservations are made in one Run."""

    ledger: Ledger
    breaker: Breaker
    seconds_left: Callable[[], float]
    on_wait: Callable[[Room], None]
    """Told once, when a call begins to wait."""

    def reserve(self, call: Call, budgets: Sequence[Budget], wish: Wish) -> Granted:
        """Reserves the worst case of the call in all budgets.

        Raises BudgetRefused when it cannot fit, or when the Run has no time left to wait until it does;
        Interrupted when cancelled in the wait.
        """
        hard = [budget for budget in budgets if budget.mode is BudgetMode.HARD]
        wait = _Wait(self, call, wish.worst(wish.floor))
        races = 0
        while True:
            rooms = self.ledger.rooms(hard)
            output = wish.affordable(rooms[0].left if rooms else None)
            if rooms and output < wish.floor:
                wait.for_room(rooms)
                continue
            try:
                self.ledger.reserve(call, wish.worst(output), budgets)
            except BudgetRefused:
                races += 1
                if races > RACES or self.ledger.rooms(hard) == rooms:
                    raise
            else:
                return Granted(output, wish.worst(output))


class _Wait:
    """The wait of one call for room."""

    def __init__(self, reserving: Reserving, call: Call, needed: Money) -> None:
        self._ledger, self._breaker = reserving.ledger, reserving.breaker
        self._seconds_left, self._on_wait = reserving.seconds_left, reserving.on_wait
        self._call, self._needed = call, needed
        self._woken = reserving.breaker.event
        self._until: float | None = None
        self._recovered = 0.0

    def for_room(self, rooms: Sequence[Room]) -> None:
        """Waits a little. Raises BudgetRefused where no wait can help, or time is up."""
        self._ledger.check_frozen(self._call.scope)  # an overrun explains the empty budget better
        for room in rooms:
            if not room.could_hold(self._needed):
                raise room.refusal(self._needed)
        now = self._breaker.clock()
        if self._until is None:
            self._until = now + self._seconds_left()
            self._on_wait(rooms[0])
        if now >= self._until:
            raise rooms[0].refusal(self._needed)
        if now - self._recovered >= RECOVERY_S:
            self._recovered = now
            if self._ledger.recover(is_alive):
                return
        if self._breaker.wait(self._woken, min(POLL_S, self._until - now)):
            raise Interrupted("cancelled while waiting for room in a budget")
