"""Spend by one column, for a person and for a script."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from tests.golden.golden import assert_golden
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.views.report import report_object, report_text


@dataclass(frozen=True)
class Row:
    key: str
    totals: Totals
    usage: Usage


@dataclass(frozen=True)
class Sums:
    rows: Sequence[Row] = ()
    totals: Totals = Totals()  # noqa: RUF009 (frozen)
    usage: Usage = Usage()  # noqa: RUF009 (frozen)
    scripted: Money = ZERO
    by_usage: Totals = Totals()  # noqa: RUF009 (frozen)
    by_bill: Totals = Totals()  # noqa: RUF009 (frozen)
    unbilled: int = 0
    retries: int = 0
    repeated: Totals = Totals()  # noqa: RUF009 (frozen)


@dataclass(frozen=True)
class Report:
    since: datetime | None
    until: datetime
    by: str
    sums: Sums
    repriced_premium: Money | None
    untold: int


NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))
MID = Row(
    "anthropic/claude-sonnet-5-5", Totals(12, settled=usd("1.2")), Usage(fresh=40_000, cache_read=120_000)
)
LOST = Row("", Totals(1, unknown=usd("0.2"), in_flight=usd("0.05")), Usage())
SUMS = Sums(
    rows=(MID, LOST),
    totals=Totals(13, usd("1.2"), usd("0.2"), usd("0.05")),
    usage=MID.usage,
    by_usage=Totals(10, settled=usd("1")),
    by_bill=Totals(2, settled=usd("0.2")),
    unbilled=3,
    retries=2,
    repeated=Totals(2, settled=usd("0.03"), unknown=usd("0.2")),
)
REPORT = Report(NOON - timedelta(days=30), NOON, "model", SUMS, usd("4.8"), 1)
EMPTY = Report(None, NOON, "model", Sums(), None, 0)


def test_golden() -> None:
    assert_golden("report/by_model.txt", report_text(REPORT) + "\n")


def test_an_empty_ledger_says_what_was_looked_at() -> None:
    assert report_text(EMPTY) == (
        "total $0.00 for 0 calls in this user's ledger, from the first call to 2026-11-23 11:00 UTC"
    )


def test_json() -> None:
    assert report_object(REPORT) == {
        "since": "2026-10-24T11:00:00Z",
        "until": "2026-11-23T11:00:00Z",
        "calls": 13,
        "cost_usd": "1.2",
        "unknown_usd": "0.25",
        "exact_usd": "1",
        "provider_billed_usd": "0.2",
        "unbilled_calls": 3,
        "retries": 2,
        "retry_overhead_usd": "0.03",
        "retry_overhead_unknown_usd": "0.2",
        "repriced_premium_usd": "4.8",
        "untold_calls": 1,
        "scripted_usd": "0",
        "cache_hit": 0.75,
        "by": [
            {
                "key": "anthropic/claude-sonnet-5-5",
                "calls": 12,
                "cost_usd": "1.2",
                "unknown_usd": "0",
                "input_tokens": 160_000,
                "cache_read_tokens": 120_000,
                "output_tokens": 0,
                "cache_hit": 0.75,
            },
            {
                "key": "",
                "calls": 1,
                "cost_usd": "0",
                "unknown_usd": "0.25",
                "input_tokens": 0,
                "cache_read_tokens": 0,
                "output_tokens": 0,
                "cache_hit": None,
            },
        ],
    }
    assert report_object(EMPTY)["cache_hit"] is None
    assert report_object(EMPTY)["since"] is None


def test_made_up_money_is_called_so() -> None:
    assert "SCRIPTED: $0.5000 of it is made up" in report_text(
        replace(REPORT, sums=replace(SUMS, scripted=usd("0.5")))
    )


def test_until_is_utc_whatever_the_clock_says() -> None:
    assert report_object(replace(REPORT, until=NOON.astimezone(UTC)))["until"] == "2026-11-23T11:00:00Z"
