"""Caps meet the elements of a scope; a day is a calendar day, whatever the clocks do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.money.paying import DAY, MONTH, SCOPE, SESSION, capped
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.scope import Budget, BudgetMode, ScopePart, Totals
from tokenroi_cli.money.budgets import Room, caps, counted_at, fits, reached, windows

BERLIN = ZoneInfo("Europe/Berlin")


def test_caps_hold_where_the_scope_has_an_element_of_their_kind() -> None:
    run = Budget(ScopePart("run", "r1"), usd(1))
    assert caps(capped(day="20", session="5", project="9"), SCOPE, [run]) == (
        Budget(DAY, usd(20)),
        Budget(SESSION, usd(5)),
        run,
    )
    assert caps(capped(BudgetMode.SOFT, month="1"), SCOPE) == (Budget(MONTH, usd(1), BudgetMode.SOFT),)
    assert caps(capped(), SCOPE) == ()


def test_a_budget_has_left_what_is_not_committed() -> None:
    budget = Budget(DAY, Money(100))
    totals = Totals(calls=3, settled=Money(10), unknown=Money(20), in_flight=Money(30))
    room = Room(budget, totals)
    assert room.left == 40
    assert room.could_hold(Money(70))
    assert not room.could_hold(Money(71))
    assert Room(budget, Totals(settled=Money(101))).left == ZERO


@pytest.mark.parametrize(
    ("spent", "percents"), [(0, ()), (49, ()), (50, (50,)), (79, (50,)), (80, (50, 80)), (101, (50, 80, 100))]
)
def test_the_thresholds_that_are_spent(spent: int, percents: tuple[int, ...]) -> None:
    totals = Totals(settled=Money(spent - spent // 3), unknown=Money(spent // 3), in_flight=Money(99))
    assert reached(Room(Budget(DAY, Money(100)), totals)) == percents
    assert reached(Room(Budget(DAY, ZERO), totals)) == ()


def test_caps_on_single_elements_hold_beside_those_of_their_kind() -> None:
    config = capped(session="5")
    settings = replace(config.budget, scopes={SESSION: usd(2), ScopePart("session", "s2"): usd(1)})
    assert caps(replace(config, budget=settings), SCOPE) == (
        Budget(SESSION, usd(5)),
        Budget(SESSION, usd(2)),
    )


@pytest.mark.parametrize(
    ("mode", "committed", "worst", "fitting"),
    [
        (BudgetMode.HARD, 0, 100, True),
        (BudgetMode.HARD, 1, 100, False),
        (BudgetMode.HARD, 100, 1, False),
        (BudgetMode.SOFT, 99, 100, True),
        (BudgetMode.SOFT, 100, 1, False),
        (BudgetMode.HARD, 200, 0, True),
        (BudgetMode.SOFT, 200, 0, True),
    ],
)
def test_a_hard_budget_has_room_for_the_worst_and_a_soft_one_only_has_to_have_some(
    mode: BudgetMode, committed: int, worst: int, fitting: bool
) -> None:
    room = Room(Budget(DAY, Money(100), mode), Totals(settled=Money(committed)))
    assert fits(room, Money(worst)) is fitting


def test_the_refusal_names_the_budget_what_is_left_and_what_is_needed() -> None:
    refused = Room(Budget(DAY, usd(20)), Totals(settled=usd("19.5"))).refusal(usd("0.75"))
    assert refused.what == "day 2026-11-22+00:00 has $0.5 left of $20; this call needs $0.75 at worst"
    assert (refused.exit_code, refused.reason) == (12, "budget")
    run = Room(Budget(ScopePart("run", "20261125-154254-fc14.0"), usd(1)), Totals(settled=usd(1)))
    assert run.refusal(usd(2)).what == "this run has $0 left of $1; this call needs $2 at worst"


@pytest.mark.parametrize(
    ("now", "month", "day"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), "2026-11", "2026-11-22+01:00"),
        (datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC), "2026-11", "2026-11-22+01:00"),
        (datetime(2026, 11, 22, 23, tzinfo=UTC), "2026-11", "2026-11-23+01:00"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01", "2027-01-01+01:00"),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), "2026-03", "2026-03-29+01:00"),
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), "2026-03", "2026-03-29+01:00"),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10", "2026-10-25+02:00"),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10", "2026-10-25+02:00"),
        (datetime(2026, 7, 1, 3, 0, tzinfo=timezone(timedelta(hours=9))), "2026-06", "2026-06-30+02:00"),
    ],
)
def test_a_day_is_one_window_even_when_the_clocks_change_in_it(now: datetime, month: str, day: str) -> None:
    assert windows(now, BERLIN) == (ScopePart("month", month), ScopePart("day", day))


def test_the_zone_of_the_machine_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert windows(datetime(2026, 11, 22, 20, tzinfo=UTC))[1] == ScopePart("day", "2026-11-23+05:30")
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("behind", "counted"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(hours=-3), timedelta(0)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=365), timedelta(days=365)),
        (timedelta(days=401), timedelta(0)),
    ],
)
def test_a_clock_that_was_set_back_counts_on_the_last_day_of_the_ledger(
    behind: timedelta, counted: timedelta
) -> None:
    """`behind`: how far the clock is behind the newest call."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert counted_at(now, now + behind) == now + counted
    assert counted_at(now, None) == now
