"""A provider's export beside the ledger, to the cent and below, as a table or as JSON."""

from collections.abc import Sequence
from typing import Protocol

from tokenroi_cli.domain.call import CallEvent
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.views.counts import counted
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.tables import table


class Match(Protocol):
    @property
    def day(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def provider(self) -> Money | None: ...
    @property
    def settled(self) -> Money: ...
    @property
    def unknown(self) -> Money: ...
    @property
    def left_unknown(self) -> Money: ...
    @property
    def difference(self) -> Money | None: ...
    @property
    def calls(self) -> int: ...
    @property
    def requests(self) -> int: ...


class Reconciled(Protocol):
    """`money.reconcile` has the value."""

    @property
    def source(self) -> str: ...
    @property
    def matches(self) -> Sequence[Match]: ...
    @property
    def whole(self) -> bool: ...
    @property
    def corrections(self) -> Sequence[CallEvent]: ...


HEADERS = (
    "day (UTC)",
    "model",
    "provider",
    "ledger",
    "difference",
    "unknown before",
    "now",
    "calls",
    "not ours",
)


def reconciled_text(found: Reconciled) -> str:
    """The table, and what was corrected; amounts are exact, not rounded."""
    said = [f"{line(found.source)} against this user's ledger, in USD"]
    if found.matches:
        said += [table(HEADERS, [_row(match) for match in found.matches], "llrrrrrrr"), ""]
    lowered = sum(match.unknown - match.left_unknown for match in found.matches)
    corrected = f"{counted(len(found.corrections), 'call')} corrected"
    if found.corrections:
        corrected += f", unknown money lowered by ${decimal_usd(Money(lowered))}"
    if not found.whole:
        said.append(
            "the file is one page of several (has_more): put the pages together to lower what is unknown"
        )
    said.append(f"{corrected}; what is not in this ledger may be another program's on the same key")
    return "\n".join(said)


def _row(match: Match) -> list[str]:
    return [
        match.day,
        match.model or "(all)",
        _usd(match.provider) or "tokens only",
        decimal_usd(match.settled),
        _usd(match.difference) or "-",
        decimal_usd(match.unknown),
        decimal_usd(match.left_unknown),
        str(match.calls),
        str(match.requests),
    ]


def reconciled_object(found: Reconciled) -> dict[str, object]:
    """What `report --reconcile FILE --json` holds under `reconcile`."""
    return {
        "source": found.source,
        "corrected_calls": len(found.corrections),
        "whole": found.whole,
        "matches": [
            {
                "day": match.day,
                "model": match.model,
                "provider_usd": _usd(match.provider),
                "ledger_usd": decimal_usd(match.settled),
                "difference_usd": _usd(match.difference),
                "unknown_before_usd": decimal_usd(match.unknown),
                "unknown_usd": decimal_usd(match.left_unknown),
                "calls": match.calls,
                "foreign_requests": match.requests,
            }
            for match in found.matches
        ],
    }


def _usd(amount: Money | None) -> str | None:
    return None if amount is None else decimal_usd(amount)
