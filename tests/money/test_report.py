"""Reports add up what the ledger holds, and their sum is the bill."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.money.paying import (
    COST,
    DAY,
    MONTH,
    NOON,
    PRICE,
    PURPOSE,
    USAGE,
    Billing,
    Books,
    Script,
    a_call,
    a_request,
    answers,
    fails,
)
from tokenroi_cli.domain.call import Stage
from tokenroi_cli.domain.errors import ConnectionFailed, ProviderError, Rejected, UsageError
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.report import COLUMNS, ReportRow, recount, summary


def three_calls(ledger: Ledger) -> None:
    premium = replace(PURPOSE, route=replace(PURPOSE.route, tier=Tier.PREMIUM, model="p"), spec="retry")
    ledger.reserve(a_call("c1"), usd(1))
    ledger.settle("c1", usd("0.25"), USAGE)
    ledger.reserve(a_call("c2", purpose=premium), usd(2))
    ledger.unknown("c2", usd(2), Usage(fresh=7))
    ledger.reserve(replace(a_call("c3", purpose=premium), at="2026-11-22T13:00:00.000+00:00"), usd(3))


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("model", ["p", "test/model"]),
        ("tier", ["premium", "mid"]),
        ("task", ["execute"]),
        ("spec", ["retry", ""]),
        ("feature", [""]),
        ("git-branch", [""]),
        ("session", ["s1"]),
        ("day", [DAY.key]),
    ],
)
def test_a_report_has_a_row_per_key_the_dearest_first(ledger: Ledger, by: str, keys: list[str]) -> None:
    three_calls(ledger)
    rows = summary(ledger, by)
    assert [row.key for row in rows] == keys
    assert sum(row.totals.committed for row in rows) == ledger.totals(MONTH).committed


def test_a_row_holds_what_was_settled_unknown_and_is_in_flight(ledger: Ledger) -> None:
    three_calls(ledger)
    assert summary(ledger, "tier") == (
        ReportRow("premium", Totals(2, unknown=usd(2), in_flight=usd(3)), Usage(fresh=7)),
        ReportRow("mid", Totals(1, settled=usd("0.25")), USAGE),
    )
    assert summary(ledger, "tier", since=NOON + timedelta(minutes=1)) == (
        ReportRow("premium", Totals(1, in_flight=usd(3)), Usage()),
    )
    assert summary(ledger, "tier", since=NOON + timedelta(days=1)) == ()


def test_an_unknown_column_is_refused_with_those_there_are(ledger: Ledger) -> None:
    with pytest.raises(UsageError) as refused:
        summary(ledger, "mood")
    assert refused.value.hint == f"one of {', '.join(COLUMNS)}"


usages = st.builds(Usage, *[st.integers(1, 300)] * 3, st.just(0), st.integers(1, 2000))
endings = st.one_of(
    usages.map(answers),
    st.sampled_from(
        [
            fails(Rejected("bad request", status=400), Stage.ANSWERED),
            fails(ConnectionFailed("refused"), Stage.SENT),
            fails(ConnectionFailed("no such host"), Stage.ISSUED),
        ]
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(endings, min_size=1, max_size=8))
def test_the_sum_of_the_ledger_is_the_sum_of_the_bills(scripts: list[Script]) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db", clock=lambda: NOON)
        books = Books(ledger, Billing(list(scripts)))
        for _ in scripts:
            try:
                list(books.gateway.stream(a_request(), PURPOSE))
            except ProviderError:
                continue
        assert ledger.totals(MONTH) == Totals(len(scripts), settled=books.provider.billed)
        assert recount(ledger)[MONTH] == ledger.totals(MONTH)
        for by in COLUMNS:
            assert sum(row.totals.settled for row in summary(ledger, by)) == books.provider.billed
        ledger.close()


def test_usage_and_money_of_a_report_agree(ledger: Ledger) -> None:
    books = Books(ledger, Billing([answers()]))
    for _ in range(3):
        list(books.gateway.stream(a_request(), PURPOSE))
    (row,) = summary(ledger, "model")
    assert row.usage == USAGE + USAGE + USAGE
    assert row.totals.settled == Money(3 * COST) == Money(3 * PRICE.cost(USAGE))
