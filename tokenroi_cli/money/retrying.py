"""Retries are ours alone: each is a call of its own, with a reservation of its own."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from threading import Event

from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import (
    ConnectionFailed,
    Interrupted,
    ProviderError,
    RateLimited,
    Rejected,
    StreamCut,
)
from tokenroi_cli.domain.gateway import ModelGateway
from tokenroi_cli.domain.message import Request, StreamItem
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.money.streams import close

LONGEST_WAIT_S = 60.0
"""A provider that asks for a longer pause is given up: the user should know."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long."""

    attempts: int = 3
    cuts: int = 1
    """Retries after a stream that broke: each has probably been billed."""
    seconds: float = 120.0
    """From the first attempt to the start of the last."""


class Breaker:
    """What wakes those who wait between two attempts."""

    def __init__(self) -> None:
        self.event = Event()

    def trip(self) -> None:
        """Wakes those who wait now; who waits later is not concerned."""
        tripped, self.event = self.event, Event()
        tripped.set()


def wait(event: Event, seconds: float) -> bool:
    """Waits on the wall; true when it was woken."""
    return event.wait(seconds)


@dataclass(frozen=True, slots=True)
class Retrying:
    """A ModelGateway that tries again where nothing of the answer has been passed on yet."""

    gateway: ModelGateway
    patience: Patience = Patience()
    clock: Callable[[], float] = time.monotonic
    """Seconds."""
    wait: Callable[[Event, float], bool] = wait
    on_retry: Callable[[ProviderError, float], None] = lambda _failure, _seconds: None
    """Told of each failure that is tried again, and of the seconds until then."""
    breaker: Breaker = field(default_factory=Breaker, repr=False)

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        """As the gateway within. Raises the last ProviderError, Interrupted when cancelled in a pause."""
        cancelled, until = self.breaker.event, self.clock() + self.patience.seconds
        failures: list[ProviderError] = []
        while True:
            items = self.gateway.stream(request, purpose)
            try:
                first = next(items)
            except ProviderError as error:
                failures.append(error)
                pause = delay(failures, self.patience)
                if pause is None or self.clock() + pause > until:
                    raise
            else:
                try:
                    yield first
                    yield from items
                finally:
                    close(items)
                return
            self.on_retry(failures[-1], pause)
            if self.wait(cancelled, pause):
                raise Interrupted("cancelled before the next attempt") from failures[-1]
            purpose = purpose.retrying(failures[-1].call_id)

    def within(self, part: ScopePart, cap: Money | None = None) -> "Retrying":
        return replace(self, gateway=self.gateway.within(part, cap))

    def cancel(self) -> None:
        self.breaker.trip()
        self.gateway.cancel()


def delay(failures: list[ProviderError], patience: Patience) -> float | None:
    """Seconds to wait after these failures of one call; None: it is not tried again."""
    last, tried = failures[-1], len(failures)
    if tried >= patience.attempts or not _passing(last):
        return None
    if sum(isinstance(failure, StreamCut) for failure in failures) > patience.cuts:
        return None
    asked = last.retry_after if isinstance(last, Rejected) else None
    if asked is None:
        return float(2 ** (tried - 1))
    return max(0.0, asked) if asked <= LONGEST_WAIT_S else None


def _passing(failure: ProviderError) -> bool:
    """Whether it may be over soon: not so a quota, a refused key, a bad request."""
    if isinstance(failure, Rejected):
        return isinstance(failure, RateLimited) or failure.status >= 500
    return isinstance(failure, ConnectionFailed | StreamCut)
