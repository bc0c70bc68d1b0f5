"""Reports add up what the ledger holds, and their sum is the bill."""

from dataclasses import replace
from datetime import datetime, timedelta
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
from tokenroi_cli.domain.call import CallState, Stage
from tokenroi_cli.domain.errors import ConnectionFailed, ProviderError, Rejected, UsageError
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.endings import BILLED
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.report import NAMES, ReportRow, Summary, by_class, fold, recount


def summary(ledger: Ledger, by: str, since: datetime | None = None) -> Summary:
    return fold(ledger.booked(since=since), by, ledger.repeated(since))


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
        ("attempt", [""]),
        ("feature", [""]),
        ("git-branch", [""]),
        ("session", ["s1"]),
        ("day", [DAY.key]),
    ],
)
def test_a_report_has_a_row_per_key_the_dearest_first(ledger: Ledger, by: str, keys: list[str]) -> None:
    three_calls(ledger)
    rows = summary(ledger, by).rows
    assert [row.key for row in rows] == keys
    assert sum(row.totals.committed for row in rows) == ledger.totals(MONTH).committed


def test_a_row_holds_what_was_settled_unknown_and_is_in_flight(ledger: Ledger) -> None:
    three_calls(ledger)
    assert summary(ledger, "tier").rows == (
        ReportRow("premium", Totals(2, unknown=usd(2), in_flight=usd(3)), Usage(fresh=7)),
        ReportRow("mid", Totals(1, settled=usd("0.25")), USAGE),
    )
    assert summary(ledger, "tier", since=NOON + timedelta(minutes=1)).rows == (
        ReportRow("premium", Totals(1, in_flight=usd(3)), Usage()),
    )
    assert summary(ledger, "tier", since=NOON + timedelta(days=1)).rows == ()


def test_an_unknown_column_is_refused_with_those_there_are(ledger: Ledger) -> None:
    with pytest.raises(UsageError) as refused:
        summary(ledger, "mood")
    assert refused.value.hint == f"one of {', '.join(NAMES)}"


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
        for by in NAMES:
            sums = summary(ledger, by)
            assert sum(row.totals.settled for row in sums.rows) == books.provider.billed
            assert (
                sums.by_usage.settled + sums.by_bill.settled == sums.totals.settled == books.provider.billed
            )
        ledger.close()


def test_usage_and_money_of_a_report_agree(ledger: Ledger) -> None:
    books = Books(ledger, Billing([answers()]))
    for _ in range(3):
        list(books.gateway.stream(a_request(), PURPOSE))
    (row,) = summary(ledger, "model").rows
    assert row.usage == USAGE + USAGE + USAGE
    assert row.totals.settled == Money(3 * COST) == Money(3 * PRICE.cost(USAGE))


def test_attempts_are_told_apart_by_their_spec(ledger: Ledger) -> None:
    for number, (spec, attempt) in enumerate([("retry", 1), ("retry", 2), ("other", 1), (None, 1)]):
        ledger.reserve(a_call(f"c{number}", purpose=replace(PURPOSE, spec=spec, attempt=attempt)), usd(1))
    keys = [row.key for row in summary(ledger, "attempt").rows]
    assert sorted(keys) == ["other #1", "retry #1", "retry #2", "s1 #1"]


def test_the_classes_of_a_call_are_its_cost_to_the_pico_dollar(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    ledger.settle("c1", COST, USAGE)
    (booked,) = ledger.booked()
    assert by_class(booked) == {
        "fresh": usd("0.0003"),
        "cache_read": 1000 * usd(3) // 10**6,
        "cache_write_5m": usd("0.0001875"),
        "output": usd("0.0003"),
    }
    rows = {row.key: row for row in summary(ledger, "class").rows}
    assert sum(row.totals.settled for row in rows.values()) == COST
    assert rows["output"].usage == Usage(output=20)
    assert rows["cache_read"].usage.context == 1000


def test_a_bill_of_the_providers_own_is_split_as_the_rates_would_split_it(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    ledger.settle("c1", Money(1_000_000_007), USAGE, note=BILLED)
    (booked,) = ledger.booked()
    assert sum(by_class(booked).values()) == 1_000_000_007
    assert summary(ledger, "class").by_bill == Totals(1, settled=Money(1_000_000_007))


def test_what_told_no_tokens_has_a_row_of_its_own(ledger: Ledger) -> None:
    for call_id in ("cut", "billed", "free", "out"):
        ledger.reserve(a_call(call_id), usd(1))
    ledger.unknown("cut", usd(1), USAGE)
    ledger.settle("billed", usd("0.5"), None, note=BILLED)
    ledger.release("free")
    sums = summary(ledger, "class")
    told, unbilled = sums.rows
    assert (told.key, told.usage) == ("unknown", Usage())
    assert told.totals == Totals(3, settled=usd("0.5"), unknown=usd(1), in_flight=usd(1))
    assert (unbilled.key, unbilled.totals) == ("not billed", Totals(1))
    assert sums.unbilled == 1


def test_a_fee_is_a_class_of_its_own(ledger: Ledger) -> None:
    call = replace(a_call("c1"), price=replace(PRICE, per_request=usd("0.01")))
    ledger.reserve(call, usd(1))
    ledger.settle("c1", call.price.cost(USAGE), USAGE)
    (booked,) = ledger.booked()
    assert by_class(booked)["fee"] == usd("0.01")


def test_what_was_tried_again_is_overhead(ledger: Ledger) -> None:
    ends = {"c1": "unknown", "c2": "release", "c3": "settle", "d1": "settle"}
    repeats = {"c2": "c1", "c3": "c2"}
    for call_id, end in ends.items():
        purpose = replace(PURPOSE, retry_of=repeats.get(call_id))
        ledger.reserve(a_call(call_id, purpose=purpose), usd(1))
        match end:
            case "unknown":
                ledger.unknown(call_id, usd("0.7"))
            case "release":
                ledger.release(call_id)
            case _:
                ledger.settle(call_id, COST, USAGE)
    sums = summary(ledger, "model")
    assert (sums.retries, sums.repeated) == (2, Totals(2, unknown=usd("0.7")))
    assert sums.totals == Totals(4, settled=Money(2 * COST), unknown=usd("0.7"))


def test_a_correction_by_evidence_is_the_providers_word(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    event = ledger.unknown("c1", usd(1))
    ledger.correct(replace(event, state=CallState.SETTLED, amount=usd("0.25"), evidence="an export"))
    sums = summary(ledger, "model")
    assert (sums.by_bill, sums.totals) == (Totals(1, settled=usd("0.25")), Totals(1, settled=usd("0.25")))
    assert recount(ledger)[MONTH] == ledger.totals(MONTH) == sums.totals
