"""The one door to models: prices a call, reserves its worst case, mints the permit, books the end."""

from collections.abc import Callable, Iterator, Sequence
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
from tokenroi_cli.money.bounds import text_bound
from tokenroi_cli.money.budgets import NoRoom, Room, caps, counted_at, windows
from tokenroi_cli.money.endings import of_failure, of_reply
from tokenroi_cli.money.ledger import Ledger, iso
from tokenroi_cli.money.owner import this_process
from tokenroi_cli.money.pauses import Breaker
from tokenroi_cli.money.prefixes import Prefixes
from tokenroi_cli.money.prices import PriceTable
from tokenroi_cli.money.reserving import Reserving, Wish
from tokenroi_cli.money.streams import Heard, until_reply

PATIENCE_S = 60.0
"""How long a call waits for room outside a Run, where there is no other clock."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms calls are made: the user's caps, and what is known of the models."""

    config: Config
    enforces_ceiling: Callable[[str], bool]
    """Whether the output ceiling of a model can be relied on."""
    allow_soft: Callable[[str], bool]
    """Asked when a hard cap meets a model whose ceiling cannot: may it run all the same?"""
    counts_input: Callable[[str], bool] = lambda _model: True
    """Whether the input tokens reported for a model were counted by it: a script makes them up."""
    zone: tzinfo | None = None
    """Whose calendar days budgets count; None: the machine's."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told what the gateway does."""

    booked: Callable[[Call, CallEvent], None]
    """Every terminal event, right after it is durable."""
    alert: Callable[[Room, int], None] = lambda _room, _percent: None
    """The percent of a cap that is spent: once per budget and threshold, whoever spends it."""
    waiting: Callable[[Room], None] = lambda _room: None
    """A call waits for the room that others hold."""


