"""The price table that ships inside litellm, read as data: litellm itself is never imported here."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import MILLION, LongContext, Price, Rates

Row = Mapping[str, Any]
"""One model of the table, in litellm's field names: USD per token."""

FILE = "model_prices_and_context_window_backup.json"

FRESH = "input_cost_per_token"
READ = "cache_read_input_token_cost"
WRITE = "cache_creation_input_token_cost"
WRITE_1H = "cache_creation_input_token_cost_above_1hr"
OUTPUT = "output_cost_per_token"
REASONING = "output_cost_per_reasoning_token"
CLASSES = (FRESH, READ, WRITE, WRITE_1H, OUTPUT)

_LONG = re.compile(rf"(?:{'|'.join(CLASSES)})_above_(\d+)k_tokens")


RELEASED = {"1.105.3": "2026-10-21"}
"""When the tested release of litellm, and its prices with it, came out."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by model id, and where and when they come from."""

    rows: Mapping[str, Row]
    source: str
    """For instance `litellm 1.105.3`."""
    as_of: str = ""
    """ISO date."""


def bundled() -> Table:
    """The table of the installed litellm. Raises NotConfigured."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        raise NotConfigured("litellm is not installed, and with it the price table", "install it again")
    file = Path(spec.origin).with_name(FILE)
    try:
        rows = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        as_of = RELEASED.get(version("litellm")) or _installed(file)
    except (OSError, ValueError) as error:
        raise NotConfigured(
            f"the price table of litellm is unreadable: {error}", "install it again"
        ) from error
    return Table(rows, f"litellm {version('litellm')}", as_of)


def _installed(file: Path) -> str:
    """The day that a file was installed: its prices are as old as that, or older."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()


def read_row(model: str, row: Row, table: Table) -> Price | None:
    """The price of a row; None when it has no token price for input and output, or a zero one.

    Where the table is silent about a cache class, its tokens cost what fresh ones cost, and so they do
    where it says zero: zero there means that nobody filled it in, or that writing costs no surcharge.
    """
    steps = tuple(_steps(row))
    rates = _rates(row, {}) or (steps[0].rates if steps else None)
    if rates is None:
        return None
    tiers = {tier.above: tier for tier in (*_long_context(row), *steps) if tier.above}
    return Price(
        model=model,
        rates=rates,
        long_context=tuple(tiers[above] for above in sorted(tiers)),
        per_request=_per_request(model, row),
        context=_tokens(row, "max_input_tokens"),
        max_output=_tokens(row, "max_output_tokens"),
        as_of=table.as_of,
        source=table.source,
    )


def _long_context(row: Row) -> Iterator[LongContext]:
    for above in sorted({int(found[1]) for field in row if (found := _LONG.fullmatch(field))}):
        tier = {name: row.get(f"{name}_above_{above}k_tokens") for name in CLASSES}
        rates = _rates(tier, row)
        if rates is not None:
            yield LongContext(above * 1000, rates)


def _steps(row: Row) -> Iterator[LongContext]:
    """Rows that price by steps of input tokens: `tiered_pricing`, each with its `range` and rates."""
    steps = row.get("tiered_pricing")
    for step in steps if isinstance(steps, list) else ():
        span = step.get("range") if isinstance(step, dict) else None
        first = span[0] if isinstance(span, list) and span else None
        if isinstance(first, (int, Decimal)) and (rates := _rates(step, row)) is not None:
            yield LongContext(int(first), rates)


def _rates(row: Row, base: Row) -> Rates | None:
    """Rates of a row, or of one of its tiers over the `base` row."""
    fresh = _rate(row, FRESH) or _rate(base, FRESH)
    output = _rate(row, OUTPUT) or _rate(base, OUTPUT)
    if not fresh or not output:
        return None
    write = _rate(row, WRITE) or fresh
    inherited = _rate(base, REASONING)
    reasoning = _rate(row, REASONING) or (inherited and max(inherited, output))
    return Rates(
        fresh=fresh,
        cache_read=_rate(row, READ) or fresh,
        cache_write_5m=write,
        cache_write_1h=_rate(row, WRITE_1H) or max(write, _rate(base, WRITE_1H)),
        output=output,
        reasoning=None if reasoning in (ZERO, output) else reasoning,
    )


def _rate(row: Row, field: str) -> Money:
    """Pico-dollars per million tokens; zero when the row does not say, or not with a price."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return ZERO
    return usd(value * MILLION) if value > 0 else ZERO


def _per_request(model: str, row: Row) -> Money:
    """The fee of a request, for models that search the web unasked at the dearest search."""
    fees = [row.get("input_cost_per_request")]
    if "search" in model or row.get("litellm_provider") == "perplexity":
        fees += list((row.get("search_context_cost_per_query") or {}).values())
    return max(usd(fee) if isinstance(fee, (int, Decimal)) and fee > 0 else ZERO for fee in fees)


def _tokens(row: Row, field: str) -> int | None:
    value = row.get(field)
    return value if isinstance(value, int) and value > 0 else None
