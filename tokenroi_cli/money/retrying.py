"""Retries are ours alone: each is a call of its own, with a reservation of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import random

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
from tokenroi_cli.domain.message import HiddenDelta, Request, StreamItem
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.money.pauses import Breaker
from tokenroi_cli.money.streams import close


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long."""

    attempts: int = 3
    cuts: int = 1
    """Retries after a stream that broke: each has probably been billed."""
    seconds: float = 120.0
    """From the first attempt to the start of the last, outside a Run, where there is no other clock."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """A ModelGateway that tries again where nothing of the answer has been passed on yet."""

    gateway: ModelGateway
    patience: Patience = Patience()
    seconds_left: Callable[[], float] | None = None
    """Of the Run; None outside of one."""
    jitter: Callable[[], float] = random
    """From 0 to 1: how much of a quarter is added to a pause that nobody asked for, so that many who fail
    together do not come back together."""
    on_retry: Callable[[ProviderError, float], None] = lambda _failure, _seconds: None
    """Told of each failure that is tried again, and of the seconds until then."""
    breaker: Breaker = field(default_factory=Breaker, repr=False)

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        """As the gateway within. Raises the last ProviderError, Interrupted when cancelled in a pause."""
        cancelled, until = self.breaker.event, self._until()
        failures: list[ProviderError] = []
        while True:
            items, spoken = self.gateway.stream(request, purpose), False
            try:
                for item in items:
                    spoken = spoken or not isinstance(item, HiddenDelta)
                    yield item
            except ProviderError as error:
                failures.append(error)
                if spoken:
                    raise
                pause = delay(failures, self.patience, self.jitter())
                if pause is None or self.breaker.clock() + pause > until:
                    raise
            else:
                return
            finally:
                close(items)
            self.on_retry(failures[-1], pause)
            if self.breaker.wait(cancelled, pause):
                raise Interrupted("cancelled before the next attempt") from failures[-1]
            purpose = purpose.retrying(failures[-1].call_id)

    def within(self, part: ScopePart, cap: Money | None = None) -> "Retrying":
        return replace(self, gateway=self.gateway.within(part, cap))

    def timed(self, seconds_left: Callable[[], float]) -> "Retrying":
        return replace(self, gateway=self.gateway.timed(seconds_left), seconds_left=seconds_left)

    def cancel(self) -> None:
        self.breaker.trip()
        self.gateway.cancel()

    def _until(self) -> float:
        """When a call that begins now is tried for the last time at the latest."""
        left = self.patience.seconds if self.seconds_left is None else self.seconds_left()
        return self.breaker.clock() + left


def delay(failures: list[ProviderError], patience: Patience, jitter: float = 0.0) -> float | None:
    """Seconds to wait after these failures of one call; None: it is not tried again."""
    last, tried = failures[-1], len(failures)
    if tried >= patience.attempts or not _passing(last):
        return None
    if sum(isinstance(failure, StreamCut) for failure in failures) > patience.cuts:
        return None
    asked = last.retry_after if isinstance(last, Rejected) else None
    return 2 ** (tried - 1) * (1 + jitter / 4) if asked is None else max(0.0, asked)


def _passing(failure: ProviderError) -> bool:
    """Whether it may be over soon: not so a quota, a refused key, a bad request."""
    if isinstance(failure, Rejected):
        return isinstance(failure, RateLimited) or failure.status >= 500
    return isinstance(failure, ConnectionFailed | StreamCut)
