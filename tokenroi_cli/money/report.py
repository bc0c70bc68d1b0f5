"""What the ledger adds up to, by one column. All sums on any screen come from here or from the totals."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from tokenroi_cli.domain.call import Call, CallEvent, CallState
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import ZERO, Money
from tokenroi_cli.domain.scope import ScopePart, Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.ledger import BookedCall, Ledger

SCRIPTED = "scripted/"
"""Begins the models that a script of replies stands in for."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """All calls that share a key."""

    key: str
    """Empty where the calls have none, such as the spec of a chat."""
    totals: Totals
    usage: Usage
    """As far as it was reported."""
    scripted: Money = ZERO
    """The part of `totals` that a script made up."""


def _day(call: Call) -> str:
    return next((part.key for part in call.scope if part.kind == "day"), call.at[:10])


COLUMNS: Mapping[str, Callable[[Call], str | None]] = {
    "model": lambda call: call.purpose.route.model,
    "tier": lambda call: call.purpose.route.tier,
    "task": lambda call: call.purpose.task,
    "feature": lambda call: call.purpose.feature,
    "spec": lambda call: call.purpose.spec,
    "git-branch": lambda call: call.purpose.git_branch,
    "day": _day,
    "session": lambda call: call.purpose.session,
}
"""What `summary` can group by."""


def summary(ledger: Ledger, by: str, since: datetime | None = None) -> tuple[ReportRow, ...]:
    """One row per key, the dearest first. Raises UsageError for an unknown column."""
    column = COLUMNS.get(by)
    if column is None:
        raise UsageError(f"a report has no column {by!r}", f"one of {', '.join(COLUMNS)}")
    groups = defaultdict[str, list[BookedCall]](list)
    for booked in ledger.booked(since=since):
        groups[column(booked.call) or ""].append(booked)
    rows = (_row(key, calls) for key, calls in groups.items())
    return tuple(sorted(rows, key=lambda row: (-row.totals.committed, row.key)))


def recount(ledger: Ledger) -> Mapping[ScopePart, Totals]:
    """The totals of every scope element, folded anew from all events: must equal those kept beside them."""
    totals = defaultdict[ScopePart, Totals](Totals)
    for booked in ledger.booked():
        for part in dict.fromkeys(booked.call.scope):
            totals[part] = add(totals[part], of_event(booked.event))
    return totals


def of_event(event: CallEvent) -> Totals:
    """What a call adds to its scope, by its last event."""
    match event.state:
        case CallState.SETTLED:
            return Totals(1, settled=event.amount)
        case CallState.UNKNOWN:
            return Totals(1, unknown=event.amount)
        case CallState.RELEASED:
            return Totals(1)
        case _:
            return Totals(1, in_flight=event.amount)


def add(one: Totals, other: Totals) -> Totals:
    return Totals(
        one.calls + other.calls,
        Money(one.settled + other.settled),
        Money(one.unknown + other.unknown),
        Money(one.in_flight + other.in_flight),
    )


def _row(key: str, calls: Sequence[BookedCall]) -> ReportRow:
    events = [booked.event for booked in calls]
    totals = reduce(add, map(of_event, events), Totals())
    made_up = reduce(add, (of_event(row.event) for row in calls if _is_scripted(row.call)), Totals())
    usage = sum((event.usage for event in events if event.usage), Usage())
    return ReportRow(key, totals, usage, made_up.committed)


def _is_scripted(call: Call) -> bool:
    return call.purpose.route.model.startswith(SCRIPTED)
