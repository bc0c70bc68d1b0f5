"""The end of a run: what each step cost, the sum, and what the same tokens cost on premium."""

from collections.abc import Sequence

from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.events import CallBooked
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Attempt
from tokenroi_cli.views.counts import counted, tokens
from tokenroi_cli.views.money import dollars, with_unknown
from tokenroi_cli.views.tables import table

_CALL_HEADERS = ("call", "task", "attempt", "tier", "model", "in", "cached", "out", "cost", "on premium")
_ATTEMPT_HEADERS = ("attempt", "tier", "model", "calls", "cost", "result")


def bill(result: RunResult, calls: Sequence[CallBooked]) -> str:
    """Tables of attempts and calls, then the totals and what they cover. Sums are the ledger's own."""
    parts = [_attempts(result.attempts)] if result.attempts else []
    if calls:
        parts.append(calls_table(calls))
    return "\n\n".join([*parts, _totals(result)])


def calls_table(calls: Sequence[CallBooked]) -> str:
    """One row a call, in the order in which they were booked."""
    rows = [_call(number, booked) for number, booked in enumerate(calls, start=1)]
    return table(_CALL_HEADERS, rows, "rlrllrrrrr")


def _call(number: int, booked: CallBooked) -> list[str]:
    purpose, event = booked.call.purpose, booked.event
    missing = "-" if event.state is CallState.RELEASED else "?"
    used = [missing] * 3
    if (usage := event.told) is not None:
        used = [tokens(count) for count in (usage.context, usage.cache_read, usage.output)]
    return [
        str(number),
        str(purpose.task),
        str(purpose.attempt or "-"),
        str(purpose.route.tier or "-"),
        purpose.route.model.rpartition("/")[2],
        *used,
        _cost(event.state, event.amount),
        missing if booked.repriced_premium is None else dollars(booked.repriced_premium),
    ]


def _cost(state: CallState, amount: Money) -> str:
    if state is CallState.SETTLED:
        return dollars(amount)
    return "not billed" if state is CallState.RELEASED else f"up to {dollars(amount)}"


def _attempts(attempts: Sequence[Attempt]) -> str:
    rows = [
        [
            str(attempt.number),
            str(attempt.tier),
            attempt.model.rpartition("/")[2],
            str(attempt.calls),
            with_unknown(attempt.cost, attempt.unknown),
            ", ".join(("accepted" if attempt.accepted else "failed", *attempt.notes)),
        ]
        for attempt in attempts
    ]
    return table(_ATTEMPT_HEADERS, rows, "rllrrl")


def _totals(result: RunResult) -> str:
    cost, calls = with_unknown(result.cost, result.unknown), counted(result.calls, "call")
    made_up = "SCRIPTED, the money is made up: " if result.scripted else ""
    cap = f", under a cap of {dollars(result.cap)}" if result.cap is not None else ""
    said = [f"{made_up}total {cost} for {calls} of this run, retries included{cap}"]
    if result.repriced_premium is not None:
        said.append(f"the same tokens on premium: {dollars(result.repriced_premium)}")
    return "\n".join(said)
