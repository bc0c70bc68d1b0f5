"""What an export says, whoever wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.usage import Usage

Record = Mapping[str, Any]
Records = Sequence[Record]
"""Rows of a file: of a CSV by the names of its columns, of JSON as it stands."""


@dataclass(frozen=True, slots=True)
class Line:
    """One amount: of a request where it has an `answer_id`, else of a day."""

    day: str
    """ISO date, UTC."""
    model: str
    """As the provider calls it; empty where the export does not say."""
    cost: Money | None = None
    usage: Usage | None = None
    """Where the export tells tokens instead of money."""
    answer_id: str | None = None
    rounding: Money = ZERO
    """By how much the cost may have been rounded down."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file."""

    source: str
    """For a person: `Anthropic cost report`."""
    providers: frozenset[str]
    """Whose calls it covers, by litellm's names; empty: anybody's."""
    lines: tuple[Line, ...]
    whole: bool = True
    """False for one page of several: what is missing may be anywhere."""
    exhaustive: bool = True
    """Whether a request that it does not hold was not billed either."""


def day_of(moment: Any) -> str:
    """The UTC day of a time: ISO text, with or without a zone (then UTC), or Unix seconds."""
    if isinstance(moment, (int, Decimal)) or str(moment).isdecimal():
        return datetime.fromtimestamp(int(moment), UTC).date().isoformat()
    found = datetime.fromisoformat(str(moment).strip().replace(" UTC", ""))
    return (found.astimezone(UTC) if found.tzinfo else found).date().isoformat()


def amount(value: Any) -> Money:
    """An amount in USD as JSON or a CSV cell holds it. Raises ValueError for what is none."""
    text = str(value).strip().replace("$", "").replace(",", "")
    return usd(text or 0)


def count(value: Any) -> int:
    """A number of tokens. Raises ValueError for what is none."""
    number = int(str(value if value is not None else 0).strip().replace(",", "") or 0)
    if number < 0:
        raise ValueError(f"{value} tokens")
    return number
