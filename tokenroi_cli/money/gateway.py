"""The one door to models: prices a call, reserves its worst case, mints the permit, books the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial
from threading import Lock

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Permit, Purpose
from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import BudgetRefused, Interrupted, ProviderError, Unpriced
from tokenroi_cli.domain.message import Provider, Reply, Request, StreamItem
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.scope import Budget, BudgetMode, Scope, ScopePart
from tokenroi_cli.money.bounds import FLOOR, affordable_output, input_bound, worst
from tokenroi_cli.money.budgets import caps, windows
from tokenroi_cli.money.endings import of_failure, of_reply
from tokenroi_cli.money.ledger import Ledger, iso
from tokenroi_cli.money.owner import this_process
from tokenroi_cli.money.prices import PriceTable
from tokenroi_cli.money.streams import Heard, until_reply

RACES = 20
"""How often a reservation is sized anew because somebody else reserved meanwhile."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms calls are made: the user's caps, and what is known of the models."""

    config: Config
    enforces_ceiling: Callable[[str], bool]
    """Whether the output ceiling of a model can be relied on."""
    allow_soft: Callable[[str], bool]
    """Asked when a hard cap meets a model whose ceiling cannot: may it run all the same?"""
    zone: tzinfo | None = None
    """Whose calendar days budgets count; None: the machine's."""


class Flight:
    """The permits in flight behind one door and all that were opened within it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._permits: dict[str, Permit] = {}

    @contextmanager
    def aboard(self, permit: Permit) -> Iterator[None]:
        with self._lock:
            self._permits[permit.call.id] = permit
        try:
            yield
        finally:
            with self._lock:
                self._permits.pop(permit.call.id, None)

    def cancel(self) -> None:
        with self._lock:
            permits = tuple(self._permits.values())
        for permit in permits:
            permit.cancel()


@dataclass(frozen=True, slots=True)
class Gateway:
    """Implements domain.gateway.ModelGateway."""

    ledger: Ledger
    prices: PriceTable
    provider: Provider
    terms: Terms
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    on_booked: Callable[[Call, CallEvent], None]
    """Told of every terminal event, right after it is durable."""
    parts: Scope = ()
    """Scope elements that calls are charged to beside the month and the day."""
    caps: tuple[Budget, ...] = ()
    """Budgets of this run, beside the configured ones."""
    flight: Flight = field(default_factory=Flight, repr=False)

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        """See ModelGateway. The Reply comes after its call is booked.

        A stream that `cancel` cut raises Interrupted. A ProviderError names the call that it ended.
        """
        permit, ceiling = self._open(request, purpose)
        heard = Heard()
        with self.flight.aboard(permit), self._booking(permit, ceiling, heard):
            items = self.provider.stream(replace(request, max_tokens=permit.max_output), permit)
            with heard.closing(items):
                reply = heard.reply = yield from until_reply(items)
        yield reply

    def within(self, part: ScopePart, cap: Money | None = None) -> "Gateway":
        """The same door, charging one more scope element, under one more cap."""
        parts = self.parts if part in self.parts else (*self.parts, part)
        if cap is None:
            return replace(self, parts=parts)
        budget = Budget(part, cap, self.terms.config.budget.mode)
        return replace(self, parts=parts, caps=(*self.caps, budget))

    def cancel(self) -> None:
        """From any thread: ends the calls in flight, those of every door within this one's flight."""
        self.flight.cancel()

    def _open(self, request: Request, purpose: Purpose) -> tuple[Permit, Money]:
        """Reserves; returns the permit and the worst case that is now charged."""
        price = self.prices.price(request.model)
        now = self.clock()
        scope = (*windows(now, self.terms.zone), *self.parts)
        budgets = caps(self.terms.config, scope, self.caps)
        self._require_ceiling(price, budgets)
        call = Call(self.ids(), iso(now), purpose, scope, this_process(), price)
        wanted = min(request.max_tokens, price.max_output or request.max_tokens)
        bound = input_bound(request)
        output = self._reserve(call, budgets, bound, wanted)
        permit = Permit(call, output, bound, mark_sent=partial(self.ledger.sent, call.id))
        return permit, worst(price, bound, output)

    def _require_ceiling(self, price: Price, budgets: tuple[Budget, ...]) -> None:
        if price.free or not any(budget.mode is BudgetMode.HARD for budget in budgets):
            return
        if not self.terms.enforces_ceiling(price.model) and not self.terms.allow_soft(price.model):
            raise Unpriced(
                f"a hard cap cannot be promised for {price.model}: its output ceiling is not enforced",
                f"in your config: enforces_max_tokens = true under its [providers.NAME], if you know that it "
                f'does; or [budget] mode = "{BudgetMode.SOFT}"',
                reason="unbounded",
            )

    def _reserve(self, call: Call, budgets: tuple[Budget, ...], bound: int, wanted: int) -> int:
        """Reserves for as many output tokens as are wanted and the money left allows; returns how many."""
        hard = [budget for budget in budgets if budget.mode is BudgetMode.HARD]
        refused = BudgetRefused("the budget is in use by other calls", "try again")
        for _ in range(RACES):
            room = self.ledger.tightest(hard)
            output = affordable_output(call.price, bound, room.left if room else None, wanted)
            if room is not None and output < min(FLOOR, wanted):
                self.ledger.check_frozen(call.scope)  # an overrun explains the empty budget better
                raise room.refusal(worst(call.price, bound, min(FLOOR, wanted)))
            try:
                self.ledger.reserve(call, worst(call.price, bound, output), budgets)
            except BudgetRefused as error:
                refused = error
                if self.ledger.tightest(hard) == room:
                    break
            else:
                return output
        raise refused

    @contextmanager
    def _booking(self, permit: Permit, ceiling: Money, heard: Heard) -> Iterator[None]:
        """However the block ends, the call is booked once by what was heard."""
        try:
            yield
        except ProviderError as error:
            heard.failure = error
            error.call_id = permit.call.id
            if permit.cancelled:
                raise Interrupted("the call was cancelled", "what it cost is booked") from error
            raise
        finally:
            event = self._book(permit, ceiling, heard)
            self.on_booked(permit.call, event)

    def _book(self, permit: Permit, ceiling: Money, heard: Heard) -> CallEvent:
        call, reply = permit.call, heard.reply
        if reply is None:
            ending = of_failure(heard.failure, permit, ceiling)
        else:
            ending = of_reply(reply, self.prices.answered(call.price, reply.model), ceiling)
        match ending.state:
            case CallState.RELEASED:
                return self.ledger.release(call.id, ending.note)
            case CallState.SETTLED:
                return self.ledger.settle(
                    call.id, ending.amount, ending.usage, _stranger(call, reply), ending.note
                )
            case _:
                return self.ledger.unknown(call.id, ending.amount, ending.usage, ending.note)


def _stranger(call: Call, reply: Reply | None) -> str | None:
    """The model that the answer named, when it is not the one asked."""
    asked = call.price.model
    named = reply.model if reply else None
    return None if named in (asked, asked.rpartition("/")[2]) else named
