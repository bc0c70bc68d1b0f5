"""The ledger against a provider's export: where they differ, and what the export proves of the unknown.

Unknown money comes down only as far as the evidence goes; a call that cost more than was booked goes up.
Nothing else changes: rows that are not in this ledger may be another program's on the same key.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from tokenroi_cli.domain.call import CallEvent, CallState
from tokenroi_cli.domain.money import ZERO, Money, ceil_div
from tokenroi_cli.domain.price import MILLION, Price
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports.line import Export, Line
from tokenroi_cli.money.ledger import BookedCall

DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")
"""The date at the end of a model's full name."""

Key = tuple[str, str]
"""A UTC day and a model, without provider and date; an empty model: all of them together."""
OTHER = "(no model)"
"""What a provider bills beside its models: searches, containers."""


@dataclass(frozen=True, slots=True)
class Match:
    """One day and model, in both books."""

    day: str
    model: str
    provider: Money | None
    """What the export says; None where it tells tokens alone."""
    settled: Money
    unknown: Money
    """Worst case of what is unknown, as it was before."""
    left_unknown: Money
    """The same with the evidence of the export."""
    calls: int
    """In the ledger."""
    requests: int
    """Rows of the export that are no call of this ledger; 0 where it has no rows by request."""

    @property
    def difference(self) -> Money | None:
        """The provider's amount above (or, negative, below) what the ledger holds at least."""
        return None if self.provider is None else Money(self.provider - self.settled)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is to be said, and what is to be corrected."""

    source: str
    matches: tuple[Match, ...]
    corrections: tuple[CallEvent, ...]
    whole: bool
    """Whether the export is all of what it covers; one page of several bounds nothing."""


def reconcile(export: Export, booked: Iterable[BookedCall], at: str) -> Reconciled:
    """Compares; changes nothing itself. `at`: ISO time of the corrections; days before it are over."""
    days = {line.day for line in export.lines}
    calls = [row for row in booked if _covered(row, export.providers, days)]
    groups = _grouped(export.lines)
    keys: dict[str | None, Key] = {
        line.answer_id: key for key, lines in groups.items() for line in lines if line.answer_id
    }
    by_id: dict[str | None, Line] = {line.answer_id: line for line in export.lines if line.answer_id}
    exact = tuple(_exact(calls, by_id, export.source, at))
    corrected = {event.call_id: event for event in exact}
    known = {row.event.answer_id for row in calls if row.event.answer_id in by_id}
    placed = _placed(calls, groups, keys)
    matches, lowered = list[Match](), list[CallEvent]()
    for key, lines in groups.items():
        before = placed[key]
        group = [replace(row, event=corrected.get(row.call.id, row.event)) for row in before]
        bound = None
        if export.whole and export.exhaustive:
            bound = _bound(group, lines, known, today=at[:10], day=key[0])
        events = _lowered(group, bound, export.source, at)
        lowered += events
        matches.append(_match(key, lines, before, group, events, known))
    return Reconciled(export.source, tuple(matches), (*exact, *lowered), export.whole)


def plain_name(model: str) -> str:
    """A model without provider, variant and date: `openai/gpt-4o-2024-08-06` and `gpt-4o` are the same."""
    name = model.strip().lower().rpartition("/")[2].partition(":")[0]
    return DATED.sub("", name)


def _covered(row: BookedCall, providers: Set[str], days: Set[str]) -> bool:
    """Whether a call can be on the provider's bill: released ones are not, nor those of others."""
    provider, slash, _ = row.call.purpose.route.model.partition("/")
    theirs = not providers or provider in providers or not slash
    return theirs and row.call.at[:10] in days and row.event.state is not CallState.RELEASED


def _exact(
    calls: Sequence[BookedCall], by_id: Mapping[str | None, Line], source: str, at: str
) -> Iterator[CallEvent]:
    """Corrections of calls that the export names one by one."""
    for row in calls:
        line, event = by_id.get(row.event.answer_id), row.event
        if line is None or line.cost is None or not event.state.terminal:
            continue
        if event.state is CallState.UNKNOWN or line.cost > event.amount:
            yield replace(
                event,
                state=CallState.SETTLED,
                amount=line.cost,
                at=at,
                usage=event.told,
                note="as the provider billed it",
                evidence=source,
            )


def _grouped(lines: Sequence[Line]) -> dict[Key, list[Line]]:
    """By day and model. A line without a model is of all of them only where no line of its day has one."""
    named = {line.day for line in lines if line.model}
    groups = defaultdict[Key, list[Line]](list)
    for line in lines:
        model = plain_name(line.model) or (OTHER if line.day in named else "")
        groups[line.day, model].append(line)
    return dict(sorted(groups.items()))


