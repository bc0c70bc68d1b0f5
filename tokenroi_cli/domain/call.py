"""A model call and what became of it. A Call never changes; its states are appended events."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.scope import Scope
from tokenroi_cli.domain.tier import Route, TaskKind
from tokenroi_cli.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is for: everything the ledger wants to know beside the request and the scope."""

    route: Route
    session: str
    entry: str | None = None
    spec: str | None = None
    attempt: int | None = None
    feature: str | None = None
    git_branch: str | None = None
    retry_of: str | None = None
    """Call id of the attempt on the wire that this one repeats."""

    def retrying(self, call_id: str | None) -> "Purpose":
        return replace(self, retry_of=call_id)

    @property
    def task(self) -> TaskKind:
        return self.route.task


class OwnerKind(StrEnum):
    PROCESS = "process"
    BATCH = "batch"
    LEASE = "lease"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a call in flight. Only a dead process is recovered."""

    kind: OwnerKind
    key: str
    """For a process: boot id, pid and start time, so that a reused pid is somebody else."""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt on the wire."""

    id: str
    at: str
    """ISO 8601 UTC, when it was reserved."""
    purpose: Purpose
    scope: Scope
    """From the widest element to the narrowest; the call is charged to every one."""
    owner: Owner
    price: Price
    """The rates in force when it was reserved; stored with the call."""


class CallState(StrEnum):
    RESERVED = "reserved"
    SENT = "sent"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    RELEASED = "released"

    @property
    def terminal(self) -> bool:
        return self in (CallState.SETTLED, CallState.UNKNOWN, CallState.RELEASED)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What became of a call, appended. Exactly one terminal event per Call."""

    call_id: str
    state: CallState
    amount: Money
    """Worst case while reserved or sent, and when unknown; the bill when settled; zero when released."""
    at: str
    """ISO 8601 UTC."""
    usage: Usage | None = None
    model: str | None = None
    """The model that the answer named, when it differs from the one asked."""
    note: str = ""
    answer_id: str | None = None
    """The provider's own name for the answer."""
    evidence: str | None = None
    """Where a correction comes from that was made after the call had ended; None for its one end."""

    @property
    def told(self) -> Usage | None:
        """The tokens of the whole call; None when nobody told them: a cut one told only its beginning."""
        return self.usage if self.state is CallState.SETTLED else None


class Stage(StrEnum):
    """How far a permit got: what decides whether a failed call can have been billed."""

    ISSUED = "issued"
    """Nothing left this machine."""
    SENT = "sent"
    """Marked durably; no byte written as far as we saw."""
    WRITING = "writing"
    """Bytes may have left: from here on only the provider can say that it is free."""
    ANSWERED = "answered"
    DONE = "done"


@dataclass(slots=True)
class Permit:
    """Leave to send one request, once. Only `money.gateway` makes one; no provider streams without it."""

    call: Call
    max_output: int
    """Tokens: the output ceiling that was reserved; a request above it is refused on the wire."""
    max_input: int
    """Tokens: the input bound that was reserved."""
    max_text: int
    """Bytes of text that the request may hold, all fields together: more was added by somebody else."""
    mark_sent: Callable[[], None] = field(repr=False)
    """Makes *sent* durable in the ledger. The provider calls it right before the socket opens."""
    cache_an_hour: bool = False
    """Whether the dearer cache that lasts an hour was reserved."""
    stage: Stage = Stage.ISSUED
    cancelled: bool = False
    _on_cancel: Callable[[], None] | None = field(default=None, repr=False)
    _taken: bool = field(default=False, repr=False)

    def take(self) -> None:
        """Spends the permit. Raises PermitSpent the second time."""
        if self._taken:
            raise PermitSpent(f"call {self.call.id}: its permit is spent; a retry is a call of its own")
        self._taken = True

    def sent(self) -> None:
        """Books the call as sent, durably."""
        self.mark_sent()
        self.stage = Stage.SENT

    def on_cancel(self, cut: Callable[[], None]) -> None:
        """What ends the transfer; the provider sets it once it has a connection."""
        self._on_cancel = cut

    def cancel(self) -> None:
        """From any thread: ends the transfer as soon as possible."""
        self.cancelled = True
        if self._on_cancel is not None:
            self._on_cancel()


class PermitSpent(RuntimeError):
    """A second request on one permit: a bug, stopped before a socket is touched."""
