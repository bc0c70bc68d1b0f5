"""Calls, events and scopes as rows of the ledger, and back."""

import json
import sqlite3
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Owner, OwnerKind, Purpose
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.scope import Scope, ScopePart
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.domain.usage import Usage

TOKENS = ("fresh", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
"""Columns of a Usage."""


def call_row(call: Call, path: int, price: int) -> dict[str, Any]:
    """The columns of `calls`; `path` and `price` are the rows that hold them."""
    purpose, route = call.purpose, call.purpose.route
    row = {
        "id": call.id,
        "at": call.at,
        "task": route.task.value,
        "tier": route.tier.value if route.tier else None,
        "model": route.model,
        "effort": route.effort,
        "reason": route.reason,
        "session": purpose.session,
        "entry": purpose.entry,
        "spec": purpose.spec,
        "attempt": purpose.attempt,
        "feature": purpose.feature,
        "git_branch": purpose.git_branch,
        "retry_of": purpose.retry_of,
        "owner_kind": call.owner.kind.value,
        "owner_key": call.owner.key,
        "path": path,
        "price": price,
    }
    return {column: plain(value) if isinstance(value, str) else value for column, value in row.items()}


def event_row(event: CallEvent, call: int) -> dict[str, Any]:
    """The columns of `events`; `call` is the number of its call."""
    usage = asdict(event.usage) if event.usage else dict.fromkeys(TOKENS)
    return {
        "call": call,
        "state": event.state.value,
        "amount": event.amount,
        "at": event.at,
        **usage,
        "model": None if event.model is None else plain(event.model),
        "note": plain(event.note),
        "answer_id": None if event.answer_id is None else plain(event.answer_id),
        "evidence": None if event.evidence is None else plain(event.evidence),
    }


def plain(text: str) -> str:
    """Text that SQLite takes: undecodable bytes of file and branch names are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()


def read_call(row: sqlite3.Row, scope: Scope, price: Price) -> Call:
    purpose = Purpose(
        route=Route(
            task=TaskKind(row["task"]),
            tier=Tier(row["tier"]) if row["tier"] else None,
            model=row["model"],
            effort=row["effort"],
            reason=row["reason"],
        ),
        session=row["session"],
        entry=row["entry"],
        spec=row["spec"],
        attempt=row["attempt"],
        feature=row["feature"],
        git_branch=row["git_branch"],
        retry_of=row["retry_of"],
    )
    owner = Owner(OwnerKind(row["owner_kind"]), row["owner_key"])
    return Call(row["id"], row["at"], purpose, scope, owner, price)


def read_event(row: sqlite3.Row, call_id: str) -> CallEvent:
    usage = None if row["fresh"] is None else read_usage(row)
    return CallEvent(
        call_id=call_id,
        state=CallState(row["state"]),
        amount=Money(row["amount"]),
        at=row["at"],
        usage=usage,
        model=row["model"],
        note=row["note"],
        answer_id=row["answer_id"],
        evidence=row["evidence"],
    )


def read_usage(row: sqlite3.Row) -> Usage:
    return Usage(**{name: row[name] for name in TOKENS})


def write_scope(scope: Scope) -> str:
    return json.dumps([[part.kind, part.key] for part in scope])


@lru_cache(maxsize=1024)
def read_scope(text: str) -> Scope:
    return tuple(ScopePart(kind, key) for kind, key in json.loads(text))


def write_price(price: Price) -> str:
    return json.dumps(asdict(price))


@lru_cache(maxsize=1024)
def read_price(text: str) -> Price:
    fields = json.loads(text)
    tiers = tuple(LongContext(tier["above"], Rates(**tier["rates"])) for tier in fields["long_context"])
    return Price(**{**fields, "rates": Rates(**fields["rates"]), "long_context": tiers})
