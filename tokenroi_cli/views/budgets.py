"""Caps and what is left of them, as a table or as JSON."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.scope import BudgetMode, ScopePart, Totals
from tokenroi_cli.views.money import dollars
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.tables import table


class Row(Protocol):
    @property
    def part(self) -> ScopePart: ...
    @property
    def cap(self) -> Money | None: ...
    @property
    def left(self) -> Money | None: ...
    @property
    def totals(self) -> Totals: ...
    @property
    def frozen(self) -> str | None: ...


class Budgets(Protocol):
    """`app` has the value."""

    @property
    def mode(self) -> BudgetMode: ...
    @property
    def kinds(self) -> Mapping[str, Money]: ...
    @property
    def rows(self) -> Sequence[Row]: ...


def budgets_text(budgets: Budgets) -> str:
    """What is spent where, what is frozen and why, and the caps that hold for each of a kind."""
    headers = ("scope", "cap", "spent", "unknown", "in flight", "left", "")
    parts = [table(headers, [_row(row) for row in budgets.rows], "lrrrrrl"), ""]
    for why in dict.fromkeys(row.frozen for row in budgets.rows if row.frozen):
        held = ", ".join(str(row.part) for row in budgets.rows if row.frozen == why)
        parts.append(f"frozen: {line(held)}: {line(why)}")
    kinds = ", ".join(f"{dollars(cap)} for each {kind}" for kind, cap in budgets.kinds.items())
    return "\n".join([*parts, f"caps are {budgets.mode}: {kinds}"])


def _row(row: Row) -> list[str]:
    totals = row.totals
    return [
        str(row.part),
        "-" if row.cap is None else dollars(row.cap),
        dollars(totals.settled),
        f"up to {dollars(totals.unknown)}" if totals.unknown else "-",
        f"up to {dollars(totals.in_flight)}" if totals.in_flight else "-",
        "-" if row.left is None else dollars(row.left),
        "frozen" if row.frozen else "",
    ]


def budgets_object(budgets: Budgets) -> dict[str, object]:
    """What `budget show --json` prints."""
    return {
        "mode": str(budgets.mode),
        "kinds": {kind: decimal_usd(cap) for kind, cap in budgets.kinds.items()},
        "budgets": [_object(row) for row in budgets.rows],
    }


def _object(row: Row) -> dict[str, object]:
    return {
        "scope": str(row.part),
        "cap_usd": _usd(row.cap),
        "spent_usd": decimal_usd(row.totals.settled),
        "unknown_usd": decimal_usd(row.totals.unknown),
        "in_flight_usd": decimal_usd(row.totals.in_flight),
        "left_usd": _usd(row.left),
        "calls": row.totals.calls,
        "frozen": row.frozen,
    }


def _usd(amount: Money | None) -> str | None:
    return None if amount is None else decimal_usd(amount)
