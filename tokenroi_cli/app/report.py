"""`tokenroi report`: what the ledger holds, in plain totals. It needs no model, no key and no trust."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tokenroi_cli.app.workplace import now, open_ledger, premium_price
from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.events import CallBooked
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.money.ledger import BookedCall
from tokenroi_cli.money.prices import PriceTable
from tokenroi_cli.money.report import Summary, fold
from tokenroi_cli.policy.reprice import reprice
from tokenroi_cli.store.config import load
from tokenroi_cli.store.paths import locate

SPAN = re.compile(r"(\d{1,5})([dhw])")
HOURS = {"h": 1, "d": 24, "w": 168}


@dataclass(frozen=True, slots=True)
class ReportOptions:
    by: str = "model"
    since: str | None = None
    """`30d`, `12h`, `2w` or an ISO date; None: from the first call on."""


@dataclass(frozen=True, slots=True)
class Report:
    """Sums over all calls of this user's ledger that began between `since` and `until`."""

    since: datetime | None
    until: datetime
    by: str
    sums: Summary
    repriced_premium: Money | None
    """The tokens that were reported, at the premium tier's price; None without them or without it."""
    untold: int
    """Calls that may have been billed, but told no tokens: `repriced_premium` is without them."""


def report(environ: Mapping[str, str], options: ReportOptions) -> Report:
    """Adds up the ledger. Raises UsageError for a column or a span that is none."""
    until = now()
    since = since_when(options.since, until)
    home = locate(environ)
    config = load(home, environ)
    ledger = open_ledger(home)
    try:
        premium = _Premium(premium_price(config, PriceTable(config.prices)))
        booked = premium.watching(ledger.booked(since=since))
        sums = fold(booked, options.by, ledger.repeated(since))
    finally:
        ledger.close()
    return Report(since, until, options.by, sums, premium.cost, premium.untold)


def check(options: ReportOptions) -> None:
    """Raises UsageError for a column or a span that is none, before anything is read or written."""
    since_when(options.since, now())
    fold((), options.by, frozenset())


def breakdown(calls: Sequence[CallBooked], by: str) -> Summary:
    """The same of the calls that a front-end has heard of. Raises UsageError for a column that is none."""
    repeated = {call.call.purpose.retry_of for call in calls} - {None}
    booked = (BookedCall(call.call, call.event) for call in calls)
    return fold(booked, by, {call_id for call_id in repeated if call_id})


def since_when(text: str | None, until: datetime) -> datetime | None:
    """The moment that `30d`, `12h`, `2w` or `2026-11-01` means."""
    if text is None:
        return None
    span = SPAN.fullmatch(text.strip())
    try:
        if span:
            return until - timedelta(hours=int(span[1]) * HOURS[span[2]])
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise UsageError(
            f"--since {text}: not a span or a date", "write 30d, 12h, 2w or 2026-11-01"
        ) from None


@dataclass(slots=True)
class _Premium:
    """What the tokens that were told cost on premium, and how many calls told none."""

    price: Price | None
    cost: Money | None = None
    untold: int = 0

    def watching(self, booked: Iterable[BookedCall]) -> Iterator[BookedCall]:
        """Passes the calls on, and adds them up on their way."""
        for row in booked:
            told = row.event.told
            if told is not None and self.price is not None:
                self.cost = Money((self.cost or 0) + reprice(told, self.price))
            self.untold += told is None and row.event.state is not CallState.RELEASED
            yield row
