"""What the ledger adds up to, by one column. All sums on any screen come from here or from the totals."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from tokenroi_cli.domain.call import Call, CallEvent, CallState
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import ZERO, Money
from tokenroi_cli.domain.price import MILLION
from tokenroi_cli.domain.scope import ScopePart, Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.endings import BILLED
from tokenroi_cli.money.ledger import BookedCall, Ledger

SCRIPTED = "scripted/"
"""Begins the models that a script of replies stands in for."""

CLASS = "class"
"""The column that splits each call by what its tokens were: fresh, read from a cache, written, output."""
FEE, TOLD_NONE, UNBILLED = "fee", "unknown", "not billed"
"""Keys of that column for what no token cost: fees, calls whose tokens nobody told, and released calls."""


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


@dataclass(frozen=True, slots=True)
class Summary:
    """The rows, and what is to be said of all of them together."""

    rows: tuple[ReportRow, ...]
    """The dearest first."""
    totals: Totals
    usage: Usage
    scripted: Money
    by_usage: Totals
    """Settled by the tokens that the provider reported, at the rates stored with each call."""
    by_bill: Totals
    """Settled at the amount that the provider itself named, in its answer or in an export."""
    unbilled: int
    """Calls that are proved not to be billed."""
    retries: int
    """Calls that repeat one that failed."""
    repeated: Totals
    """What those that failed cost all the same."""


def _day(call: Call) -> str:
    return next((part.key for part in call.scope if part.kind == "day"), call.at[:10])


def _attempt(call: Call) -> str | None:
    purpose = call.purpose
    return None if purpose.attempt is None else f"{purpose.spec or purpose.session} #{purpose.attempt}"


COLUMNS: Mapping[str, Callable[[Call], str | None]] = {
    "model": lambda call: call.purpose.route.model,
    "tier": lambda call: call.purpose.route.tier,
    "task": lambda call: call.purpose.task,
    "attempt": _attempt,
    "feature": lambda call: call.purpose.feature,
    "spec": lambda call: call.purpose.spec,
    "git-branch": lambda call: call.purpose.git_branch,
    "day": _day,
    "session": lambda call: call.purpose.session,
}
"""What calls can be grouped by as they are."""
NAMES = (*COLUMNS, CLASS)
"""What `fold` can group by."""


def fold(booked: Iterable[BookedCall], by: str, repeated: Set[str]) -> Summary:
    """Adds up calls, in one pass; `repeated` are the ids of those that were tried again.

    Raises UsageError for an unknown column.
    """
    _check(by)
    groups = defaultdict[str, _Sums](_Sums)
    whole, by_usage, by_bill, failed = _Sums(), _Sums(), _Sums(), _Sums()
    retries = unbilled = 0
    for row in booked:
        whole.add(row)
        for key, part, usage in _parts(row, by):
            groups[key].count(row, part, usage)
        if row.event.state is CallState.SETTLED:
            (by_bill if _billed(row.event) else by_usage).add(row)
        unbilled += row.event.state is CallState.RELEASED
        retries += row.call.purpose.retry_of is not None
        if row.call.id in repeated:
            failed.add(row)
    rows = (ReportRow(key, sums.totals, sums.usage, sums.scripted) for key, sums in groups.items())
    return Summary(
        rows=tuple(sorted(rows, key=lambda row: (-row.totals.committed, row.key))),
        totals=whole.totals,
        usage=whole.usage,
        scripted=whole.scripted,
        by_usage=by_usage.totals,
        by_bill=by_bill.totals,
        unbilled=unbilled,
        retries=retries,
        repeated=failed.totals,
    )


def by_class(row: BookedCall) -> Mapping[str, Money]:
    """The cost of a call by class of tokens; the parts are its amount to the pico-dollar.

    Where the provider named the amount itself, it is split as the stored rates would split it.
    """
    usage, amount, price = row.event.told, row.event.amount, row.call.price
    if usage is None:
        return {TOLD_NONE: amount}
    parts = {**price.rates_at(usage.context).by_class(usage), FEE: price.per_request * MILLION}
    whole = sum(parts.values())
    if not whole:
        return {"output": amount}
    shares = {name: Money(amount * part // whole) for name, part in parts.items() if part}
    dearest = max(shares, key=lambda name: shares[name])
    shares[dearest] = Money(shares[dearest] + amount - sum(shares.values()))
    return shares


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


@dataclass(slots=True)
class _Sums:
    """What has been added up so far."""

    totals: Totals = field(default_factory=Totals)
    usage: Usage = field(default_factory=Usage)
    scripted: Money = ZERO

    def add(self, row: BookedCall) -> None:
        self.count(row, of_event(row.event), row.event.usage)

    def count(self, row: BookedCall, part: Totals, usage: Usage | None) -> None:
        self.totals = add(self.totals, part)
        if usage is not None:
            self.usage = self.usage + usage
        if row.call.purpose.route.model.startswith(SCRIPTED):
            self.scripted = Money(self.scripted + part.committed)


def _parts(row: BookedCall, by: str) -> Iterator[tuple[str, Totals, Usage | None]]:
    """What a call adds to which rows."""
    if by != CLASS:
        yield COLUMNS[by](row.call) or "", of_event(row.event), row.event.usage
    elif row.event.state is not CallState.SETTLED:
        name = UNBILLED if row.event.state is CallState.RELEASED else TOLD_NONE
        yield name, of_event(row.event), None
    else:
        for name, cost in by_class(row).items():
            count = getattr(row.event.usage, name, 0)
            usage = Usage(**{name: count}) if count else None
            yield name, Totals(1, settled=cost), usage


def _billed(event: CallEvent) -> bool:
    return event.note == BILLED or event.evidence is not None


def _check(by: str) -> None:
    if by not in NAMES:
        raise UsageError(f"a report has no column {by!r}", f"one of {', '.join(NAMES)}")
