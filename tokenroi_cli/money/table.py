"""The price table that ships inside litellm, read as data: litellm itself is never imported here."""

import json
import re
from collections.abc import Iterator, Mapping
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


def bundled() -> tuple[Mapping[str, Row], str]:
    """The rows by model id, and where they are from (`litellm 1.105.3`). Raises NotConfigured."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        raise NotConfigured("litellm is not installed, and with it the price table", "install it again")
    try:
        text = Path(spec.origin).with_name(FILE).read_text(encoding="utf-8")
        rows = json.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise NotConfigured(
            f"the price table of litellm is unreadable: {error}", "install it again"
        ) from error
    return rows, f"litellm {version('litellm')}"


def read_row(model: str, row: Row, source: str) -> Price | None:
    """The price of a row; None when it has no token price for input and output, or a zero one.

    Where the table is silent about a cache class, its tokens cost what fresh ones cost, and so they do
    where it says zero: zero there means that nobody filled it in, or that writing costs no surcharge.
    """
    rates = _rates(row, {})
    if rates is None:
        return None
    return Price(
        model=model,
        rates=rates,
        long_context=tuple(_long_context(row)),
        per_request=_per_request(model, row),
        context=_tokens(row, "max_input_tokens"),
        max_output=_tokens(row, "max_output_tokens"),
        source=source,
    )


def _long_context(row: Row) -> Iterator[LongContext]:
    for above in sorted({int(found[1]) for field in row if (found := _LONG.fullmatch(field))}):
        tier = {name: row.get(f"{name}_above_{above}k_tokens") for name in CLASSES}
        rates = _rates(tier, row)
        if rates is not None:
            yield LongContext(above * 1000, rates)


def _rates(row: Row, base: Row) -> Rates | None:
    """Rates of a row, or of one of its tiers over the `base` row."""
    fresh = _rate(row, FRESH) or _rate(base, FRESH)
    output = _rate(row, OUTPUT) or _rate(base, OUTPUT)
    if not fresh or not output:
        return None
    write = _rate(row, WRITE) or fresh
    return Rates(
        fresh=fresh,
        cache_read=_rate(row, READ) or fresh,
        cache_write_5m=write,
        cache_write_1h=_rate(row, WRITE_1H) or max(write, _rate(base, WRITE_1H)),
        output=max(output, _rate(row, REASONING), _rate(base, REASONING)),
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
