"""Permits for tests. In the product only `money.gateway` mints one."""

from collections.abc import Callable

from tokenroi_cli.domain.call import Call, Owner, OwnerKind, Permit, Purpose
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price, Rates
from tokenroi_cli.domain.tier import Route, TaskKind, Tier

RATES = Rates(Money(1), Money(1), Money(1), Money(1), Money(1))


def permit(
    model: str = "scripted/mid",
    *,
    max_output: int = 4096,
    task: TaskKind = TaskKind.CHAT,
    tier: Tier | None = Tier.MID,
    mark_sent: Callable[[], None] = lambda: None,
    max_text: int = 100_000,
    cache_an_hour: bool = False,
) -> Permit:
    """Leave to send one request to `model`, with nothing behind it."""
    route = Route(task, tier, model, None, "a test")
    call = Call(
        id="c1",
        at="2026-11-23T10:00:00Z",
        purpose=Purpose(route, "s1"),
        scope=(),
        owner=Owner(OwnerKind.PROCESS, "p1"),
        price=Price(model, RATES),
    )
    return Permit(call, max_output, 100_000, max_text, mark_sent, cache_an_hour)
