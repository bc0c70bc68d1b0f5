"""Spend by one column: a table with its total and what it covers, or the JSON object of DESIGN 4."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.views.counts import counted, tokens
from tokenroi_cli.views.money import dollars, with_unknown
from tokenroi_cli.views.tables import table


class Row(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def totals(self) -> Totals: ...
    @property
    def usage(self) -> Usage: ...


class Sums(Protocol):
    """What `money` added up."""

    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def totals(self) -> Totals: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def scripted(self) -> Money: ...
    @property
    def by_usage(self) -> Totals: ...
    @property
    def by_bill(self) -> Totals: ...
    @property
    def unbilled(self) -> int: ...
    @property
    def retries(self) -> int: ...
    @property
    def repeated(self) -> Totals: ...


class Report(Protocol):
    """Sums of the ledger; `app` has the value."""

    @property
    def since(self) -> datetime | None: ...
    @property
    def until(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def sums(self) -> Sums: ...
    @property
    def repriced_premium(self) -> Money | None: ...
    @property
    def untold(self) -> int: ...


def report_text(report: Report) -> str:
    """The table, dearest first, then the sums, how sure they are, and what they cover."""
    since = "the first call" if report.since is None else _minute(report.since)
    sums, totals = report.sums, report.sums.totals
    cost, calls = with_unknown(totals.settled, _unknown(totals)), counted(totals.calls, "call")
    said = [f"total {cost} for {calls} in this user's ledger, from {since} to {_minute(report.until)} UTC"]
    said += certainty(sums)
    if report.repriced_premium is not None:
        without = f", without {counted(report.untold, 'call')} that told none" if report.untold else ""
        said.append(f"the same tokens on premium: {dollars(report.repriced_premium)}{without}")
    return "\n".join([breakdown_table(sums, report.by), "", *said] if sums.rows else said)


def breakdown_table(sums: Sums, by: str) -> str:
    """One row a key."""
    headers = (by, "calls", "cost", "unknown", "in", "cached", "out")
    return table(headers, [_row(row) for row in sums.rows], "lrrrrrr")


def certainty(sums: Sums) -> list[str]:
    """Which part of the money is exact, which is the provider's word, which is unknown, which is overhead."""
    said = []
    if sums.by_usage.calls:
        said.append(f"exact, by reported tokens: {_part(sums.by_usage)}")
    if sums.by_bill.calls:
        said.append(f"exact, by the provider's own bill: {_part(sums.by_bill)}")
    if unknown := _unknown(sums.totals):
        said.append(f"unknown: up to {dollars(unknown)}, counted in full by every cap")
    if sums.unbilled:
        said.append(f"proved not to be billed: {counted(sums.unbilled, 'call')}")
    if sums.retries:
        lost = with_unknown(sums.repeated.settled, _unknown(sums.repeated))
        said.append(f"retries: {counted(sums.retries, 'call')}; what they repeat cost {lost}{_share(sums)}")
    if sums.scripted:
        said.append(f"SCRIPTED: {dollars(sums.scripted)} of it is made up, by scripts of replies")
    return said


def _part(totals: Totals) -> str:
    return f"{dollars(totals.settled)} for {counted(totals.calls, 'call')}"


def _share(sums: Sums) -> str:
    """Of all money, in percent."""
    whole, lost = sums.totals.committed, sums.repeated.committed
    return f" ({lost * 100 / whole:.0f} %)" if whole and lost else ""


def _row(row: Row) -> list[str]:
    unknown = _unknown(row.totals)
    return [
        row.key or "-",
        str(row.totals.calls),
        dollars(row.totals.settled),
        f"up to {dollars(unknown)}" if unknown else "-",
        tokens(row.usage.context),
        tokens(row.usage.cache_read),
        tokens(row.usage.output),
    ]


def report_object(report: Report) -> dict[str, object]:
    """What `report --json` prints; `cache_hit` is the cached share of the input, null without input."""
    sums, totals = report.sums, report.sums.totals
    premium = report.repriced_premium
    return {
        "since": report.since and _iso(report.since),
        "until": _iso(report.until),
        "calls": totals.calls,
        "cost_usd": decimal_usd(totals.settled),
        "unknown_usd": decimal_usd(_unknown(totals)),
        "exact_usd": decimal_usd(sums.by_usage.settled),
        "provider_billed_usd": decimal_usd(sums.by_bill.settled),
        "unbilled_calls": sums.unbilled,
        "retries": sums.retries,
        "retry_overhead_usd": decimal_usd(sums.repeated.settled),
        "retry_overhead_unknown_usd": decimal_usd(_unknown(sums.repeated)),
        "repriced_premium_usd": None if premium is None else decimal_usd(premium),
        "untold_calls": report.untold,
        "scripted_usd": decimal_usd(sums.scripted),
        "cache_hit": _cache_hit(sums.usage),
        "by": [_row_object(row) for row in sums.rows],
    }


def _row_object(row: Row) -> dict[str, object]:
    return {
        "key": row.key,
        "calls": row.totals.calls,
        "cost_usd": decimal_usd(row.totals.settled),
        "unknown_usd": decimal_usd(_unknown(row.totals)),
        "input_tokens": row.usage.context,
        "cache_read_tokens": row.usage.cache_read,
        "output_tokens": row.usage.output,
        "cache_hit": _cache_hit(row.usage),
    }


def _unknown(totals: Totals) -> Money:
    """What nobody has told us yet, in flight or for good."""
    return Money(totals.unknown + totals.in_flight)


def _cache_hit(usage: Usage) -> float | None:
    return round(usage.cache_read / usage.context, 4) if usage.context else None


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
