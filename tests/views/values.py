"""Calls, results and attempts as a run would make them, without the run."""

from dataclasses import replace

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Owner, OwnerKind, Purpose
from tokenroi_cli.domain.events import CallBooked
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import Price, Rates
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Attempt, CommandResult
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.domain.usage import Usage

AT = "2026-11-23T10:15:00Z"

ROUTE = Route(TaskKind.EXECUTE, Tier.MID, "anthropic/claude-sonnet-5-5", "low", "the default of execute")

PURPOSE = Purpose(ROUTE, session="20261123-101500-3fa2", spec="2026-11-23-retry", attempt=1)

CALL = Call(
    id="c1",
    at=AT,
    purpose=PURPOSE,
    scope=(),
    owner=Owner(OwnerKind.PROCESS, "boot.1.1"),
    price=Price(ROUTE.model, Rates(ZERO, ZERO, ZERO, ZERO, ZERO)),
)

USAGE = Usage(fresh=1_200, cache_read=9_000, cache_write_5m=2_100, output=340)

SETTLED = CallBooked(
    CALL, CallEvent("c1", CallState.SETTLED, usd("0.0123"), AT, USAGE), repriced_premium=usd("0.0492")
)

UNKNOWN = CallBooked(
    replace(CALL, id="c2"), CallEvent("c2", CallState.UNKNOWN, usd("0.2511"), AT), repriced_premium=None
)

RELEASED = CallBooked(
    replace(CALL, id="c3"), CallEvent("c3", CallState.RELEASED, ZERO, AT), repriced_premium=None
)

PASSED = CommandResult("python -m unittest -q", 0, "OK\n", 0.42)

FAILED = CommandResult("python -m unittest -q", 1, "one\n  two\nFAILED (failures=1)\n", 0.5)


def attempt(number: int, *, accepted: bool, cost: Money = ZERO, unknown: Money = ZERO) -> Attempt:
    result = PASSED if accepted else FAILED
    changed = ("src/fetch.py",)
    return Attempt(number, Tier.MID, ROUTE.model, accepted, cost, 1, (result,), changed, unknown=unknown)


RESULT = RunResult(
    status="accepted",
    exit_code=0,
    reason="",
    what="specs/001-retry.md: accepted",
    cost=usd("0.0123"),
    unknown=usd("0.2511"),
    calls=3,
    session=PURPOSE.session,
    spec="specs/001-retry.md",
    attempts=(
        attempt(1, accepted=False, unknown=usd("0.2511")),
        attempt(2, accepted=True, cost=usd("0.0123")),
    ),
    repriced_premium=usd("0.0492"),
)
