"""Room that others hold is waited for, on the Run's clock; what can never fit is refused at once."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from tests.money.paying import (
    COST,
    DAY,
    MONTH,
    NOON,
    PRICE,
    PURPOSE,
    REQUEST,
    WORST,
    Books,
    a_call,
    a_request,
    answers,
    capped,
    open_books,
    say,
)
from tokenroi_cli.domain.call import CallState, Owner, OwnerKind
from tokenroi_cli.domain.errors import BudgetRefused, Interrupted
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.scope import BudgetMode, ScopePart, Totals
from tokenroi_cli.money.bounds import FLOOR, input_bound, worst
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.owner import this_process
from tokenroi_cli.money.pauses import Breaker

NEEDED = worst(PRICE, input_bound(REQUEST), FLOOR)


@dataclass
class Wall:
    """A clock that moves only while somebody waits; something may happen then."""

    now: float = 100.0
    pauses: list[float] = field(default_factory=list)
    happens: list[object] = field(default_factory=list)
    """Functions, called one at each pause."""

    def wait(self, event: Event, seconds: float) -> bool:
        self.now += seconds
        self.pauses.append(seconds)
        if self.happens:
            self.happens.pop(0)()  # type: ignore[operator]
        return event.is_set()

    @property
    def breaker(self) -> Breaker:
        return Breaker(lambda: self.now, self.wait)


def waiting(ledger: Ledger, wall: Wall, cap: str) -> Books:
    return open_books(ledger, answers(), config=capped(day=cap), breaker=wall.breaker)


def hold(ledger: Ledger, amount: Money, call_id: str = "other", owner: Owner | None = None) -> None:
    """Another process has reserved so much."""
    ledger.reserve(a_call(call_id, owner=owner or this_process()), amount)
    ledger.sent(call_id)


def test_a_call_waits_for_the_room_that_another_holds(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    hold(ledger, usd("0.045"))
    wall.happens = [lambda: None, lambda: ledger.settle("other", usd("0.001"), None)]
    assert say(books)
    assert len(wall.pauses) == 2
    assert [room.totals for room in books.waits] == [Totals(1, in_flight=usd("0.045"))], "said once"
    assert ledger.totals(DAY) == Totals(2, settled=Money(usd("0.001") + COST))


def test_a_call_that_never_fits_is_refused_at_once(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.02")
    hold(ledger, usd("0.001"))
    with pytest.raises(BudgetRefused) as refused:
        say(books, a_request("x" * 6000))
    assert (wall.pauses, books.waits) == ([], [])
    assert "$0.001 in use by other calls" in refused.value.what


def test_it_fits_to_the_pico_dollar_once_the_other_costs_nothing(ledger: Ledger) -> None:
    run = ScopePart("run", "r")
    for cap, pauses in ((NEEDED, 1), (Money(NEEDED - 1), 0)):
        wall = Wall()
        books = waiting(ledger, wall, "100")
        call = f"held {cap}"
        ledger.reserve(a_call(call, scope=(MONTH, DAY, run), owner=this_process()), Money(1))
        wall.happens = [lambda call=call: ledger.release(call)]
        try:
            list(books.gateway.within(run, cap).stream(REQUEST, PURPOSE))
        except BudgetRefused:
            assert cap < NEEDED
        else:
            assert cap == NEEDED
        assert len(wall.pauses) == pauses
        run = ScopePart("run", "r2")


def test_a_wait_ends_with_the_run(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    hold(ledger, usd("0.045"))
    with pytest.raises(BudgetRefused) as refused:
        list(books.gateway.timed(lambda: 3.0).stream(REQUEST, PURPOSE))
    assert sum(wall.pauses) == pytest.approx(3.0)
    assert "has $0.005 left of $0.05" in refused.value.what
    assert ledger.totals(DAY).in_flight == usd("0.045")


def test_a_run_without_time_left_does_not_wait(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    hold(ledger, usd("0.045"))
    with pytest.raises(BudgetRefused):
        list(books.gateway.timed(lambda: -5.0).stream(REQUEST, PURPOSE))
    assert wall.pauses == []


def test_cancel_ends_a_wait(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    hold(ledger, usd("0.045"))
    wall.happens = [books.gateway.cancel]
    with pytest.raises(Interrupted):
        say(books)
    assert [booked.call.id for booked in ledger.booked()] == ["other"]


def test_the_dead_are_not_waited_for(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    ledger.reserve(a_call("dead", owner=Owner(OwnerKind.PROCESS, "another boot:1:2")), usd("0.045"))
    assert say(books)
    assert wall.pauses == []
    assert {row.call.id: row.event.state for row in ledger.booked()}["dead"] is CallState.RELEASED


def test_a_frozen_scope_is_not_waited_for(ledger: Ledger) -> None:
    wall = Wall()
    books = waiting(ledger, wall, "0.05")
    say(books)
    ledger.reserve(a_call("c9"), usd("0.001"))
    ledger.settle("c9", usd("0.044"), None)
    with pytest.raises(BudgetRefused) as refused:
        say(books)
    assert refused.value.reason == "frozen"
    assert wall.pauses == []


def test_soft_budgets_wait_for_nobody(ledger: Ledger) -> None:
    wall = Wall()
    books = open_books(ledger, answers(), config=capped(BudgetMode.SOFT, day="0.05"), breaker=wall.breaker)
    hold(ledger, usd("0.049"))
    assert say(books)
    assert wall.pauses == []


def test_two_who_wait_for_each_others_room_both_get_through(path: Path) -> None:
    """Room for one call at a time: nobody is refused, nobody is charged twice."""
    from concurrent.futures import ThreadPoolExecutor

    cap = Money(WORST + 3 * COST)
    with closing(Ledger(path, clock=lambda: NOON)) as ledger:
        books = open_books(ledger, answers())
        door = books.gateway.within(ScopePart("run", "r"), cap)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: list(door.stream(REQUEST, PURPOSE)), range(4)))
        assert ledger.totals(ScopePart("run", "r")) == Totals(4, settled=Money(4 * COST))
