"""The one door through which the program talks to models, as those who use it see it."""

from collections.abc import Callable, Iterator
from typing import Protocol

from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.message import Request, StreamItem
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import ScopePart


class ModelGateway(Protocol):
    """Reserves, sends, settles. `money.gateway` is the one that mints permits; retries and caches wrap it."""

    def stream(self, request: Request, purpose: Purpose) -> Iterator[StreamItem]:
        """Deltas, then one Reply; the call is booked when the stream ends, however it ends.

        Raises BudgetRefused, Unpriced or NotConfigured before anything is sent, and ProviderError after.
        """
        ...

    def within(self, part: ScopePart, cap: Money | None = None) -> "ModelGateway":
        """The same door, charging one more scope element, under one more cap."""
        ...

    def timed(self, seconds_left: Callable[[], float]) -> "ModelGateway":
        """The same door for a Run that has so many seconds left: nothing is waited for any longer."""
        ...

    def cancel(self) -> None:
        """From any thread: ends the calls in flight; what they cost is booked."""
        ...
