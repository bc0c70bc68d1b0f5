"""An export against the ledger: to the pico-dollar, and nothing lowered that is not proved."""

from dataclasses import replace

import pytest

from tests.money.paying import DAY, PURPOSE, USAGE, a_call
from tokenroi_cli.domain.call import CallEvent, CallState
from tokenroi_cli.domain.money import ZERO, usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.money.exports.line import Export, Line
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.reconcile import Match, Reconciled, plain_name, reconcile

TODAY, LATER = "2026-11-22", "2026-11-23T01:00:00.000+00:00"
MODEL = "test/model"


def called(
    ledger: Ledger,
    call_id: str,
    *,
    unknown: str = "",
    settled: str = "",
    answer_id: str | None = None,
    by: str | None = None,
) -> CallEvent | None:
    """A call of the day that ended one way, or is still on its way."""
    route = replace(PURPOSE.route, model=MODEL)
    ledger.reserve(a_call(call_id, purpose=replace(PURPOSE, route=route)), usd(1))
    if unknown:
        return ledger.unknown(call_id, usd(unknown), None, "cut", answer_id)
    if settled:
        return ledger.settle(call_id, usd(settled), USAGE, model=by, answer_id=answer_id)
    return None


def export(*lines: Line, providers: frozenset[str] = frozenset({"test"})) -> Export:
    return Export("a test", providers, lines)


def cost(amount: str, model: str = "model", **more: str) -> Line:
    return Line(TODAY, model, cost=usd(amount), **more)  # type: ignore[arg-type]


def run(ledger: Ledger, found: Export, at: str = LATER) -> Reconciled:
    """Compares, and books what was found."""
    done = reconcile(found, ledger.booked(), at)
    for event in done.corrections:
        ledger.correct(event)
    return done


@pytest.mark.parametrize(
    ("provider", "unknown"), [("0.50", "0.2"), ("0.30", "0"), ("0.29", "0.6"), ("0.90", "0.6"), ("7", "0.6")]
)
def test_unknown_money_comes_down_to_what_the_provider_leaves_for_it(
    ledger: Ledger, provider: str, unknown: str
) -> None:
    """Settled $0.30, unknown up to $0.60. Less than what is settled proves nothing: it is not whole."""
    called(ledger, "a", settled="0.3")
    called(ledger, "b", unknown="0.4")
    called(ledger, "c", unknown="0.2")
    done = run(ledger, export(cost(provider)))
    assert ledger.totals(DAY) == Totals(3, settled=usd("0.3"), unknown=usd(unknown))
    (match,) = done.matches
    assert match == Match(TODAY, "model", usd(provider), usd("0.3"), usd("0.6"), usd(unknown), 3, 0)
    assert match.difference == usd(provider) - usd("0.3")


def test_each_unknown_call_comes_down_in_proportion(ledger: Ledger) -> None:
    called(ledger, "b", unknown="0.4")
    called(ledger, "c", unknown="0.2")
    run(ledger, export(cost("0.1")))
    amounts = {row.call.id: row.event.amount for row in ledger.booked()}
    assert sum(amounts.values()) == usd("0.1")
    assert abs(amounts["b"] - 2 * amounts["c"]) <= 3
    assert all(row.event.state is CallState.UNKNOWN for row in ledger.booked())
    assert run(ledger, export(cost("0.1"))).corrections == (), "and stays there"


def test_a_call_that_is_named_settles_and_goes_up_but_never_down(ledger: Ledger) -> None:
    called(ledger, "a", unknown="0.4", answer_id="r1")
    called(ledger, "b", settled="0.2", answer_id="r2")
    called(ledger, "c", settled="0.2", answer_id="r3")
    lines = (cost("0.15", answer_id="r1"), cost("0.25", answer_id="r2"), cost("0.1", answer_id="r3"))
    run(ledger, export(*lines))
    assert {row.call.id: (row.event.state, row.event.amount) for row in ledger.booked()} == {
        "a": (CallState.SETTLED, usd("0.15")),
        "b": (CallState.SETTLED, usd("0.25")),
        "c": (CallState.SETTLED, usd("0.2")),
    }
    assert next(ledger.booked()).event.told is None, "its tokens are still not known"


def test_a_row_of_nobody_here_may_be_the_unknown_call_and_bounds_it(ledger: Ledger) -> None:
    called(ledger, "a", unknown="0.4")
    done = run(ledger, export(cost("0.05", answer_id="x"), cost("0.02", answer_id="y")))
    assert ledger.totals(DAY) == Totals(1, unknown=usd("0.07"))
    assert done.matches[0].requests == 2


def test_a_day_that_may_still_grow_lowers_nothing(ledger: Ledger) -> None:
    called(ledger, "a", settled="0.3")
    called(ledger, "b", unknown="0.4")
    run(ledger, export(cost("0.3")), at=f"{TODAY}T23:00:00.000+00:00")
    assert ledger.totals(DAY).unknown == usd("0.4"), "the unknown call was the last one"
    called(ledger, "c", settled="0.3")
    called(ledger, "d")
    run(ledger, export(cost("0.6")))
    assert ledger.totals(DAY).unknown == usd("0.4"), "a call is under way"
    ledger.release("d")
    run(ledger, export(cost("0.6")), at=f"{TODAY}T23:00:00.000+00:00")
    assert ledger.totals(DAY).unknown == ZERO


