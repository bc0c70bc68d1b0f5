"""However a call ends, it is booked once: free on proof, exact when told, else the most it can have cost."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import cast

import pytest

from tests.money.paying import (
    COST,
    PRICE,
    PURPOSE,
    REQUEST,
    USAGE,
    WORST,
    Books,
    Stream,
    answers,
    fails,
    open_books,
    say,
    speaks_until_closed,
    the_end,
)
from tokenroi_cli.domain.call import CallState, Permit, Stage
from tokenroi_cli.domain.errors import (
    BudgetRefused,
    ConnectionFailed,
    Interrupted,
    NotConfigured,
    ProviderError,
    RateLimited,
    Rejected,
    StreamCut,
    TokenroiError,
)
from tokenroi_cli.domain.message import FinishReason, Reply, Request, StreamItem, Text, TextDelta
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.ledger import Ledger


def started(books: Books) -> Stream:
    """A stream whose first delta has arrived."""
    items = cast(Stream, books.gateway.stream(REQUEST, PURPOSE))
    assert next(items) == TextDelta("on and on")
    return items


@pytest.mark.parametrize(
    "usage",
    [
        None,
        Usage(),
        Usage(output=5),
        Usage(fresh=10),
        Usage(fresh=-1, output=5),
        Usage(fresh=10**12, output=5),
    ],
)
def test_an_answer_whose_usage_cannot_be_believed_costs_the_worst_case(
    ledger: Ledger, usage: Usage | None
) -> None:
    books = open_books(ledger, answers(usage))
    say(books)
    event = the_end(books)
    assert (event.state, event.amount) == (CallState.UNKNOWN, WORST)
    assert event.note


def test_the_providers_own_price_is_what_it_cost(ledger: Ledger) -> None:
    books = open_books(ledger, answers(billed_usd="0.0123"), answers(None, billed_usd="0.01"))
    say(books)
    say(books)
    assert [(event.state, event.amount) for _, event in books.ended] == [
        (CallState.SETTLED, usd("0.0123")),
        (CallState.SETTLED, usd("0.01")),
    ]


@pytest.mark.parametrize(
    "billed", ["0", "-1", "NaN", "sNaN", "Infinity", "1e999999999", "1e-999999999", "soon", ""]
)
def test_a_price_that_is_none_is_not_believed(ledger: Ledger, billed: str) -> None:
    books = open_books(ledger, answers(billed_usd=billed))
    say(books)
    assert the_end(books).amount == COST


def test_an_answer_by_another_model_is_priced_as_that_one_and_flagged(ledger: Ledger) -> None:
    usage = Usage(fresh=100, output=20)
    books = open_books(ledger, *(answers(usage, model=name) for name in ("dear", "model", "unheard-of")))
    for _ in range(3):
        say(books)
    assert [(event.amount, event.model) for _, event in books.ended] == [
        (usd("0.006"), "dear"),
        (usd("0.0006"), None),
        (usd("0.0006"), "unheard-of"),
    ]


def test_a_bill_above_the_reservation_is_booked_in_full_and_stops_the_session(ledger: Ledger) -> None:
    books = open_books(ledger, answers(Usage(fresh=10, output=100_000)))
    say(books)
    event = the_end(books)
    assert (event.state, event.amount) == (CallState.SETTLED, usd("1.50003"))
    assert event.note == "above the reservation"
    with pytest.raises(BudgetRefused) as caught:
        say(books)
    assert caught.value.reason == "frozen"


PARTIAL = Usage(fresh=100, output=3)
LOWERED = PRICE.cost(replace(PARTIAL, output=2000))
"""The input as reported, and all of the output that was allowed."""


@pytest.mark.parametrize(
    ("failure", "stage", "state", "amount"),
    [
        (Rejected("bad request", status=400), Stage.ANSWERED, CallState.RELEASED, ZERO),
        (RateLimited("slow down", status=429), Stage.ANSWERED, CallState.RELEASED, ZERO),
        (Rejected("trouble", status=500), Stage.ANSWERED, CallState.UNKNOWN, WORST),
        (Rejected("overloaded", status=529), Stage.WRITING, CallState.UNKNOWN, WORST),
        (ConnectionFailed("no such host"), Stage.ISSUED, CallState.RELEASED, ZERO),
        (ConnectionFailed("refused"), Stage.SENT, CallState.RELEASED, ZERO),
        (ConnectionFailed("reset"), Stage.WRITING, CallState.UNKNOWN, WORST),
        (StreamCut("cut"), Stage.ANSWERED, CallState.UNKNOWN, WORST),
        (StreamCut("cut", usage=PARTIAL), Stage.ANSWERED, CallState.UNKNOWN, LOWERED),
        (StreamCut("cut", usage=Usage(output=3)), Stage.ANSWERED, CallState.UNKNOWN, WORST),
        (StreamCut("cut", usage=Usage(fresh=-1)), Stage.ANSWERED, CallState.UNKNOWN, WORST),
        (ProviderError("who knows"), Stage.ISSUED, CallState.RELEASED, ZERO),
        (ProviderError("who knows"), Stage.SENT, CallState.UNKNOWN, WORST),
        (NotConfigured("no key"), Stage.ISSUED, CallState.RELEASED, ZERO),
        (KeyboardInterrupt(), Stage.ISSUED, CallState.RELEASED, ZERO),
        (KeyboardInterrupt(), Stage.ANSWERED, CallState.UNKNOWN, WORST),
        (ZeroDivisionError(), Stage.WRITING, CallState.UNKNOWN, WORST),
    ],
)
@pytest.mark.parametrize("after", [0, 2])
def test_a_failed_call_is_free_on_proof_and_else_costs_the_most_it_can(
    ledger: Ledger, failure: BaseException, stage: Stage, state: CallState, amount: Money, after: int
) -> None:
    books = open_books(ledger, fails(failure, stage, after))
    with pytest.raises(type(failure)) as raised:
        say(books)
    assert raised.value is failure
    event = the_end(books)
    assert (event.state, event.amount) == (state, amount)
    if isinstance(failure, ProviderError):
        assert failure.call_id == "c1"
        assert event.note == failure.reason


def test_a_provider_that_fails_before_it_streams_leaves_nothing_reserved(ledger: Ledger) -> None:
    class NoKey:
        def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
            raise NotConfigured("no key")

    books = open_books(ledger, answers())
    with pytest.raises(NotConfigured):
        list(replace(books.gateway, provider=NoKey()).stream(REQUEST, PURPOSE))
    assert the_end(books).state is CallState.RELEASED


def test_a_stream_without_a_reply_is_cut(ledger: Ledger) -> None:
    def silent(request: Request, permit: Permit) -> Stream:
        permit.sent()
        yield TextDelta("so")

    books = open_books(ledger, silent)
    with pytest.raises(StreamCut):
        say(books)
    assert the_end(books).amount == WORST


def test_a_consumer_that_stops_listening_pays_for_what_it_started(ledger: Ledger) -> None:
    books = open_books(ledger, speaks_until_closed())
    started(books).close()
    assert (the_end(books).state, the_end(books).amount) == (CallState.UNKNOWN, WORST)


def test_what_the_provider_knows_when_it_is_closed_lowers_the_charge(ledger: Ledger) -> None:
    books = open_books(ledger, speaks_until_closed(StreamCut("closed", usage=PARTIAL)))
    started(books).close()
    assert the_end(books).amount == LOWERED


def test_a_consumer_that_takes_the_reply_and_leaves_has_paid_exactly(ledger: Ledger) -> None:
    books = open_books(ledger, answers())
    items = cast(Stream, books.gateway.stream(REQUEST, PURPOSE))
    assert [next(items), next(items)][1:] == [Reply((Text("ok"),), FinishReason.STOP, USAGE)]
    items.close()
    assert the_end(books).amount == COST


def test_ctrl_c_in_the_middle_of_a_stream_is_booked(ledger: Ledger) -> None:
    books = open_books(ledger, speaks_until_closed())
    with pytest.raises(KeyboardInterrupt):
        started(books).throw(KeyboardInterrupt())
    assert the_end(books).amount == WORST


def test_cancel_from_another_thread_ends_the_call_and_says_so(ledger: Ledger) -> None:
    streaming, cut = Event(), Event()

    def stalls(request: Request, permit: Permit) -> Stream:
        permit.sent()
        permit.on_cancel(cut.set)
        yield TextDelta("on and on")
        streaming.set()
        assert cut.wait(60)
        raise StreamCut("the socket was closed", usage=PARTIAL)

    books = open_books(ledger, stalls, answers())
    inner = books.gateway.within(ScopePart("run", "r1"), usd(1)).within(ScopePart("attempt", "a1"))
    raised: list[TokenroiError] = []

    def work() -> None:
        try:
            list(inner.stream(REQUEST, PURPOSE))
        except TokenroiError as error:
            raised.append(error)

    worker = Thread(target=work)
    worker.start()
    assert streaming.wait(60)
    books.gateway.cancel()
    worker.join(10)
    assert [type(error) for error in raised] == [Interrupted]
    assert the_end(books).amount == LOWERED
    books.gateway.cancel()
    assert say(books)[-1:] == [Reply((Text("ok"),), FinishReason.STOP, USAGE)]
