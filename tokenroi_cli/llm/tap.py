"""Reads usage, finish reason, model and cost from an answer's bytes as they pass, and changes none."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tokenroi_cli.domain.message import FinishReason
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.dialects import Dialect, Json, error_in, id_in, model_in, usage_in
from tokenroi_cli.llm.usage import believed

MOST_BYTES = 64 * 2**20
"""One line of a stream longer than this is passed on, but not read."""

MOST_USD = 10**6
"""No call costs more; a larger number is a broken one."""


class Tap:
    """One answer, in whatever pieces it comes. Never raises."""

    def __init__(self, dialect: Dialect) -> None:
        self.finish_word: str | None = None
        """The provider's own word for why the answer ended."""
        self.model: str | None = None
        self.id: str | None = None
        """The provider's own name for the answer."""
        self.error: Any = None
        """An error that came inside a stream which began well."""
        self.ended = False
        """Nothing comes after what was read."""
        self._dialect = dialect
        self._said: dict[str, Any] = {}
        self._final = False
        self._shrank = False
        """Output that was said to be made is said not to be: one of the two is no count."""
        self._streamed = False
        self._line: list[bytes] = []
        self._held = 0

    @property
    def finish(self) -> FinishReason | None:
        """Why the answer ended; None when no reason that we know has arrived."""
        return self._dialect.finishes.get(self.finish_word or "")

    def usage(self) -> Usage | None:
        """The bill in tokens; None when the provider said nothing believable at the end of the answer."""
        return self.partial_usage() if self._final and not self._shrank else None

    def partial_usage(self) -> Usage | None:
        """What was said so far; output tokens in it may be those of the first word only."""
        return believed(self._dialect.read_usage, self._said) if self._said else None

    def cost(self) -> str | None:
        """The provider's own price in USD, where it names one.

        On a key of the user's own: plus what the provider behind a router bills, None where that is not said.
        """
        if not self._final:
            return None
        amount = _amount(self._said)
        if amount is None or not amount.is_finite() or not 0 <= amount <= MOST_USD:
            return None
        return f"{amount:f}"

    def feed(self, data: bytes) -> None:
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._hold(line)
            self._read_line()
        self._hold(rest)

    def end(self) -> None:
        """The body is over: what is left is the last line, or one JSON object that was no stream at all."""
        self._read_line()

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held <= MOST_BYTES:
            self._line.append(piece)

    def _read_line(self) -> None:
        line = b"".join(self._line).strip()
        self._line.clear()
        self._held = 0
        if line.startswith(b"data:"):
            self._streamed = True
            self._read(line[5:].strip())
        elif line.startswith(b"{") and not self._streamed:
            self._read(line)

    def _read(self, text: bytes) -> None:
        if text == b"[DONE]":
            self.ended = True
            return
        try:
            event = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError):
            return
        if isinstance(event, dict):
            self._event(event)

    def _event(self, event: Json) -> None:
        if self._streamed:
            self.finish_word = self._dialect.finish_word(event) or self.finish_word
        for usage in usage_in(event):
            said = {name: value for name, value in usage.items() if value is not None}
            self._shrank = self._shrank or any(
                _shrinks(self._said.get(name), said.get(name)) for name in self._dialect.output_words
            )
            self._said = _larger(self._said, said)
            if self.finish_word is not None and not self._dialect.output_words.isdisjoint(said):
                self._final = True
        self.model = model_in(event) or self.model
        self.id = self.id or id_in(event)
        self.error = error_in(event) or self.error
        self.ended = self.ended or str(event.get("type")) in self._dialect.last


def _amount(said: Mapping[str, Any]) -> Decimal | None:
    """In USD: the routers' `cost`, Perplexity's `cost.total_cost`, xAI's ticks."""
    cost = said.get("cost")
    if said.get("is_byok"):
        details = said.get("cost_details")
        behind = details.get("upstream_inference_cost") if isinstance(details, Mapping) else None
        both = type(cost) in (int, Decimal) and type(behind) in (int, Decimal)
        return Decimal(cost or 0) + Decimal(behind or 0) if both and behind else None
    if isinstance(cost, Mapping):
        cost = cost.get("total_cost")
    if type(cost) in (int, Decimal):
        return Decimal(cost or 0)
    ticks = said.get("cost_in_usd_ticks")
    return Decimal(ticks).scaleb(-10) if type(ticks) is int else None


def _shrinks(before: Any, now: Any) -> bool:
    return type(before) is int and type(now) is int and now < before


def _larger(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Counts of a stream add up as it goes: a smaller one that comes later takes nothing back."""
    both = {**before, **now}
    for name in before.keys() & now.keys():
        old, new = before[name], now[name]
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            both[name] = _larger(old, new)
        elif type(old) is int and type(new) is int and new >= 0:
            both[name] = max(old, new)
    return both
