"""The ledger: what is reserved is charged at once, every call ends once, the totals are the sum."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.money.paying import DAY, MONTH, NOON, OWNER, PRICE, PURPOSE, SCOPE, SESSION, USAGE, a_call
from tokenroi_cli.domain.call import CallEvent, CallState, Owner, OwnerKind
from tokenroi_cli.domain.errors import BudgetRefused, Bug
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.scope import Budget, ScopePart, Totals
from tokenroi_cli.domain.tier import Route, TaskKind
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money import records, schema
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.money.ledger import LARGEST, BookedCall, Ledger

AT = "2026-11-22T12:00:00.000+00:00"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What another program sees in the file."""
    with closing(sqlite3.connect(path)) as other:
        return other.execute(query).fetchall()


def test_a_call_on_its_way_is_charged_at_its_worst_to_every_element_of_its_scope(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    for part in SCOPE:
        assert ledger.totals(part) == Totals(calls=1, in_flight=usd(1))
    ledger.sent("c1")
    assert ledger.totals(DAY) == Totals(calls=1, in_flight=usd(1))
    ledger.settle("c1", usd("0.25"), USAGE)
    for part in SCOPE:
        assert ledger.totals(part) == Totals(calls=1, settled=usd("0.25"))
    assert ledger.totals(ScopePart("day", "never")) == Totals()


def test_the_three_endings(ledger: Ledger) -> None:
    for call_id in ("c1", "c2", "c3"):
        ledger.reserve(a_call(call_id), usd(1))
        ledger.sent(call_id)
    assert ledger.settle("c1", usd("0.25"), USAGE, model="another", note="so it was") == CallEvent(
        "c1", CallState.SETTLED, usd("0.25"), AT, USAGE, "another", "so it was"
    )
    assert ledger.unknown("c2", usd("0.75"), None, "cut") == CallEvent(
        "c2", CallState.UNKNOWN, usd("0.75"), AT, note="cut"
    )
    assert ledger.release("c3", "refused") == CallEvent("c3", CallState.RELEASED, ZERO, AT, note="refused")
    assert ledger.totals(SESSION) == Totals(calls=3, settled=usd("0.25"), unknown=usd("0.75"))


def test_every_state_is_an_event_that_stays(path: Path, ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), Money(7))
    ledger.sent("c1")
    ledger.settle("c1", Money(5), USAGE)
    assert rows(path, "SELECT state, amount, fresh, cache_read, output FROM events ORDER BY number") == [
        ("reserved", 7, None, None, None),
        ("sent", 7, None, None, None),
        ("settled", 5, 100, 1000, 20),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls SET model = 'x'",
        "UPDATE events SET amount = 0",
        "DELETE FROM calls",
        "DELETE FROM events",
    ],
)
def test_calls_and_events_cannot_be_changed_or_deleted(path: Path, ledger: Ledger, statement: str) -> None:
    ledger.reserve(a_call("c1"), Money(7))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rows(path, statement)


def test_a_second_terminal_event_is_impossible_even_by_hand(path: Path, ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), Money(7))
    ledger.release("c1")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        rows(path, "INSERT INTO events (call, state, amount, at, note) VALUES (1, 'settled', 1, '', '')")


