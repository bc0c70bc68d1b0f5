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


class Report(Protocol):
    """Sums of the ledger; `app` has the value."""

    @property
    def since(self) -> datetime | None: ...
    @property
    def until(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def calls(self) -> int: ...
    @property
    def cost(self) -> Money: ...
    @property
    def unknown(self) -> Money: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def repriced_premium(self) -> Money | None: ...
    @property
    def untold(self) -> int: ...
    @property
    def scripted(self) -> Money: ...


def report_text(report: Report) -> str:
    """The table, dearest first, then the sums."""
    since = "the first call" if report.since is None else _minute(report.since)
    cost, calls = with_unknown(report.cost, report.unknown), counted(report.calls, "call")
    said = [f"total {cost} for {calls} in this user's ledger, from {since} to {_minute(report.until)} UTC"]
    if report.scripted:
        said.append(f"SCRIPTED: {dollars(report.scripted)} of it is made up, by scripts of replies")
    if report.repriced_premium is not None:
        without = f", without {counted(report.untold, 'call')} that told none" if report.untold else ""
        said.append(f"the same tokens on premium: {dollars(report.repriced_premium)}{without}")
    if not report.rows:
        return "\n".join(said)
    headers = (report.by, "calls", "cost", "unknown", "in", "cached", "out")
    return "\n".join([table(headers, [_row(row) for row in report.rows], "lrrrrrr"), "", *said])


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
    return {
        "since": report.since and _iso(report.since),
        "until": _iso(report.until),
        "calls": report.calls,
        "cost_usd": decimal_usd(report.cost),
        "unknown_usd": decimal_usd(report.unknown),
        "repriced_premium_usd": None
        if report.repriced_premium is None
        else decimal_usd(report.repriced_premium),
        "untold_calls": report.untold,
        "scripted_usd": decimal_usd(report.scripted),
        "cache_hit": _cache_hit(report.usage),
        "by": [_row_object(row) for row in report.rows],
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