def test_tokens_alone_bound_it_at_the_rates_of_the_call(ledger: Ledger) -> None:
    called(ledger, "a", settled="0.3")
    called(ledger, "b", unknown="0.4")
    told = replace(USAGE, fresh=USAGE.fresh + 1000, output=USAGE.output + 100)
    line = Line(TODAY, "model", usage=told)
    run(ledger, export(line))
    assert ledger.totals(DAY).unknown == usd("0.0045")
    fewer = Line(TODAY, "model", usage=replace(USAGE, output=USAGE.output - 1))
    assert reconcile(export(fewer), ledger.booked(), LATER).corrections == ()


def test_other_days_models_and_providers_are_left_alone(ledger: Ledger) -> None:
    called(ledger, "a", unknown="0.4")
    for found in (
        export(replace(cost("0"), day="2026-11-21")),
        export(cost("0", model="other")),
        export(cost("0"), providers=frozenset({"elsewhere"})),
    ):
        assert run(ledger, found).corrections == ()
    assert ledger.totals(DAY).unknown == usd("0.4")
    run(ledger, export(cost("0.1", model=""), providers=frozenset()))
    assert ledger.totals(DAY).unknown == usd("0.1"), "without a model it speaks of all of them"


def test_released_calls_are_not_on_the_bill(ledger: Ledger) -> None:
    called(ledger, "a")
    ledger.release("a")
    (match,) = run(ledger, export(cost("0.1"))).matches
    assert (match.calls, match.settled, match.difference) == (0, ZERO, usd("0.1"))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("anthropic/claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("claude-sonnet-4-20250514", "claude-sonnet-4"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openrouter/z-ai/GLM-5:free", "glm-5"),
        ("", ""),
    ],
)
def test_names_of_a_model(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_the_times_of_corrections_are_those_of_the_comparison(ledger: Ledger) -> None:
    called(ledger, "a", unknown="0.4", answer_id="r1")
    done = run(ledger, export(cost("0.15", answer_id="r1")))
    assert [(event.at, event.evidence) for event in done.corrections] == [(LATER, "a test")]


@pytest.mark.parametrize("change", [{"whole": False}, {"exhaustive": False}])
def test_an_export_that_may_lack_something_bounds_nothing(ledger: Ledger, change: dict[str, bool]) -> None:
    called(ledger, "a", unknown="0.4")
    called(ledger, "b", unknown="0.4", answer_id="r1")
    found = replace(export(cost("0.1", answer_id="r1"), cost("0.05", answer_id="x")), **change)  # type: ignore[arg-type]
    done = run(ledger, found)
    assert ledger.totals(DAY) == Totals(2, settled=usd("0.1"), unknown=usd("0.4")), (
        "but what it names, it names"
    )
    assert done.whole is found.whole


def test_amounts_that_were_rounded_leave_room_for_what_was_rounded_away(ledger: Ledger) -> None:
    called(ledger, "a", unknown="0.4")
    rounded = replace(cost("0.1"), rounding=usd("0.005"))
    run(ledger, export(rounded, rounded))
    assert ledger.totals(DAY).unknown == usd("0.21")


def test_what_is_billed_beside_the_models_is_none_of_them(ledger: Ledger) -> None:
    """A search of $0.005 without a model says nothing of the calls of that day."""
    called(ledger, "a", unknown="0.4")
    done = run(ledger, export(cost("0.005", model=""), cost("0.3")))
    assert ledger.totals(DAY).unknown == usd("0.3")
    assert [(match.model, match.calls) for match in done.matches] == [("(no model)", 0), ("model", 1)]


def test_a_call_that_another_model_answered_is_on_the_bill_of_that_one(ledger: Ledger) -> None:
    """Taken off the bill of the model that was asked, it would prove too much of what is unknown there."""
    called(ledger, "a", settled="0.3", by="other-2026-01-01")
    called(ledger, "b", unknown="0.4")
    done = run(ledger, export(cost("0.35"), cost("0.3", model="other")))
    assert [(match.model, match.settled, match.calls) for match in done.matches] == [
        ("model", ZERO, 1),
        ("other", usd("0.3"), 1),
    ]
    assert ledger.totals(DAY) == Totals(2, settled=usd("0.3"), unknown=usd("0.35"))


def test_a_model_that_the_export_does_not_know_is_on_the_bill_of_the_one_asked(ledger: Ledger) -> None:
    called(ledger, "a", settled="0.3", by="a-name-of-a-proxy")
    called(ledger, "b", unknown="0.4")
    run(ledger, export(cost("0.35")))
    assert ledger.totals(DAY).unknown == usd("0.05")
