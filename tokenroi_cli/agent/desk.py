"""What a turn works with: the same from its first step to its last."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag

from tokenroi_cli.agent.tools.tool import Bench
from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import Interrupted
from tokenroi_cli.domain.events import Answer, Event, Frontend, Question
from tokenroi_cli.domain.gateway import ModelGateway
from tokenroi_cli.policy.limits import Limits
from tokenroi_cli.policy.prompt import Stable
from tokenroi_cli.store.sessions import SessionStore


class RunClock:
    """Passes events and questions on, and counts what a Run has used: its steps, those of its sub-agents too,
    and its seconds, without those that a person takes to answer."""

    def __init__(self, frontend: Frontend, now: Callable[[], float]) -> None:
        self._frontend = frontend
        self._now = now
        self._began = now()
        self.steps = 0

    def emit(self, event: Event) -> None:
        self._frontend.emit(event)

    def ask(self, question: Question) -> Answer:
        asked = self._now()
        try:
            return self._frontend.ask(question)
        finally:
            self._began += self._now() - asked

    def elapsed(self) -> float:
        """Seconds of work since the Run began."""
        return self._now() - self._began


@dataclass(frozen=True, slots=True)
class Desk:
    """One Run's set-up: which door it calls through, where it writes, what it may do, when it must stop."""

    gateway: ModelGateway
    sessions: SessionStore
    clock: RunClock
    bench: Bench
    stable: Stable
    purpose: Purpose
    limits: Limits
    redact: Callable[[str], str]
    """Takes the user's own keys out of a text: none goes into a transcript, or to a provider in a prompt."""
    stopping: Flag
    """Set, from any thread, when the user wants the Run to end."""

    def check_stop(self) -> None:
        """Raises Interrupted once the user wants the Run to end."""
        if self.stopping.is_set():
            raise Interrupted("interrupted", "what was billed is booked; the session can be continued")
