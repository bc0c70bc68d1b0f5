"""Whatever happens to the calls: the totals are the fold of the events, and no cap is exceeded."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.money.paying import DAY, MONTH, NOON, a_call
from tokenroi_cli.domain.call import CallState, Owner, OwnerKind
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import Budget, ScopePart
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.report import recount

SESSIONS = (ScopePart("session", "s1"), ScopePart("session", "s2"))
OWNERS = tuple(Owner(OwnerKind.PROCESS, f"boot:{pid}:1") for pid in (1, 2))
BUDGETS = (Budget(DAY, Money(1000)), Budget(SESSIONS[0], Money(400)))


class Books(RuleBasedStateMachine):
    """Two processes, two sessions; a provider whose bill never exceeds what was reserved."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.ledger = Ledger(Path(self.folder.name) / "ledger.db", clock=lambda: NOON)
        self.ids = count()
        self.reserved: dict[str, tuple[Money, Owner]] = {}
        self.sent: dict[str, tuple[Money, Owner]] = {}
        self.cut_off: dict[str, Money] = {}
        """Calls whose bill nobody told us yet, with their bill."""
        self.told: list[tuple[ScopePart, int]] = []
        self.bill = 0

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @rule(session=st.sampled_from(SESSIONS), owner=st.sampled_from(OWNERS), worst=st.integers(0, 300))
    def reserve(self, session: ScopePart, owner: Owner, worst: int) -> None:
        call = a_call(f"c{next(self.ids)}", scope=(MONTH, DAY, session), owner=owner)
        budgets = [budget for budget in BUDGETS if budget.part in call.scope]
        left = self.ledger.rooms(budgets)[0].left
        try:
            self.ledger.reserve(call, Money(worst), budgets)
        except BudgetRefused:
            assert worst > left
        else:
            assert worst <= left
            self.reserved[call.id] = (Money(worst), owner)

    @precondition(lambda self: self.reserved)
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.reserved)))
        self.ledger.sent(call_id)
        self.sent[call_id] = self.reserved.pop(call_id)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), share=st.integers(0, 100))
    def answer(self, data: st.DataObject, share: int) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.sent)))
        worst, _ = self.sent.pop(call_id)
        bill = worst * share // 100
        self.bill += bill
        self.ledger.settle(call_id, Money(bill), None)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), share=st.integers(0, 100))
    def cut(self, data: st.DataObject, share: int) -> None:
        """Billed, and nobody tells us."""
        call_id = data.draw(st.sampled_from(sorted(self.sent)))
        worst, _ = self.sent.pop(call_id)
        self.cut_off[call_id] = Money(worst * share // 100)
        self.bill += self.cut_off[call_id]
        self.ledger.unknown(call_id, worst)

    @precondition(lambda self: self.cut_off)
    @rule(data=st.data(), exact=st.booleans())
    def reconcile(self, data: st.DataObject, exact: bool) -> None:
        """Evidence comes later: what it cost, or at most cost; said twice, it changes nothing more."""
        call_id = data.draw(st.sampled_from(sorted(self.cut_off)))
        (before,) = (row.event for row in self.ledger.booked() if row.call.id == call_id)
        state = CallState.SETTLED if exact else CallState.UNKNOWN
        amount = self.cut_off[call_id] if exact else max(self.cut_off[call_id], Money(before.amount // 2))
        event = replace(before, state=state, amount=amount, evidence="an export")
        if before.state is CallState.UNKNOWN:
            self.ledger.correct(event)
            assert not self.ledger.correct(event)

    @rule()
    def look_at_the_alerts(self) -> None:
        self.told += [(room.budget.part, percent) for room, percent in self.ledger.newly_reached(BUDGETS)]
        assert len(self.told) == len(set(self.told))

    @precondition(lambda self: self.reserved or self.sent)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        """Proof that nothing was billed."""
        call_id = data.draw(st.sampled_from(sorted(self.reserved | self.sent)))
        self.ledger.release(call_id)
        self.reserved.pop(call_id, None)
        self.sent.pop(call_id, None)

    @rule(dead=st.sampled_from(OWNERS))
    def die_and_recover(self, dead: Owner) -> None:
        lost = [call_id for call_id, (_, owner) in (self.reserved | self.sent).items() if owner == dead]
        assert self.ledger.recover(lambda owner: owner != dead) == len(lost)
        for call_id in lost:
            self.reserved.pop(call_id, None)
            worst, _ = self.sent.pop(call_id, (Money(0), dead))
            self.bill += worst

    @rule(number=st.integers(0, 20), state=st.sampled_from([CallState.SETTLED, CallState.RELEASED]))
    def end_again(self, number: int, state: CallState) -> None:
        """What comes late changes nothing."""
        call_id = f"c{number}"
        ended = any(
            booked.call.id == call_id and booked.event.state.terminal for booked in self.ledger.booked()
        )
        if ended and state is CallState.SETTLED:
            self.ledger.settle(call_id, Money(10**6), None)
        elif ended:
            self.ledger.release(call_id)

    @invariant()
    def the_totals_are_the_fold_of_the_events(self) -> None:
        folded = recount(self.ledger)
        assert {part: self.ledger.totals(part) for part in folded} == folded

    @invariant()
    def no_cap_is_exceeded_and_the_ledger_covers_the_bill(self) -> None:
        for budget in BUDGETS:
            assert self.ledger.totals(budget.part).committed <= budget.cap
        assert self.ledger.totals(MONTH).spent >= self.bill
        in_flight = sum(worst for worst, _ in (self.reserved | self.sent).values())
        assert self.ledger.totals(MONTH).in_flight == in_flight


def play(examples: int = 25, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """Any order of anything. Raises AssertionError when the books are wrong."""
    chosen = settings(max_examples=examples, stateful_step_count=30, deadline=None, phases=phases)
    run_state_machine_as_test(Books, settings=chosen)


def test_the_books_are_right_whatever_happens() -> None:
    play()


@pytest.mark.slow
def test_the_books_are_right_whatever_happens_for_a_long_time() -> None:
    play(examples=400)


def test_a_total_that_is_not_the_fold_is_noticed(path: Path) -> None:
    with closing(Ledger(path, clock=lambda: NOON)) as ledger:
        ledger.reserve(a_call("c1"), Money(5))
        with ledger._database.write() as db:
            db.execute("UPDATE scopes SET in_flight = 4 WHERE kind = 'day'")
        assert recount(ledger)[DAY] != ledger.totals(DAY)
        assert recount(ledger)[MONTH] == ledger.totals(MONTH)
