"""Every call and what became of it, across processes: `reserve -> sent -> settled | unknown | released`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from sqlite3 import Connection, Row

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Owner, OwnerKind
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import ZERO, Money, decimal_usd, usd
from tokenroi_cli.domain.scope import Budget, Scope, ScopePart, Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money import records, statements
from tokenroi_cli.money.budgets import Room, fits, reached
from tokenroi_cli.money.database import LONG_PATIENCE_S, PATIENCE_S, Database
from tokenroi_cli.money.mounts import shared_filesystem

LARGEST = usd(1_000_000)
"""No call is worth more; what claims to be is a mistake, and would not fit the ledger's integers."""


@dataclass(frozen=True, slots=True)
class BookedCall:
    """A call and the last that is known of it."""

    call: Call
    event: CallEvent


class Ledger:
    """The book. Every method is one transaction, and may be called from any thread.

    All raise BudgetRefused, reason `ledger`, when the file cannot be read or written: then nothing is
    spent, or what was reserved stays charged.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime], patience_s: float = PATIENCE_S) -> None:
        self._database = Database(path, patience_s)
        self._clock = clock
        self.shared_filesystem = shared_filesystem(path.parent)
        """The type of the file system below it, where that cannot keep several processes apart."""

    def reserve(self, call: Call, worst: Money, budgets: Sequence[Budget] = ()) -> None:
        """Charges the worst case to every scope element of the call, if every budget has room for it.

        Raises BudgetRefused, and then nothing is charged: a budget is too small, or (reason `frozen`)
        an element is frozen.
        """
        if worst > LARGEST:
            raise BudgetRefused(f"a call that may cost ${decimal_usd(worst)} is refused", "lower max_tokens")
        self._database.check_space()
        with self._database.write() as db:
            _refuse_frozen(db, call.scope)
            for room in _rooms(db, budgets):
                if not fits(room, worst):
                    raise room.refusal(worst)
            statements.reserve(db, call, CallEvent(call.id, CallState.RESERVED, worst, call.at))

    def check_frozen(self, scope: Scope) -> None:
        """Raises BudgetRefused, reason `frozen`, where an element may not spend."""
        with self._database.read() as db:
            _refuse_frozen(db, scope)

    def sent(self, call_id: str) -> None:
        """Makes durable that the request is about to leave.

        Raises BudgetRefused, reason `ledger`, when the reservation is not there to be used (any more).
        """
        with self._database.write() as db:
            if not statements.mark_sent(db, call_id, self._now()):
                raise BudgetRefused(f"call {call_id} is not reserved", "try again", reason="ledger")

    def settle(
        self,
        call_id: str,
        amount: Money,
        usage: Usage | None,
        *,
        model: str | None = None,
        note: str = "",
        answer_id: str | None = None,
    ) -> CallEvent:
        """Ends the call at what it cost. More than was reserved freezes its project and all within it.

        As with every ending, the first one stands and is returned; a later one changes nothing.
        """
        at = self._now()
        return self._end(CallEvent(call_id, CallState.SETTLED, amount, at, usage, model, note, answer_id))

    def unknown(
        self,
        call_id: str,
        amount: Money,
        usage: Usage | None = None,
        note: str = "",
        answer_id: str | None = None,
    ) -> CallEvent:
        """Ends the call at the most that it can have cost."""
        at = self._now()
        return self._end(CallEvent(call_id, CallState.UNKNOWN, amount, at, usage, None, note, answer_id))

    def release(self, call_id: str, note: str = "") -> CallEvent:
        """Ends the call at nothing: only on proof that it was not billed."""
        return self._end(CallEvent(call_id, CallState.RELEASED, ZERO, self._now(), note=note))

    def recover(self, is_alive: Callable[[Owner], bool]) -> int:
        """Ends what dead processes left: reserved calls at nothing, sent ones in full. Returns how many."""
        with self._database.write() as db:
            rows = statements.in_flight(db, OwnerKind.PROCESS)
            keys = {row["owner_key"] for row in rows}
            dead = {key for key in keys if not is_alive(Owner(OwnerKind.PROCESS, key))}
            orphans = [row for row in rows if row["owner_key"] in dead]
            for row in orphans:
                sent = row["state"] == CallState.SENT
                state, amount = (CallState.UNKNOWN, row["worst"]) if sent else (CallState.RELEASED, ZERO)
                statements.end(db, CallEvent(row["id"], state, amount, self._now(), note="its process died"))
        return len(orphans)

    def correct(self, event: CallEvent) -> bool:
        """Books later evidence of what a call that has ended cost; False when it changes nothing."""
        with self._database.write(LONG_PATIENCE_S) as db:
            return statements.correct(db, event)

    def thaw(self, part: ScopePart) -> str | None:
        """Lets a frozen element spend again, and all that was frozen for the same reason.

        Returns the reason; None when it was not frozen.
        """
        with self._database.write() as db:
            why = statements.frozen(db, part)
            if why is not None:
                statements.thaw(db, why)
        return why

    def frozen(self, part: ScopePart) -> str | None:
        """Why an element may not spend; None when it may."""
        with self._database.read() as db:
            return statements.frozen(db, part)

    def scopes_frozen(self) -> tuple[tuple[ScopePart, Totals, str | None], ...]:
        """Every frozen element, with its sums and the reason."""
        with self._database.read() as db:
            return tuple(statements.scopes(db, "frozen IS NOT NULL"))

    def totals(self, part: ScopePart) -> Totals:
        with self._database.read() as db:
            return statements.totals(db, part)

    def rooms(self, budgets: Iterable[Budget]) -> list[Room]:
        """What is left of each budget, the tightest first."""
        with self._database.read() as db:
            return sorted(_rooms(db, budgets), key=lambda room: room.left)

    def newly_reached(
        self, budgets: Sequence[Budget], *, used_up: Budget | None = None
    ) -> list[tuple[Room, int]]:
        """The thresholds in percent that nobody was told of; they count as told with this.

        `used_up` is a budget that could not pay for one more call: it counts as spent in full.
        """
        with self._database.read() as db:
            new = list(_untold(db, budgets, used_up))
        if not new:
            return []
        with self._database.write(LONG_PATIENCE_S) as db:  # who comes second finds it told
            new = list(_untold(db, budgets, used_up))
            for room, percent in new:
                statements.tell(db, room.budget, percent)
        return new

    def booked(
        self, *, since: datetime | None = None, session: str | None = None, spec: str | None = None
    ) -> Iterator[BookedCall]:
        """Calls in the order of their reservation, each with its last event."""
        start = iso(since) if since else None
        conditions = {"at >= ?": start, "session = ?": session, "spec = ?": spec}
        where = {condition: value for condition, value in conditions.items() if value is not None}
        after = 0
        while page := self._page(after, where):
            yield from (booked for _, booked in page)
            after = page[-1][0]

    def repeated(self, since: datetime | None = None) -> frozenset[str]:
        """Ids of the calls that were tried again by one that began since."""
        with self._database.read() as db:
            return statements.repeated(db, iso(since) if since else "")

    def latest(self) -> datetime | None:
        """The latest time at which any call was reserved; None before the first."""
        with self._database.read() as db:
            at = statements.latest(db)
        return None if at is None else datetime.fromisoformat(at)

    def count(self) -> int:
        """Calls, whatever became of them."""
        with self._database.read() as db:
            return statements.count(db)

    def last_usage(self, session: str) -> Usage | None:
        """The tokens of the newest call of a session that told them; None before the first."""
        with self._database.read() as db:
            row = statements.last_told(db, session)
        return records.read_usage(row) if row else None

    def close(self) -> None:
        self._database.close()

    def _page(self, after: int, where: dict[str, str]) -> list[tuple[int, BookedCall]]:
        with self._database.read() as db:
            rows = statements.calls(db, after, where)
            events = statements.last_events(db, rows[0]["number"], rows[-1]["number"]) if rows else {}
        return [(row["number"], _booked(row, events[row["number"]])) for row in rows]

    def _end(self, event: CallEvent) -> CallEvent:
        with self._database.write(LONG_PATIENCE_S) as db:
            return statements.end(db, replace(event, amount=Money(min(event.amount, LARGEST))))

    def _now(self) -> str:
        return iso(self._clock())


def _rooms(db: Connection, budgets: Iterable[Budget]) -> list[Room]:
    return [Room(budget, statements.totals(db, budget.part)) for budget in budgets]


def _untold(db: Connection, budgets: Iterable[Budget], used_up: Budget | None) -> Iterator[tuple[Room, int]]:
    for room in _rooms(db, dict.fromkeys(budgets)):
        percents = dict.fromkeys((*reached(room), *((100,) if room.budget == used_up else ())))
        yield from ((room, percent) for percent in percents if not statements.told(db, room.budget, percent))


def _refuse_frozen(db: Connection, scope: Scope) -> None:
    for part in scope:
        why = statements.frozen(db, part)
        if why is not None:
            raise BudgetRefused(
                f"{part.spoken} is frozen: {why}",
                "the provider broke its ceiling, or its price changed: compare `tokenroi prices MODEL` "
                f"with its list, then `tokenroi budget thaw {quote(str(part))}`",
                reason="frozen",
            )


def _booked(row: Row, event: Row) -> BookedCall:
    scope, price = records.read_scope(row["path_text"]), records.read_price(row["price_text"])
    call = records.read_call(row, scope, price)
    return BookedCall(call, records.read_event(event, call.id))


def iso(at: datetime) -> str:
    """ISO 8601 UTC to the millisecond, always of the same length, so that text sorts as time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
