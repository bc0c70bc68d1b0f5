"""Mistakes that others have made with money, by name: each must be noticed, or the tests have no teeth."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Permit
from tokenroi_cli.domain.errors import ProviderError
from tokenroi_cli.domain.money import ZERO, Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.scope import Budget, Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money import budgets, endings, gateway, ledger, records, reserving, statements
from tokenroi_cli.money.bounds import worst
from tokenroi_cli.money.budgets import Room, fits
from tokenroi_cli.money.endings import Ending
from tokenroi_cli.money.ledger import Ledger

Mutant = Callable[[pytest.MonkeyPatch], None]


def check_then_act(patch: pytest.MonkeyPatch) -> None:
    """The budget is compared with what is spent already: calls under way do not count."""
    spent_only = lambda room, _worst: room.totals.spent < room.budget.cap  # noqa: E731
    patch.setattr(ledger, "fits", spent_only)
    patch.setattr(budgets, "fits", spent_only)
    patch.setattr(Room, "left", property(lambda room: Money(max(0, room.budget.cap - room.totals.spent))))


def release_on_error(patch: pytest.MonkeyPatch) -> None:
    """A call that failed is taken for one that is not billed."""

    def free(_failure: ProviderError | None, _permit: Permit, _worst: Money) -> Ending:
        return Ending(CallState.RELEASED, ZERO)

    patch.setattr(gateway, "of_failure", free)


def no_sent_mark(patch: pytest.MonkeyPatch) -> None:
    """Nothing durable says that a request has left: after a crash it counts as never sent."""
    patch.setattr(Ledger, "sent", lambda _ledger, _call_id: None)


def expected_output(patch: pytest.MonkeyPatch) -> None:
    """A quarter of the ceiling is reserved: answers are usually shorter."""

    def hoped(wish: reserving.Wish, output: int) -> Money:
        return worst(wish.price, wish.input_tokens, output // 4)

    patch.setattr(reserving.Wish, "worst", hoped)


def float_money(patch: pytest.MonkeyPatch) -> None:
    """Dollars as floating point numbers."""

    def cost(price: Price, usage: Usage) -> Money:
        rates = price.rates_at(usage.context)
        dollars = usage.fresh * (rates.fresh / 1e18) + usage.cache_read * (rates.cache_read / 1e18)
        dollars += usage.cache_write_5m * (rates.cache_write_5m / 1e18) + usage.output * (rates.output / 1e18)
        return Money(int(dollars * 1e12))

    patch.setattr(Price, "cost", cost)


def cap_check_outside(patch: pytest.MonkeyPatch) -> None:
    """The cap is checked in one transaction, the money reserved in another."""
    reserve = Ledger.reserve

    def careless(self: Ledger, call: Call, amount: Money, caps: Sequence[Budget] = ()) -> None:
        for room in self.rooms(caps):
            if not fits(room, amount):
                raise room.refusal(amount)
        reserve(self, call, amount)

    patch.setattr(Ledger, "reserve", careless)


def no_freeze(patch: pytest.MonkeyPatch) -> None:
    """A call that cost more than its worst case is booked, and the next one goes out."""
    patch.setattr(statements, "freeze", lambda _db, _part, _why: None)


def last_end_wins(patch: pytest.MonkeyPatch) -> None:
    """A later ending replaces the first one's money."""
    end = statements.end

    def again(db: Any, event: CallEvent) -> CallEvent:
        row = db.execute(
            "SELECT calls.number, worst, (SELECT path FROM paths WHERE id = calls.path) AS path FROM calls "
            "LEFT JOIN in_flight ON in_flight.call = number WHERE calls.id = ?",
            (event.call_id,),
        ).fetchone()
        if row is not None and row["worst"] is None and event.state is CallState.SETTLED:
            statements.charge(db, records.read_scope(row["path"]), Totals(settled=event.amount))
        return end(db, event)

    patch.setattr(statements, "end", again)


def recovers_the_living(patch: pytest.MonkeyPatch) -> None:
    """Whatever is in flight when somebody starts is taken for a dead process's."""
    recover = Ledger.recover
    patch.setattr(Ledger, "recover", lambda self, _is_alive: recover(self, lambda _owner: False))


def zero_is_a_bill(patch: pytest.MonkeyPatch) -> None:
    """An answer without usage costs nothing."""
    of_reply = endings.of_reply

    def cheap(reply: Any, price: Price, most: Money) -> Ending:
        ending = of_reply(reply, price, most)
        return Ending(CallState.SETTLED, ZERO) if ending.usage is None else ending

    patch.setattr(gateway, "of_reply", cheap)


MUTANTS: Mapping[str, Mutant] = {
    mutant.__name__: mutant
    for mutant in (
        check_then_act,
        release_on_error,
        no_sent_mark,
        expected_output,
        float_money,
        cap_check_outside,
        no_freeze,
        last_end_wins,
        recovers_the_living,
        zero_is_a_bill,
    )
}
