"""The one door: what is reserved, what goes out, who is refused."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from operator import sub
from pathlib import Path
from typing import ClassVar

import pytest

from tests.money.paying import (
    AT,
    COST,
    DAY,
    MODEL,
    MONTH,
    NOON,
    PRICE,
    PURPOSE,
    REQUEST,
    SESSION,
    UNCAPPED,
    USAGE,
    WORST,
    Books,
    Script,
    Stream,
    a_call,
    a_request,
    answers,
    capped,
    open_books,
    say,
    the_end,
)
from tokenroi_cli.domain.call import CallEvent, CallState, Permit
from tokenroi_cli.domain.config import PriceSettings
from tokenroi_cli.domain.errors import BudgetRefused, Unpriced
from tokenroi_cli.domain.message import FinishReason, Message, Reply, Request, Role, Text, TextDelta
from tokenroi_cli.domain.money import Money, decimal_usd, usd
from tokenroi_cli.domain.scope import Budget, BudgetMode, ScopePart, Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import FLOOR, PER_REQUEST, input_bound, worst
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.prices import PriceTable


def refused(books: Books) -> bool:
    """Whether the budget had no room for one more call."""
    try:
        say(books)
    except BudgetRefused:
        return True
    return False


def test_an_answer_is_settled_at_what_its_usage_costs(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    assert say(books) == [TextDelta("ok"), Reply((Text("ok"),), FinishReason.STOP, USAGE)]
    assert the_end(books) == CallEvent("c1", CallState.SETTLED, COST, AT, USAGE)
    for part in (MONTH, DAY, SESSION):
        assert ledger.totals(part) == Totals(1, settled=COST)
    assert books.provider.billed == COST


def test_the_call_is_reserved_and_sent_before_anything_leaves(ledger: Ledger) -> None:
    seen: list[tuple[CallState, Money]] = []

    def watch(request: Request, permit: Permit) -> Stream:
        seen.extend((booked.event.state, booked.event.amount) for booked in ledger.booked())
        permit.sent()
        seen.extend((booked.event.state, booked.event.amount) for booked in ledger.booked())
        yield Reply((), FinishReason.STOP, USAGE)

    books = open_books(ledger, watch)
    say(books)
    assert seen == [(CallState.RESERVED, WORST), (CallState.SENT, WORST)]
    (permit,) = books.provider.permits
    assert (permit.max_output, permit.max_input) == (2000, input_bound(REQUEST))


def test_the_reply_comes_after_its_call_is_booked(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    for item in books.gateway.stream(REQUEST, PURPOSE):
        assert bool(books.ended) == isinstance(item, Reply)


def test_nothing_is_reserved_before_the_stream_is_asked_for(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    books.gateway.stream(REQUEST, PURPOSE)
    assert list(ledger.booked()) == []


def test_max_tokens_is_lowered_to_what_the_money_left_allows(ledger: Ledger) -> None:
    cap = worst(PRICE, input_bound(REQUEST), 1500)
    books = open_books(
        ledger, answers(), config=replace(capped(), budget=replace(capped().budget, caps={"day": cap}))
    )
    say(books)
    assert [request.max_tokens for request in books.provider.requests] == [1500]
    assert books.provider.permits[0].max_output == 1500


def test_a_reservation_is_sized_anew_when_somebody_else_was_faster(path: Path) -> None:
    class Contended(Ledger):
        """Right after it was looked at, another call reserves."""

        rivals: ClassVar = ["rival"]

        def rooms(self, budgets: Iterable[Budget]) -> list[Room]:
            rooms = super().rooms(budgets)
            if self.rivals:
                self.reserve(a_call(self.rivals.pop()), usd("0.01"))
            return rooms

    with closing(Contended(path, clock=lambda: NOON)) as ledger:
        books = open_books(ledger, answers(), config=capped(day="0.035"))
        assert say(books)
        assert FLOOR < books.provider.requests[0].max_tokens < 2000
        assert ledger.totals(DAY) == Totals(2, settled=COST, in_flight=usd("0.01"))


def test_max_tokens_is_never_above_what_the_model_can_make(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    say(books, a_request(max_tokens=10**6))
    assert [request.max_tokens for request in books.provider.requests] == [8000]


def test_a_call_below_the_floor_is_refused_with_what_it_would_need(ledger: Ledger) -> None:
    needed = worst(PRICE, input_bound(REQUEST), FLOOR)
    books = open_books(ledger, answers(), config=capped())
    gateway = books.gateway.within(ScopePart("run", "r1"), Money(needed - 1))
    with pytest.raises(BudgetRefused) as caught:
        list(gateway.stream(REQUEST, PURPOSE))
    assert caught.value.what.startswith("this run has $")
    assert (books.provider.requests, books.ended, list(ledger.booked())) == ([], [], [])
    list(books.gateway.within(ScopePart("run", "r1"), needed).stream(REQUEST, PURPOSE))
    assert books.provider.requests[0].max_tokens == FLOOR


def test_a_call_that_wants_less_than_the_floor_needs_only_that(ledger: Ledger) -> None:
    small = a_request(max_tokens=10)
    books = open_books(ledger, answers())
    cap = worst(PRICE, input_bound(small), 10)
    list(books.gateway.within(ScopePart("run", "r1"), cap).stream(small, PURPOSE))
    assert books.provider.requests[0].max_tokens == 10


def test_within_charges_one_more_element_under_one_more_cap(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    attempt, run = ScopePart("attempt", "a1"), ScopePart("run", "r1")
    inner = books.gateway.within(run, usd(1)).within(attempt).within(attempt).within(SESSION)
    list(inner.stream(REQUEST, PURPOSE))
    say(books)
    assert [call.scope for call, _ in books.ended] == [
        (MONTH, DAY, SESSION, run, attempt),
        (MONTH, DAY, SESSION),
    ]
    assert ledger.totals(attempt) == Totals(1, settled=COST)
    assert ledger.totals(SESSION) == Totals(2, settled=Money(2 * COST))


def test_configured_caps_end_the_spending(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(session="0.03"))
    assert len(list(iter(lambda: refused(books), True))) > 1
    assert ledger.totals(SESSION).settled == books.provider.billed <= usd("0.03")


def test_a_soft_budget_refuses_only_when_all_of_it_is_spent(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(BudgetMode.SOFT, session="0.001"))
    say(books)
    assert books.provider.requests[0].max_tokens == 2000
    with pytest.raises(BudgetRefused):
        say(books)


def test_a_ceiling_that_nobody_enforces_needs_the_users_word_under_a_hard_cap(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(day="1"), enforced=False)
    with pytest.raises(Unpriced) as caught:
        say(books)
    assert (caught.value.exit_code, caught.value.reason) == (14, "unbounded")
    assert (books.asked, books.provider.requests) == ([MODEL], [])
    books.soft_allowed = True
    assert say(books)


@pytest.mark.parametrize("config", [UNCAPPED, capped(BudgetMode.SOFT, day="1")])
def test_without_a_hard_cap_nobody_is_asked(ledger: Ledger, config: object) -> None:
    books = open_books(ledger, answers(), config=config, enforced=False)
    assert say(books)
    assert books.asked == []


def test_a_free_model_needs_no_ceiling_and_no_room(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(day="0"), enforced=False)
    free = PriceTable({MODEL: PriceSettings(free=True)})
    assert list(replace(books.gateway, prices=free).stream(REQUEST, PURPOSE))
    assert books.asked == []
    assert ledger.totals(DAY) == Totals(1)


def test_a_model_without_a_price_is_not_called(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    with pytest.raises(Unpriced):
        say(books, a_request(model="test/unknown"))
    assert (books.provider.requests, list(ledger.booked())) == ([], [])


def test_a_ledger_that_fails_stops_the_call_before_it_is_sent(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    ledger.close()
    with pytest.raises(BudgetRefused) as caught:
        say(books)
    assert caught.value.reason == "ledger"
    assert books.provider.requests == []


def test_what_the_provider_counted_bounds_the_next_step_tightly(ledger: Ledger) -> None:
    """The same prompt, grown: its prefix costs what was counted, not a token per byte."""
    first = a_request("x" * 20_000)
    grown = replace(
        first,
        messages=(
            *first.messages,
            Message(Role.ASSISTANT, (Text("ok"),)),
            Message(Role.USER, (Text("and now?"),)),
        ),
    )
    books = open_books(ledger, answers(Usage(fresh=5000, output=20)))
    say(books, first)
    say(books, grown)
    loose, tight = (permit.max_input for permit in books.provider.permits)
    assert loose == input_bound(first)
    assert 5000 + PER_REQUEST < tight < 5300 + PER_REQUEST
    assert books.provider.permits[1].max_text > 20_000, "the body is as long as it is"


@pytest.mark.parametrize(
    ("script", "tight"),
    [
        (answers(Usage(fresh=5000, output=20)), True),
        (answers(Usage(fresh=5000, output=20), model="model-20261101"), True),
        (answers(Usage(fresh=5000, output=20), model="another"), False),
        (answers(None), False),
    ],
)
def test_only_what_the_asked_model_counted_is_believed(ledger: Ledger, script: Script, tight: bool) -> None:
    request = a_request("x" * 20_000)
    books = open_books(ledger, script)
    say(books, request)
    say(books, request)
    assert (books.provider.permits[1].max_input == 5000 + PER_REQUEST) is tight


def test_input_that_a_script_makes_up_bounds_nothing(ledger: Ledger) -> None:
    books = open_books(ledger, answers(Usage(fresh=50, output=20)))
    terms = replace(books.gateway.terms, counts_input=lambda _model: False)
    door = replace(books.gateway, terms=terms)
    for _ in range(2):
        list(door.stream(REQUEST, PURPOSE))
    assert [permit.max_input for permit in books.provider.permits] == [input_bound(REQUEST)] * 2


def test_a_cache_that_lasts_an_hour_is_reserved_at_its_own_rate(ledger: Ledger) -> None:
    rates = replace(PRICE.rates, cache_write_1h=usd(6))
    dear = replace(PRICE, rates=rates)
    asked = replace(REQUEST, cache_an_hour=True)
    assert worst(dear, 1000, 10, an_hour=True) - worst(dear, 1000, 10) == Money(1000 * usd("2.25") // 10**6)
    books = open_books(ledger, answers())
    say(books, asked)
    assert books.provider.permits[0].cache_an_hour


@pytest.mark.parametrize(("calls", "told"), [(3, []), (2, [50]), ("1.25", [50, 80]), (1, [50, 80, 100])])
def test_every_threshold_that_is_passed_is_told(ledger: Ledger, calls: str, told: list[int]) -> None:
    """A cap of so many calls, and one call."""
    cap = decimal_usd(Money(int(COST * Decimal(calls))))
    books = open_books(ledger, answers(), config=capped(BudgetMode.SOFT, day=cap))
    say(books)
    assert books.alerts == [(DAY, percent) for percent in told]


def test_each_threshold_is_told_exactly_once_by_whoever_comes_first(path: Path) -> None:
    """Eight threads, two ledgers on one file, a restart: three alerts in all."""
    alerts: list[tuple[ScopePart, int]] = []
    config = capped(BudgetMode.SOFT, day="0.02")
    for _ in range(2):
        with (
            closing(Ledger(path, clock=lambda: NOON)) as one,
            closing(Ledger(path, clock=lambda: NOON)) as other,
        ):
            doors = [open_books(ledger, answers(), config=config) for ledger in (one, other)]
            for number, books in enumerate(doors):
                books.prefix = f"{len(alerts)}-{number}-{_}-"

            def work(books: Books) -> None:
                for _ in range(5):
                    try:
                        list(books.gateway.stream(REQUEST, PURPOSE))
                    except BudgetRefused:
                        return

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(work, doors * 4))
            alerts += [alert for books in doors for alert in books.alerts]
    assert sorted(percent for _, percent in alerts) == [50, 80, 100]


def test_a_budget_that_cannot_pay_for_one_more_call_is_used_up(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(day="0.0245"))
    while not refused(books):
        pass
    spent = ledger.totals(DAY).settled
    assert spent * 100 < usd("0.0245") * 80
    assert books.alerts == [(DAY, 100)]
    assert refused(books)
    assert [percent for _, percent in books.alerts].count(100) == 1


def test_a_prompt_too_long_for_an_untouched_budget_uses_nothing_up(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(day="0.001"))
    assert refused(books)
    assert books.alerts == []


def test_another_cap_on_the_same_day_is_another_budget(ledger: Ledger) -> None:
    for cap in ("0.007", "0.0105"):
        books = open_books(ledger, answers(), config=capped(BudgetMode.SOFT, day=cap))
        books.prefix = cap
        say(books)
        assert books.alerts


def test_a_ledger_that_others_answer_for_promises_no_hard_cap(ledger: Ledger) -> None:
    ledger.shared_filesystem = "nfs4"
    books = open_books(ledger, answers(), config=capped(day="1"))
    with pytest.raises(BudgetRefused) as caught:
        say(books)
    assert caught.value.reason == "shared_filesystem"
    assert "nfs4" in caught.value.what
    assert books.provider.requests == []
    soft = open_books(ledger, answers(), config=capped(BudgetMode.SOFT, day="1"))
    assert say(soft)


def test_a_clock_that_is_set_back_opens_no_empty_window(ledger: Ledger) -> None:
    books = open_books(ledger, answers(), config=capped(day="0.035"))
    say(books)
    for back in (timedelta(hours=13), timedelta(days=365)):
        door = replace(books.gateway, clock=partial(sub, NOON, back))
        list(door.stream(a_request(max_tokens=100), PURPOSE))
    assert ledger.totals(DAY) == ledger.totals(MONTH) == Totals(3, settled=Money(3 * COST))
    assert [booked.call.at[:10] for booked in ledger.booked()] == ["2026-11-22", "2026-11-21", "2025-11-22"]