class Flight:
    """The permits in flight behind one door and all that were opened within it."""

    def __init__(self, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker()
        """Wakes the calls that wait for room."""
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
        self.breaker.trip()
        with self._lock:
            permits = tuple(self._permits.values())
        for permit in permits:
            permit.cancel()


@dataclass(slots=True)
class _Open:
    """A call that is reserved, and what is heard of it until it is booked."""

    permit: Permit
    worst: Money
    budgets: tuple[Budget, ...]
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Implements domain.gateway.ModelGateway."""

    ledger: Ledger
    prices: PriceTable
    provider: Provider
    terms: Terms
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    listeners: Listeners
    parts: Scope = ()
    """Scope elements that calls are charged to beside the month and the day."""
    caps: tuple[Budget, ...] = ()
    """Budgets of this run, beside the configured ones."""
    seconds_left: Callable[[], float] = lambda: PATIENCE_S
    """Of the Run: how much longer a call may wait for room."""
    flight: Flight = field(default_factory=Flight, repr=False)
    prefixes: Prefixes = field(default_factory=Prefixes, repr=False)

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        """See ModelGateway. The Reply comes after its call is booked.

        A stream that `cancel` cut raises Interrupted. A ProviderError names the call that it ended.
        """
        opened = self._open(request, purpose)
        permit, heard = opened.permit, opened.heard
        with self.flight.aboard(permit), self._booking(opened, request):
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

    def timed(self, seconds_left: Callable[[], float]) -> "Gateway":
        """See ModelGateway."""
        return replace(self, seconds_left=seconds_left)

    def cancel(self) -> None:
        """From any thread: ends the calls in flight, those of every door within this one's flight."""
        self.flight.cancel()

    def _open(self, request: Request, purpose: Purpose) -> _Open:
        """Reserves, and mints the permit."""
        price = self.prices.price(request.model)
        now = self.clock()
        counted = counted_at(now, self.ledger.latest())
        scope = (*windows(counted, self.terms.zone), *self.parts)
        budgets = caps(self.terms.config, scope, self.caps)
        if not price.free and any(budget.mode is BudgetMode.HARD for budget in budgets):
            self._require_a_hard_cap(price)
        call = Call(self.ids(), iso(now), purpose, scope, this_process(), price)
        wish = self._wish(request, price)
        reserving = Reserving(self.ledger, self.flight.breaker, self.seconds_left, self.listeners.waiting)
        try:
            granted = reserving.reserve(call, budgets, wish)
        except NoRoom as error:
            self._tell_alerts(budgets, used_up=error.room.budget if error.room.totals.spent else None)
            raise
        permit = Permit(
            call=call,
            max_output=granted.output_tokens,
            max_input=wish.input_tokens,
            max_text=text_bound(request),
            mark_sent=partial(self.ledger.sent, call.id),
            cache_an_hour=request.cache_an_hour,
        )
        return _Open(permit, granted.worst, budgets)

    def _wish(self, request: Request, price: Price) -> Wish:
        wanted = min(request.max_tokens, price.max_output or request.max_tokens)
        return Wish(price, self.prefixes.bound(request), wanted, request.cache_an_hour)

    def _require_a_hard_cap(self, price: Price) -> None:
        """Raises BudgetRefused or Unpriced where a hard cap would be an empty promise."""
        if self.ledger.shared_filesystem is not None:
            raise BudgetRefused(
                f"a hard cap cannot be promised: the ledger is on {self.ledger.shared_filesystem}, a file "
                "system that others than this machine answer for",
                f'set TOKENROI_HOME to a local disk; or, in your config, [budget] mode = "{BudgetMode.SOFT}"',
                reason="shared_filesystem",
            )
        if not self.terms.enforces_ceiling(price.model) and not self.terms.allow_soft(price.model):
            raise Unpriced(
                f"a hard cap cannot be promised for {price.model}: its output ceiling is not enforced",
                f"in your config: enforces_max_tokens = true under its [providers.NAME], if you know that it "
                f'does; or [budget] mode = "{BudgetMode.SOFT}"',
                reason="unbounded",
            )

    @contextmanager
    def _booking(self, opened: _Open, request: Request) -> Iterator[None]:
        """However the block ends, the call is booked once by what was heard."""
        permit, heard = opened.permit, opened.heard
        try:
            yield
        except ProviderError as error:
            heard.failure = error
            error.call_id = permit.call.id
            if permit.cancelled:
                raise Interrupted("the call was cancelled", "what it cost is booked") from error
            raise
        finally:
            event = self._book(opened)
            self._learn(request, event)
            self.listeners.booked(permit.call, event)
            self._tell_alerts(opened.budgets)

    def _book(self, opened: _Open) -> CallEvent:
        call, reply = opened.permit.call, opened.heard.reply
        if reply is None:
            ending = of_failure(opened.heard.failure, opened.permit, opened.worst)
        else:
            ending = of_reply(reply, self.prices.answered(call.price, reply.model), opened.worst)
        answer_id = opened.heard.answer_id
        match ending.state:
            case CallState.RELEASED:
                return self.ledger.release(call.id, ending.note)
            case CallState.SETTLED:
                return self.ledger.settle(
                    call.id,
                    ending.amount,
                    ending.usage,
                    model=_stranger(call, reply),
                    note=ending.note,
                    answer_id=answer_id,
                )
            case _:
                return self.ledger.unknown(call.id, ending.amount, ending.usage, ending.note, answer_id)

    def _learn(self, request: Request, event: CallEvent) -> None:
        """What the asked model counted bounds the next request that begins alike."""
        model = request.model.rpartition("/")[2]
        same = event.model is None or event.model.rpartition("/")[2].startswith(model)
        if event.told is not None and same and self.terms.counts_input(request.model):
            self.prefixes.learn(request, event.told)

    def _tell_alerts(self, budgets: Sequence[Budget], used_up: Budget | None = None) -> None:
        for room, percent in self.ledger.newly_reached(budgets, used_up=used_up):
            self.listeners.alert(room, percent)


def _stranger(call: Call, reply: Reply | None) -> str | None:
    """The model that the answer named, when it is not the one asked."""
    asked = call.price.model
    named = reply.model if reply else None
    return None if named in (asked, asked.rpartition("/")[2]) else named
