"""Waiting that a person can end: for a provider that asks for a pause, for room in a budget."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event


def wait(event: Event, seconds: float) -> bool:
    """Waits on the wall; true when it was woken."""
    return event.wait(seconds)


@dataclass(slots=True)
class Breaker:
    """What wakes those who wait."""

    clock: Callable[[], float] = time.monotonic
    """Seconds."""
    wait: Callable[[Event, float], bool] = field(default=wait, repr=False)
    event: Event = field(default_factory=Event, repr=False)

    def trip(self) -> None:
        """From any thread: wakes those who wait now; who waits later is not concerned."""
        tripped, self.event = self.event, Event()
        tripped.set()