def _placed(
    calls: Iterable[BookedCall], groups: Container[Key], keys: Mapping[str | None, Key]
) -> Mapping[Key, list[BookedCall]]:
    """The calls of each group, each call in one at most.

    By the export's own word where it names the call; else by day and model: the one that answered, or the
    one that was asked.
    """
    placed = defaultdict[Key, list[BookedCall]](list)
    for row in calls:
        day = row.call.at[:10]
        names = (row.event.model or "", row.call.purpose.route.model, "")
        by_model = (group for name in names if (group := (day, plain_name(name))) in groups)
        key = keys.get(row.event.answer_id) or next(by_model, None)
        if key is not None:
            placed[key].append(row)
    return placed


def _bound(
    group: Sequence[BookedCall], lines: Sequence[Line], known: set[str | None], *, today: str, day: str
) -> Money | None:
    """The most that the unknown calls of a group can have cost; None when the export does not tell.

    It does not as long as it may still grow: while calls are in flight, or when the last call of a day
    that is not over is an unknown one.
    """
    unknown = [row for row in group if row.event.state is CallState.UNKNOWN]
    if not unknown or any(not row.event.state.terminal for row in group):
        return None
    if day >= today and group[-1].event.state is CallState.UNKNOWN:
        return None
    if any(line.answer_id for line in lines):
        return Money(sum(line.cost or 0 for line in lines if line.answer_id not in known))
    settled = [row for row in group if row.event.state is CallState.SETTLED]
    if all(line.cost is not None for line in lines):
        said = sum((line.cost or 0) + line.rounding for line in lines)
        left = said - sum(row.event.amount for row in settled)
        return Money(left) if left >= 0 else None
    return _priced_rest(unknown, lines, settled)


def _priced_rest(
    unknown: Sequence[BookedCall], lines: Sequence[Line], settled: Sequence[BookedCall]
) -> Money | None:
    """What the tokens beyond those of the settled calls cost, at the dearest rates of the unknown ones."""
    if any(row.event.told is None for row in settled):
        return None
    told = sum((line.usage for line in lines if line.usage), Usage())
    ours = sum((row.event.told for row in settled if row.event.told), Usage())
    rest = Usage(
        told.fresh - ours.fresh,
        told.cache_read - ours.cache_read,
        told.cache_write_5m - ours.cache_write_5m,
        told.cache_write_1h - ours.cache_write_1h,
        told.output - ours.output,
    )
    if min(rest.fresh, rest.cache_read, rest.cache_write_5m, rest.cache_write_1h, rest.output) < 0:
        return None
    return max(_dearest(row.call.price, rest, len(unknown)) for row in unknown)


def _dearest(price: Price, usage: Usage, requests: int) -> Money:
    all_reasoning = replace(usage, reasoning=usage.output)
    rates = (price.rates, *(tier.rates for tier in price.long_context))
    most = max(tier.of(said) for tier in rates for said in (usage, all_reasoning))
    return Money(ceil_div(most, MILLION) + requests * price.per_request)


def _lowered(group: Sequence[BookedCall], bound: Money | None, source: str, at: str) -> list[CallEvent]:
    """The unknown calls of a group brought down, in proportion, to what they can have cost together."""
    unknown = [row.event for row in group if row.event.state is CallState.UNKNOWN]
    total = sum(event.amount for event in unknown)
    if bound is None or bound >= total:
        return []
    shares = [Money(event.amount * bound // total) for event in unknown]
    shares[0] = Money(shares[0] + bound - sum(shares))
    note = "at most this, by the provider's export"
    return [
        replace(event, amount=share, at=at, note=note, evidence=source)
        for event, share in zip(unknown, shares, strict=True)
    ]


def _match(
    key: Key,
    lines: Sequence[Line],
    before: Sequence[BookedCall],
    after: Sequence[BookedCall],
    lowered: Sequence[CallEvent],
    known: set[str | None],
) -> Match:
    down = {event.call_id: event.amount for event in lowered}
    costs = [line.cost for line in lines]
    left = sum(
        down.get(row.call.id, row.event.amount) for row in after if row.event.state is not CallState.SETTLED
    )
    return Match(
        day=key[0],
        model=key[1],
        provider=None if None in costs else Money(sum(cost or 0 for cost in costs)),
        settled=_sum(after, CallState.SETTLED),
        unknown=Money(sum(row.event.amount for row in before if row.event.state is not CallState.SETTLED)),
        left_unknown=Money(left),
        calls=len(before),
        requests=sum(line.answer_id is not None and line.answer_id not in known for line in lines),
    )


def _sum(rows: Sequence[BookedCall], state: CallState) -> Money:
    return Money(sum((row.event.amount for row in rows if row.event.state is state), ZERO))
