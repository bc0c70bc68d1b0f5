"""One line under the prompt: who works, how much it reads, what it has cost.

Narrow terminals lose parts in a fixed order.
"""

from collections.abc import Mapping
from typing import Protocol

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.views.counts import tokens
from tokenroi_cli.views.money import dollars
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.width import cells, fit

SHRINKING = ("model", "context", "tier", "spent", "unknown")
"""What a narrow terminal loses, in this order; of spent it loses hard or soft, of unknown the words."""


class Status(Protocol):
    """What the bar shows; `app` has the value."""

    @property
    def tier(self) -> Tier | None: ...
    @property
    def model(self) -> str: ...
    @property
    def context_tokens(self) -> int: ...
    @property
    def spent(self) -> Money:
        """Settled money of the session."""
        ...

    @property
    def cap(self) -> Money | None: ...
    @property
    def hard(self) -> bool: ...
    @property
    def unknown(self) -> Money:
        """Worst case of the calls whose bill nobody told us."""
        ...

    @property
    def scripted(self) -> bool: ...


def status_bar(status: Status, width: int) -> str:
    """The line, at most `width` columns."""
    parts, short = _parts(status), _short(status)
    for name in SHRINKING:
        if cells(_joined(parts)) <= width:
            break
        parts[name] = short.get(name, "")
    return fit(_joined(parts), width)


def _parts(status: Status) -> dict[str, str]:
    model = line(status.model.rpartition("/")[2])
    mode = " hard" if status.hard else " soft"
    return {
        "scripted": "SCRIPTED" if status.scripted else "",
        "tier": status.tier or "",
        "model": "" if model == status.tier else model,
        "context": f"{tokens(status.context_tokens)} ctx",
        "spent": _spent(status) + (mode if status.cap is not None else ""),
        "unknown": f"unknown up to {dollars(status.unknown)}" if status.unknown else "",
    }


def _short(status: Status) -> dict[str, str]:
    """The parts that get shorter and never go."""
    unknown = f"? {dollars(status.unknown)}" if status.unknown else ""
    return {"spent": _spent(status), "unknown": unknown}


def _spent(status: Status) -> str:
    cap = "no cap" if status.cap is None else f"of {dollars(status.cap)}"
    return f"{dollars(status.spent)} {cap}"


def _joined(parts: Mapping[str, str]) -> str:
    return " | ".join(filter(None, parts.values()))
