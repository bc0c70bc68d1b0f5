"""Retries: only what may pass, only before anything was said, each one a call of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import cast

import pytest

from tests.money.paying import (
    PURPOSE,
    SESSION,
    USAGE,
    Billing,
    Books,
    Script,
    Stream,
    a_request,
    answers,
    fails,
)
from tokenroi_cli.domain.call import Permit, Purpose, Stage
from tokenroi_cli.domain.errors import (
    BudgetRefused,
    ConnectionFailed,
    Interrupted,
    ProviderError,
    RateLimited,
    Rejected,
    ScriptExhausted,
    StreamCut,
)
from tokenroi_cli.domain.gateway import ModelGateway
from tokenroi_cli.domain.message import FinishReason, HiddenDelta, Reply, Request, StreamItem, Text, TextDelta
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.pauses import Breaker
from tokenroi_cli.money.retrying import Patience, Retrying, delay

REQUEST = a_request()
ANSWER: list[StreamItem] = [TextDelta("ok"), Reply((Text("ok"),), FinishReason.STOP, USAGE)]
SLOW_DOWN = RateLimited("slow down", status=429)
QUOTA = Rejected("your quota is used up", status=429)


@dataclass
class Wall:
    """A clock that moves only while somebody waits."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    retries: list[tuple[ProviderError, float]] = field(default_factory=list)

    def told(self, failure: ProviderError, seconds: float) -> None:
        self.retries.append((failure, seconds))

    def __call__(self) -> float:
        return self.now

    def wait(self, event: Event, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.now += seconds
        return event.is_set()


def trying(ledger: Ledger, *scripts: Script) -> tuple[Retrying, Books, Wall]:
    books, wall = Books(ledger, Billing(list(scripts))), Wall()
    return steady(books.gateway, wall), books, wall


def steady(gateway: ModelGateway, wall: Wall, attempts: int = 3) -> Retrying:
    """Retries on the clock of the wall, without jitter."""
    breaker = Breaker(wall, wall.wait)
    return Retrying(gateway, Patience(attempts), jitter=lambda: 0.0, on_retry=wall.told, breaker=breaker)


def failing(error: ProviderError, after: int = 0) -> Script:
    return fails(error, Stage.ANSWERED, after)


@pytest.mark.parametrize(
    ("failure", "pause"),
    [
        (Rejected("trouble", status=500), 1.0),
        (Rejected("overloaded", status=529), 1.0),
        (SLOW_DOWN, 1.0),
        (RateLimited("slow down", status=429, retry_after=17), 17.0),
        (RateLimited("slow down", status=429, retry_after=-5), 0.0),
        (ConnectionFailed("refused"), 1.0),
        (StreamCut("cut"), 1.0),
    ],
)
def test_what_may_pass_is_tried_again_as_a_call_of_its_own(
    ledger: Ledger, failure: ProviderError, pause: float
) -> None:
    retrying, books, wall = trying(ledger, failing(failure), answers())
    assert list(retrying.stream(REQUEST, PURPOSE)) == ANSWER
    assert [(call.id, call.purpose) for call, _ in books.ended] == [
        ("c1", PURPOSE),
        ("c2", PURPOSE.retrying("c1")),
    ]
    assert wall.pauses == [pause]
    assert wall.retries == [(failure, pause)], "nobody waits without a word"


@pytest.mark.parametrize(
    "failure",
    [
        QUOTA,
        *(Rejected("no", status=status) for status in (400, 401, 402, 403, 404, 413, 422)),
        RateLimited("tomorrow", status=429, retry_after=Patience().seconds + 1),
        ScriptExhausted("nothing left"),
        ProviderError("who knows"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(ledger: Ledger, failure: ProviderError) -> None:
    retrying, books, wall = trying(ledger, failing(failure), answers())
    with pytest.raises(type(failure)):
        list(retrying.stream(REQUEST, PURPOSE))
    assert (len(books.ended), wall.pauses) == (1, [])


@pytest.mark.parametrize("failure", [SLOW_DOWN, StreamCut("cut")])
def test_nothing_is_tried_again_once_something_was_said(ledger: Ledger, failure: ProviderError) -> None:
    retrying, books, _ = trying(ledger, failing(failure, after=1), answers())
    with pytest.raises(type(failure)):
        list(retrying.stream(REQUEST, PURPOSE))
    assert len(books.ended) == 1


def test_the_last_failure_is_raised_after_three_attempts(ledger: Ledger) -> None:
    retrying, books, wall = trying(ledger, failing(Rejected("trouble", status=503)))
    with pytest.raises(Rejected):
        list(retrying.stream(REQUEST, PURPOSE))
    assert [call.purpose.retry_of for call, _ in books.ended] == [None, "c1", "c2"]
    assert wall.pauses == [1.0, 2.0]


def test_a_stream_that_broke_is_tried_again_once(ledger: Ledger) -> None:
    retrying, books, _ = trying(ledger, failing(StreamCut("cut")))
    with pytest.raises(StreamCut):
        list(retrying.stream(REQUEST, PURPOSE))
    assert len(books.ended) == 2


def test_no_attempt_starts_after_the_time_is_up() -> None:
    slow = RateLimited("slow down", status=429, retry_after=50)
    assert delay([slow, slow], Patience()) == 50
    assert delay([slow, slow, slow], Patience()) is None


def test_the_time_of_all_pauses_is_bounded(ledger: Ledger) -> None:
    retrying, _, wall = trying(ledger, failing(RateLimited("slow down", status=429, retry_after=50)))
    patient = steady(retrying.gateway, wall, attempts=100)
    with pytest.raises(RateLimited):
        list(patient.stream(REQUEST, PURPOSE))
    assert wall.pauses == [50, 50]


def test_a_run_has_a_clock_of_its_own(ledger: Ledger) -> None:
    """What the provider asks for is waited for as long as the Run may last, and no longer."""
    slow = RateLimited("slow down", status=429, retry_after=600)
    retrying, _, wall = trying(ledger, failing(slow), failing(slow), answers())
    with pytest.raises(RateLimited):
        list(retrying.timed(lambda: 1000 - wall.now).stream(REQUEST, PURPOSE))
    assert wall.pauses == [600]


def test_what_a_run_has_time_for_is_waited_for(ledger: Ledger) -> None:
    slow = RateLimited("slow down", status=429, retry_after=600)
    retrying, _, wall = trying(ledger, failing(slow), failing(slow), answers())
    assert list(retrying.timed(lambda: 1800 - wall.now).stream(REQUEST, PURPOSE)) == ANSWER
    assert wall.pauses == [600, 600]


def test_pauses_that_nobody_asked_for_differ_by_up_to_a_quarter() -> None:
    assert delay([SLOW_DOWN], Patience(), 0.0) == 1.0
    assert delay([SLOW_DOWN, SLOW_DOWN], Patience(), 1.0) == 2.5
    asked = RateLimited("slow down", status=429, retry_after=7)
    assert delay([asked], Patience(), 1.0) == 7


def test_thoughts_that_nobody_saw_do_not_keep_a_broken_stream_from_being_tried_again(ledger: Ledger) -> None:
    def thinks(request: Request, permit: Permit) -> Stream:
        permit.sent()
        permit.stage = Stage.ANSWERED
        yield HiddenDelta("hm")
        raise StreamCut("cut")

    retrying, books, _ = trying(ledger, thinks, answers())
    assert list(retrying.stream(REQUEST, PURPOSE)) == [HiddenDelta("hm"), *ANSWER]
    assert len(books.ended) == 2


def test_a_refusal_of_the_budget_is_never_tried_again(ledger: Ledger) -> None:
    retrying, books, wall = trying(ledger, answers())
    with pytest.raises(BudgetRefused):
        list(retrying.within(ScopePart("run", "r1"), Money(1)).stream(REQUEST, PURPOSE))
    assert (books.ended, wall.pauses) == ([], [])


def test_within_and_cancel_reach_the_door_inside(ledger: Ledger) -> None:
    retrying, books, _ = trying(ledger, answers())
    list(retrying.within(ScopePart("attempt", "a1")).stream(REQUEST, PURPOSE))
    assert books.ended[0][0].scope[2:] == (SESSION, ScopePart("attempt", "a1"))


def test_cancel_ends_a_pause(ledger: Ledger) -> None:
    books = Books(ledger, Billing([failing(SLOW_DOWN), answers()]))

    def wait(event: Event, seconds: float) -> bool:
        retrying.cancel()
        return event.wait(0)

    retrying = Retrying(books.gateway, breaker=Breaker(wait=wait))
    with pytest.raises(Interrupted):
        list(retrying.within(SESSION).stream(REQUEST, PURPOSE))
    assert len(books.ended) == 1
    assert list(retrying.stream(REQUEST, PURPOSE)) == ANSWER


def test_closing_the_stream_closes_the_call(ledger: Ledger) -> None:
    retrying, books, _ = trying(ledger, failing(SLOW_DOWN, after=5))
    items = cast(Stream, retrying.stream(REQUEST, PURPOSE))
    next(items)
    items.close()
    assert len(books.ended) == 1


def test_an_inner_door_that_forgets_its_calls_is_retried_all_the_same() -> None:
    class Forgetful:
        tries = count()

        def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
            if next(self.tries) == 0:
                raise ConnectionFailed("refused")
            assert purpose.retry_of is None
            yield from ANSWER

        def within(self, part: ScopePart, cap: Money | None = None) -> "Forgetful":
            return self

        def timed(self, seconds_left: Callable[[], float]) -> "Forgetful":
            return self

        def cancel(self) -> None: ...

    assert list(steady(Forgetful(), Wall()).stream(REQUEST, PURPOSE)) == ANSWER
