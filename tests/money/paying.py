"""What the money tests are made of: prices, calls, a clock that stands, and a provider with its own bill."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import ceil
from typing import Any

from tokenroi_cli.domain.call import Call, CallEvent, Owner, OwnerKind, Permit, Purpose, Stage
from tokenroi_cli.domain.config import BudgetSettings, Config
from tokenroi_cli.domain.errors import ProviderError
from tokenroi_cli.domain.message import (
    FinishReason,
    Message,
    Reply,
    Request,
    Role,
    StreamItem,
    Text,
    TextDelta,
)
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.scope import BudgetMode, Scope, ScopePart
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import input_bound, worst
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.money.gateway import Flight, Gateway, Listeners, Terms
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.pauses import Breaker
from tokenroi_cli.money.prices import PriceTable
from tokenroi_cli.money.table import Table

MODEL = "test/model"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH = ScopePart("month", "2026-11")
DAY = ScopePart("day", "2026-11-22+00:00")
SESSION = ScopePart("session", "s1")
SCOPE: Scope = (MONTH, DAY, SESSION)


def row(fresh: str, output: str, **more: Any) -> dict[str, Any]:
    """A row of a price table as litellm writes it, from USD per million tokens."""
    return {
        "mode": "chat",
        "litellm_provider": "test",
        "input_cost_per_token": Decimal(fresh) / 10**6,
        "output_cost_per_token": Decimal(output) / 10**6,
        **more,
    }


TABLE: Mapping[str, Mapping[str, Any]] = {
    "model": row("3", "15", cache_creation_input_token_cost=Decimal("0.00000375"), max_output_tokens=8000),
    "dear": row("30", "150"),
}
PRICES = PriceTable({}, lambda: Table(TABLE, "a test"))
PRICE = PRICES.price(MODEL)

ROUTE = Route(TaskKind.EXECUTE, Tier.MID, MODEL, None, "the default of execute")
PURPOSE = Purpose(ROUTE, session="s1")
OWNER = Owner(OwnerKind.PROCESS, "boot:1:2")
USAGE = Usage(fresh=100, cache_read=1000, cache_write_5m=50, output=20, reasoning=5)
COST = PRICE.cost(USAGE)


def invoice(usage: Usage) -> Money:
    """Pico-dollars of a call at the test prices, worked out apart from the code that is tested."""
    per_million = {"fresh": "3", "cache_read": "3", "cache_write_5m": "3.75", "output": "15"}
    cost = sum(getattr(usage, name) * Fraction(rate) for name, rate in per_million.items())
    return Money(ceil(cost * 10**12 / 10**6))


def a_call(call_id: str, scope: Scope = SCOPE, owner: Owner = OWNER, purpose: Purpose = PURPOSE) -> Call:
    return Call(call_id, "2026-11-22T12:00:00.000+00:00", purpose, scope, owner, PRICE)


def a_request(text: str = "hello", max_tokens: int = 2000, model: str = MODEL) -> Request:
    return Request(model, "Be brief.", (), (Message(Role.USER, (Text(text),)),), max_tokens)


UNCAPPED = Config(tiers={})

Stream = Generator[StreamItem, None, None]
Script = Callable[[Request, Permit], Stream]
"""How one call goes."""


@dataclass
class Billing:
    """A provider that plays one script per call. `billed` is the truth that the ledger must meet."""

    scripts: list[Script]
    requests: list[Request] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    billed: Money = ZERO

    def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
        self.requests.append(request)
        self.permits.append(permit)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        permit.take()
        with closing(script(request, permit)) as items:
            for item in items:
                if isinstance(item, Reply) and item.usage is not None:
                    self.billed = Money(self.billed + PRICE.cost(item.usage))
                yield item


def answers(usage: Usage | None = USAGE, **more: Any) -> Script:
    """A whole answer."""

    def script(request: Request, permit: Permit) -> Stream:
        permit.sent()
        permit.stage = Stage.ANSWERED
        yield TextDelta("ok")
        yield Reply((Text("ok"),), FinishReason.STOP, usage, **more)

    return script


def fails(error: BaseException, stage: Stage, after: int = 0) -> Script:
    """Fails at a stage, after so many deltas."""

    def script(request: Request, permit: Permit) -> Stream:
        if stage is not Stage.ISSUED:
            permit.sent()
        permit.stage = stage
        yield from (TextDelta(f"{number}") for number in range(after))
        raise error

    return script


def speaks_until_closed(last_word: ProviderError | None = None) -> Script:
    """Never ends by itself; what it knows of its bill it says when it is closed."""

    def script(request: Request, permit: Permit) -> Stream:
        permit.sent()
        permit.stage = Stage.ANSWERED
        try:
            while True:
                yield TextDelta("on and on")
        except GeneratorExit:
            if last_word is not None:
                raise last_word from None
            raise

    return script


@dataclass
class Books:
    """A gateway on a ledger and a provider of the test, and what it was told."""

    ledger: Ledger
    provider: Billing
    config: Config = UNCAPPED
    enforced: bool = True
    soft_allowed: bool = False
    ended: list[tuple[Call, CallEvent]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    alerts: list[tuple[ScopePart, int]] = field(default_factory=list)
    waits: list[Room] = field(default_factory=list)
    breaker: Breaker = field(default_factory=Breaker)
    prefix: str = ""
    """Of the ids of calls: for several doors to one ledger."""

    def __post_init__(self) -> None:
        numbers = count(1)
        self.gateway = Gateway(
            ledger=self.ledger,
            prices=PRICES,
            provider=self.provider,
            terms=Terms(self.config, lambda model: self.enforced, self._allow_soft, zone=UTC),
            clock=lambda: NOON,
            ids=lambda: f"{self.prefix}c{next(numbers)}",
            listeners=Listeners(
                booked=lambda call, event: self.ended.append((call, event)),
                alert=lambda room, percent: self.alerts.append((room.budget.part, percent)),
                waiting=lambda room: self.waits.append(room),
            ),
            parts=(SESSION,),
            flight=Flight(self.breaker),
        )

    def _allow_soft(self, model: str) -> bool:
        self.asked.append(model)
        return self.soft_allowed


def capped(mode: BudgetMode = BudgetMode.HARD, **caps: str) -> Config:
    """A config with caps in USD per scope kind."""
    return Config(tiers={}, budget=BudgetSettings({kind: usd(cap) for kind, cap in caps.items()}, mode))


REQUEST = a_request()
WORST = worst(PRICE, input_bound(REQUEST), REQUEST.max_tokens)
AT = "2026-11-22T12:00:00.000+00:00"


def open_books(ledger: Ledger, *scripts: Script, **options: Any) -> Books:
    return Books(ledger, Billing(list(scripts)), **options)


def say(books: Books, request: Request = REQUEST) -> list[StreamItem]:
    return list(books.gateway.stream(request, PURPOSE))


def the_end(books: Books) -> CallEvent:
    """The one event that was told; the ledger knows the same, and nothing is in flight."""
    ((call, event),) = books.ended
    assert [(booked.call, booked.event) for booked in books.ledger.booked()] == [(call, event)]
    assert books.ledger.totals(DAY).in_flight == 0
    return event
