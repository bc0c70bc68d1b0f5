"""The statements of the ledger. Each runs inside a transaction of its caller."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from tokenroi_cli.domain.call import Call, CallEvent, CallState
from tokenroi_cli.domain.errors import Bug
from tokenroi_cli.domain.money import ZERO, Money, decimal_usd
from tokenroi_cli.domain.scope import Budget, Scope, ScopePart, Totals
from tokenroi_cli.money import records

FROZEN_KINDS = ("project", "session", "run", "attempt")
"""What an overrun freezes of a call's scope."""

PAGE = 500
"""Calls read at a time, so that a long report holds up nobody who pays."""


def reserve(db: sqlite3.Connection, call: Call, event: CallEvent) -> None:
    """Adds the call, its first event, and its worst case to every scope element."""
    path = _shared(db, "paths", "path", records.write_scope(call.scope))
    price = _shared(db, "prices", "price", records.write_price(call.price))
    number = _insert(db, "calls", records.call_row(call, path, price))
    _insert(db, "in_flight", {"call": number, "state": event.state.value, "worst": event.amount})
    _insert(db, "events", records.event_row(event, number))
    charge(db, call.scope, Totals(calls=1, in_flight=event.amount))


def mark_sent(db: sqlite3.Connection, call_id: str, at: str) -> bool:
    """False when the call is not reserved (any more)."""
    row = db.execute(
        "SELECT call, worst FROM in_flight JOIN calls ON number = call WHERE id = ? AND state = ?",
        (call_id, CallState.RESERVED.value),
    ).fetchone()
    if row is None:
        return False
    db.execute("UPDATE in_flight SET state = ? WHERE call = ?", (CallState.SENT.value, row["call"]))
    event = CallEvent(call_id, CallState.SENT, Money(row["worst"]), at)
    _insert(db, "events", records.event_row(event, row["call"]))
    return True


def end(db: sqlite3.Connection, event: CallEvent) -> CallEvent:
    """Adds a terminal event and moves the money in every scope element, once; returns the one that stands."""
    row = db.execute(
        "SELECT number, calls.model, paths.path, worst FROM calls JOIN paths ON paths.id = calls.path "
        "LEFT JOIN in_flight ON in_flight.call = number WHERE calls.id = ?",
        (event.call_id,),
    ).fetchone()
    if row is None:
        raise Bug(f"call {event.call_id} ended without having been reserved")
    if row["worst"] is None:
        return records.read_event(last_event(db, row["number"]), event.call_id)
    scope = records.read_scope(row["path"])
    db.execute("DELETE FROM in_flight WHERE call = ?", (row["number"],))
    _insert(db, "events", records.event_row(event, row["number"]))
    charge(
        db,
        scope,
        Totals(
            settled=_amount(event, CallState.SETTLED),
            unknown=_amount(event, CallState.UNKNOWN),
            in_flight=Money(-row["worst"]),
        ),
    )
    if event.amount > row["worst"]:
        for part in _holding(scope):
            freeze(db, part, _overrun(event, row["model"], Money(row["worst"])))
    return event


def _holding(scope: Scope) -> Scope:
    """The elements that an overrun freezes: the project and all within it; days and months go on."""
    held = tuple(part for part in scope if part.kind in FROZEN_KINDS)
    return held or scope[-1:]


def _overrun(event: CallEvent, model: str, worst: Money) -> str:
    spent, most = decimal_usd(event.amount), decimal_usd(worst)
    return f"{model} cost ${spent}, and ${most} was the most that it could (call {event.call_id})"


def correct(db: sqlite3.Connection, event: CallEvent) -> bool:
    """Adds a correction of a call that has ended, and moves the money; False when it changes nothing."""
    row = db.execute(
        "SELECT number, paths.path FROM calls JOIN paths ON paths.id = calls.path WHERE calls.id = ?",
        (event.call_id,),
    ).fetchone()
    before = records.read_event(last_event(db, row["number"]), event.call_id)
    if not before.state.terminal or (before.state, before.amount) == (event.state, event.amount):
        return False
    _insert(db, "events", records.event_row(event, row["number"]))
    change = Totals(
        settled=Money(_amount(event, CallState.SETTLED) - _amount(before, CallState.SETTLED)),
        unknown=Money(_amount(event, CallState.UNKNOWN) - _amount(before, CallState.UNKNOWN)),
    )
    charge(db, records.read_scope(row["path"]), change)
    return True


def _amount(event: CallEvent, state: CallState) -> Money:
    return event.amount if event.state is state else ZERO


def told(db: sqlite3.Connection, budget: Budget, percent: int) -> bool:
    """Whether the user has been told that this much of the budget is spent."""
    found = db.execute(
        "SELECT 1 FROM alerts WHERE kind = ? AND key = ? AND cap = ? AND percent = ?",
        (*_key(budget.part), budget.cap, percent),
    )
    return found.fetchone() is not None


def tell(db: sqlite3.Connection, budget: Budget, percent: int) -> None:
    """Remembers that the user is told, here and now."""
    db.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?)", (*_key(budget.part), budget.cap, percent))


def charge(db: sqlite3.Connection, scope: Scope, change: Totals) -> None:
    """Adds `change`, which may be negative, to the running total of every element."""
    for part in dict.fromkeys(scope):
        db.execute("INSERT OR IGNORE INTO scopes (kind, key) VALUES (?, ?)", _key(part))
        db.execute(
            "UPDATE scopes SET calls = calls + ?, settled = settled + ?, unknown = unknown + ?, "
            "in_flight = in_flight + ? WHERE kind = ? AND key = ?",
            (change.calls, change.settled, change.unknown, change.in_flight, *_key(part)),
        )