def test_the_first_ending_stands(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    ledger.sent("c1")
    first = ledger.unknown("c1", usd(1), None, "cut")
    assert ledger.settle("c1", usd("0.1"), USAGE) == first
    assert ledger.release("c1") == first
    assert ledger.totals(DAY) == Totals(calls=1, unknown=usd(1))


def test_an_ending_without_a_reservation_is_a_bug(ledger: Ledger) -> None:
    with pytest.raises(Bug):
        ledger.settle("never", usd(1), USAGE)


def test_only_a_reserved_call_may_be_sent_and_only_once(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    ledger.sent("c1")
    ledger.reserve(a_call("c2"), usd(1))
    ledger.release("c2")
    for call_id in ("c1", "c2", "never"):
        with pytest.raises(BudgetRefused) as refused:
            ledger.sent(call_id)
        assert refused.value.reason == "ledger"


def test_the_same_id_is_never_reserved_twice(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    with pytest.raises(BudgetRefused):
        ledger.reserve(a_call("c1"), usd(1))
    assert ledger.totals(DAY) == Totals(calls=1, in_flight=usd(1))


@pytest.mark.parametrize("tight", SCOPE)
def test_every_enclosing_budget_must_have_room_or_nothing_is_charged(
    ledger: Ledger, tight: ScopePart
) -> None:
    budgets = [Budget(part, usd(1) if part == tight else usd(10)) for part in SCOPE]
    ledger.reserve(a_call("c1"), usd("0.6"), budgets)
    with pytest.raises(BudgetRefused) as refused:
        ledger.reserve(a_call("c2"), usd("0.5"), budgets)
    assert refused.value.what == (
        f"{tight.spoken} has $0.4 left of $1, $0.6 in use by other calls; this call needs $0.5 at worst"
    )
    assert refused.value.exit_code == 12
    assert [ledger.totals(part) for part in SCOPE] == [Totals(calls=1, in_flight=usd("0.6"))] * 3
    ledger.reserve(a_call("c3"), usd("0.4"), budgets)
    assert ledger.rooms(budgets)[0] == Room(Budget(tight, usd(1)), Totals(2, in_flight=usd(1)))
    assert ledger.rooms(budgets)[0].left == ZERO
    assert ledger.rooms([]) == []


def test_a_budget_counts_what_is_unknown_and_in_flight_and_not_what_was_released(ledger: Ledger) -> None:
    for call_id in ("c1", "c2", "c3", "c4"):
        ledger.reserve(a_call(call_id), usd(1))
    ledger.settle("c1", usd("0.5"), USAGE)
    ledger.unknown("c2", usd(1))
    ledger.release("c3")
    assert ledger.rooms([Budget(DAY, usd(10))])[0].left == usd("7.5")


def test_what_costs_nothing_needs_no_room(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), ZERO, [Budget(DAY, ZERO)])
    assert ledger.totals(DAY) == Totals(calls=1)


def test_more_than_was_reserved_freezes_the_project_and_all_within_until_it_is_thawed(ledger: Ledger) -> None:
    project = ScopePart("project", "/home/me/my work")
    scope = (MONTH, DAY, project, SESSION)
    ledger.reserve(a_call("c1", scope=scope), usd(1))
    ledger.settle("c1", usd(2), USAGE)
    assert ledger.totals(DAY) == Totals(calls=1, settled=usd(2))
    why = "test/model cost $2, and $1 was the most that it could (call c1)"
    for part in (project, SESSION):
        with pytest.raises(BudgetRefused) as refused:
            ledger.reserve(a_call("c2", scope=(MONTH, DAY, part)), usd(1))
        assert refused.value.reason == "frozen"
        assert refused.value.what == f"this {part.kind} is frozen: {why}"
    assert "tokenroi budget thaw session/s1" in refused.value.hint
    assert ledger.scopes_frozen() == (
        (project, Totals(1, settled=usd(2)), why),
        (SESSION, Totals(1, settled=usd(2)), why),
    )
    ledger.reserve(a_call("c3", scope=(MONTH, DAY, ScopePart("session", "s2"))), usd(1))
    assert ledger.thaw(DAY) is None
    assert ledger.thaw(project) == why, "and what was frozen with it"
    assert ledger.scopes_frozen() == ()
    ledger.reserve(a_call("c4", scope=scope), usd(1))


def test_a_call_outside_a_project_freezes_its_narrowest_element(ledger: Ledger) -> None:
    feature = ScopePart("feature", "search")
    ledger.reserve(a_call("c1", scope=(MONTH, DAY, feature)), usd(1))
    ledger.settle("c1", usd(2), USAGE)
    assert ledger.frozen(feature)
    assert ledger.frozen(DAY) is None


def test_absurd_amounts_are_refused_before_and_cut_after(ledger: Ledger) -> None:
    with pytest.raises(BudgetRefused):
        ledger.reserve(a_call("c1"), Money(LARGEST + 1))
    ledger.reserve(a_call("c2"), LARGEST)
    assert ledger.settle("c2", Money(10**40), USAGE).amount == LARGEST


def test_recovery_releases_what_a_dead_process_reserved_and_charges_what_it_sent(ledger: Ledger) -> None:
    alive = Owner(OwnerKind.PROCESS, "boot:2:3")
    lease = Owner(OwnerKind.LEASE, "l1")
    for call_id, owner in (("r", OWNER), ("s", OWNER), ("e", OWNER), ("live", alive), ("lease", lease)):
        ledger.reserve(a_call(call_id, owner=owner), usd(1))
    for call_id in ("s", "e", "live", "lease"):
        ledger.sent(call_id)
    ledger.settle("e", usd("0.5"), USAGE)
    assert ledger.recover(lambda owner: owner == alive) == 2
    assert {booked.call.id: (booked.event.state, booked.event.amount) for booked in ledger.booked()} == {
        "r": (CallState.RELEASED, 0),
        "s": (CallState.UNKNOWN, usd(1)),
        "e": (CallState.SETTLED, usd("0.5")),
        "live": (CallState.SENT, usd(1)),
        "lease": (CallState.SENT, usd(1)),
    }
    assert ledger.totals(DAY) == Totals(5, settled=usd("0.5"), unknown=usd(1), in_flight=usd(2))
    assert ledger.recover(lambda owner: owner == alive) == 0


def test_a_call_comes_back_from_the_ledger_as_it_went_in(ledger: Ledger) -> None:
    purpose = replace(
        PURPOSE,
        route=Route(TaskKind.PLAN, None, "m", "high", "asked for"),
        entry="e1",
        spec="2026-retry",
        attempt=2,
        feature="search",
        git_branch="fix/é-\N{SNOWMAN}",
        retry_of="c0",
    )
    price = Price(
        "m",
        Rates(*map(Money, (1, 2, 3, 4, 5))),
        (LongContext(7, Rates(*map(Money, (6, 7, 8, 9, 10)))),),
        per_request=Money(3),
        context=9,
        max_output=8,
        as_of="2026-11-01",
        source="a test",
    )
    owner = Owner(OwnerKind.BATCH, "b1")
    call = replace(a_call("c1", purpose=purpose, owner=owner), price=price)
    ledger.reserve(call, usd(1))
    event = ledger.settle("c1", usd("0.5"), USAGE, model="m2", note="note", answer_id="msg_1")
    assert list(ledger.booked()) == [BookedCall(call, event)]


def test_text_that_is_not_unicode_is_spelled_out(ledger: Ledger) -> None:
    ugly = "br\udcff"
    scope = (ScopePart("project", ugly),)
    ledger.reserve(a_call("c1", scope=scope, purpose=replace(PURPOSE, git_branch=ugly)), usd(1))
    ledger.settle("c1", usd("0.5"), USAGE, model="\ud800", note="\ud800", answer_id="\ud800")
    (booked,) = ledger.booked()
    assert booked.call.purpose.git_branch == "br\\udcff"
    assert booked.call.scope == scope
    assert ledger.totals(scope[0]) == Totals(1, settled=usd("0.5"))


def test_booked_calls_are_chosen_by_time_session_and_spec(ledger: Ledger) -> None:
    for call_id, session, spec, hours in (("a", "s1", "x", 0), ("b", "s2", "x", 1), ("c", "s1", None, 2)):
        at = (NOON + timedelta(hours=hours)).isoformat(timespec="milliseconds")
        call = a_call(call_id, purpose=replace(PURPOSE, session=session, spec=spec))
        ledger.reserve(replace(call, at=at), usd(1))
    assert [booked.call.id for booked in ledger.booked()] == ["a", "b", "c"]
    assert [booked.call.id for booked in ledger.booked(since=NOON + timedelta(hours=1))] == ["b", "c"]
    assert [booked.call.id for booked in ledger.booked(session="s1")] == ["a", "c"]
    assert [booked.call.id for booked in ledger.booked(spec="x", since=NOON)] == ["a", "b"]


def test_a_report_longer_than_a_page_is_whole_and_may_be_written_to_meanwhile(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenroi_cli.money.statements.PAGE", 3)
    for number in range(7):
        ledger.reserve(a_call(f"c{number}"), Money(1))
    seen = []
    for booked in ledger.booked():
        seen.append(booked.call.id)
        ledger.release(booked.call.id)
    assert seen == [f"c{number}" for number in range(7)]


def race(path: Path, rounds: int = 20) -> None:
    """Two connections reserve 0.6 of a dollar at the same moment: one of them is refused, every time."""
    start = Barrier(2)
    with closing(Ledger(path, clock=lambda: NOON)) as one, closing(Ledger(path, clock=lambda: NOON)) as other:
        for number in range(rounds):
            run = ScopePart("run", f"r{number}")

            def reserve(ledger: Ledger, call_id: str, run: ScopePart = run) -> None:
                start.wait()
                with suppress(BudgetRefused):
                    ledger.reserve(a_call(call_id, scope=(MONTH, run)), usd("0.6"), [Budget(run, usd(1))])

            with ThreadPoolExecutor(2) as pool:
                list(pool.map(reserve, (one, other), (f"a{number}", f"b{number}")))
            assert one.totals(run) == Totals(1, in_flight=usd("0.6"))


def test_two_who_reserve_at_once_never_get_the_same_room(path: Path) -> None:
    race(path)


def test_a_correction_moves_the_money_once_and_keeps_what_was_said_before(path: Path, ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    ended = ledger.unknown("c1", usd(1), USAGE, "cut", "msg_1")
    evidence = replace(ended, state=CallState.SETTLED, amount=usd("0.25"), evidence="an export")
    assert ledger.correct(evidence)
    assert not ledger.correct(evidence)
    for part in SCOPE:
        assert ledger.totals(part) == Totals(1, settled=usd("0.25"))
    assert [booked.event for booked in ledger.booked()] == [evidence]
    assert rows(path, "SELECT state, answer_id FROM events ORDER BY number") == [
        ("reserved", None),
        ("unknown", "msg_1"),
        ("settled", "msg_1"),
    ]
    assert ledger.correct(replace(evidence, amount=usd("0.75")))
    assert ledger.totals(DAY) == Totals(1, settled=usd("0.75"))


def test_a_call_on_its_way_is_not_corrected(ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    event = CallEvent("c1", CallState.SETTLED, usd("0.25"), AT, evidence="an export")
    assert not ledger.correct(event)
    assert ledger.totals(DAY) == Totals(1, in_flight=usd(1))


def test_a_ledger_of_the_first_version_is_brought_up_to_date_with_its_money(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        for statement in schema.MIGRATIONS[0]:
            old.execute(statement)
        old.execute("PRAGMA user_version = 1")
        price = records.write_price(PRICE).replace('"reasoning": null', '"unread": null')
        old.execute("INSERT INTO prices VALUES (1, ?)", (price.replace(', "unread": null', ""),))
        old.execute("INSERT INTO paths VALUES (1, ?)", (records.write_scope(SCOPE),))
        call = records.call_row(a_call("c1"), 1, 1)
        names, marks = ", ".join(call), ", ".join("?" * len(call))
        old.execute(f"INSERT INTO calls (number, {names}) VALUES (1, {marks})", tuple(call.values()))
        old.execute(
            "INSERT INTO events (call, state, amount, at, fresh, cache_read, cache_write_5m, cache_write_1h, "
            "output, reasoning, note) VALUES (1, 'settled', 5, ?, 1, 0, 0, 0, 2, 0, '')",
            (AT,),
        )
        old.execute("INSERT INTO scopes VALUES ('day', ?, 1, 5, 0, 0, NULL)", (DAY.key,))
        old.commit()
    with closing(Ledger(path, clock=lambda: NOON)) as ledger:
        (booked,) = ledger.booked()
        assert booked == BookedCall(
            a_call("c1"), CallEvent("c1", CallState.SETTLED, Money(5), AT, Usage(fresh=1, output=2))
        )
        assert ledger.totals(DAY) == Totals(1, settled=Money(5))
        ledger.reserve(a_call("c2"), usd(1))