def totals(db: sqlite3.Connection, part: ScopePart) -> Totals:
    row = _scope(db, part)
    return Totals() if row is None else _totals(row)


def _totals(row: sqlite3.Row) -> Totals:
    return Totals(row["calls"], Money(row["settled"]), Money(row["unknown"]), Money(row["in_flight"]))


def frozen(db: sqlite3.Connection, part: ScopePart) -> str | None:
    """Why nothing more may be charged here; None when it may."""
    row = _scope(db, part)
    return row["frozen"] if row else None


def freeze(db: sqlite3.Connection, part: ScopePart, why: str) -> None:
    db.execute("UPDATE scopes SET frozen = ? WHERE kind = ? AND key = ?", (why, *_key(part)))


def thaw(db: sqlite3.Connection, why: str) -> None:
    """Lets every element spend again that was frozen for this reason."""
    db.execute("UPDATE scopes SET frozen = NULL WHERE frozen = ?", (why,))


def scopes(db: sqlite3.Connection, where: str, *values: str) -> list[tuple[ScopePart, Totals, str | None]]:
    """The elements that meet an SQL condition, with their sums and why they are frozen."""
    rows = db.execute(f"SELECT * FROM scopes WHERE {where} ORDER BY kind, key LIMIT {PAGE}", values)
    return [(ScopePart(row["kind"], row["key"]), _totals(row), row["frozen"]) for row in rows]


def in_flight(db: sqlite3.Connection, owner_kind: str) -> list[sqlite3.Row]:
    """Calls that have not ended: `id, owner_key, state, worst`."""
    return db.execute(
        "SELECT id, owner_key, state, worst FROM in_flight JOIN calls ON number = call WHERE owner_kind = ?",
        (owner_kind,),
    ).fetchall()


def calls(db: sqlite3.Connection, after: int, where: Mapping[str, str]) -> list[sqlite3.Row]:
    """A page of calls numbered above `after` that meet every condition, with `path_text` and `price_text`.

    `where` maps an SQL condition with one `?` to its value.
    """
    conditions = " AND ".join(["number > ?", *where])
    return db.execute(
        "SELECT calls.*, paths.path AS path_text, prices.price AS price_text FROM calls "
        "JOIN paths ON paths.id = calls.path JOIN prices ON prices.id = calls.price "
        f"WHERE {conditions} ORDER BY number LIMIT {PAGE}",
        (after, *where.values()),
    ).fetchall()


def repeated(db: sqlite3.Connection, since: str) -> frozenset[str]:
    """Ids of the calls that a later one repeats."""
    rows = db.execute("SELECT retry_of FROM calls WHERE retry_of IS NOT NULL AND at >= ?", (since,))
    return frozenset(row["retry_of"] for row in rows)


def latest(db: sqlite3.Connection) -> str | None:
    """The latest time of any reservation: not that of the last one, when the clock was set back meanwhile."""
    (at,) = db.execute("SELECT MAX(at) FROM calls").fetchone()
    return None if at is None else str(at)


def count(db: sqlite3.Connection) -> int:
    """All calls: they are numbered from 1, and none ever goes."""
    (number,) = db.execute("SELECT MAX(number) FROM calls").fetchone()
    return number or 0


def last_event(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    """The newest event of the call with this number: the terminal one, once there is one."""
    row: sqlite3.Row = db.execute(
        "SELECT * FROM events WHERE call = ? ORDER BY number DESC LIMIT 1", (number,)
    ).fetchone()
    return row


def last_events(db: sqlite3.Connection, first: int, last: int) -> Mapping[int, sqlite3.Row]:
    """The newest event of each call with a number from `first` to `last`, by that number."""
    rows = db.execute(
        "SELECT * FROM events WHERE number IN "
        "(SELECT MAX(number) FROM events WHERE call BETWEEN ? AND ? GROUP BY call)",
        (first, last),
    )
    return {row["call"]: row for row in rows}


def last_told(db: sqlite3.Connection, session: str) -> sqlite3.Row | None:
    """The newest event of a session that holds token counts."""
    row: sqlite3.Row | None = db.execute(
        "SELECT events.* FROM events JOIN calls ON calls.number = events.call "
        "WHERE calls.session = ? AND events.fresh IS NOT NULL ORDER BY events.number DESC LIMIT 1",
        (session,),
    ).fetchone()
    return row


def _scope(db: sqlite3.Connection, part: ScopePart) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM scopes WHERE kind = ? AND key = ?", _key(part)
    ).fetchone()
    return row


def _key(part: ScopePart) -> tuple[str, str]:
    return records.plain(part.kind), records.plain(part.key)


def _shared(db: sqlite3.Connection, table: str, column: str, text: str) -> int:
    """The row that holds this text, for all who share it."""
    db.execute(f"INSERT OR IGNORE INTO {table} ({column}) VALUES (?)", (text,))
    (row,) = db.execute(f"SELECT id FROM {table} WHERE {column} = ?", (text,)).fetchone()
    return int(row)


def _insert(db: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    columns = ", ".join(row)
    values = ", ".join(f":{column}" for column in row)
    return db.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", row).lastrowid or 0
