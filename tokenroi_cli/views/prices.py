"""Prices in USD per million tokens: a list, one model in full, and both as JSON."""

from collections.abc import Sequence
from typing import Protocol

from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.price import Price, Rates
from tokenroi_cli.views.counts import counted, tokens
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.tables import table

CLASSES = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")


class Priced(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def tiers(self) -> Sequence[str]: ...
    @property
    def price(self) -> Price | None: ...
    @property
    def why(self) -> str: ...
    @property
    def hard(self) -> bool: ...


class Prices(Protocol):
    """`app` has the value."""

    @property
    def rows(self) -> Sequence[Priced]: ...
    @property
    def source(self) -> str: ...
    @property
    def as_of(self) -> str: ...
    @property
    def age(self) -> int | None: ...
    @property
    def stale(self) -> bool: ...
    @property
    def known(self) -> int: ...


def prices_text(prices: Prices) -> str:
    """The list; what has no price says so."""
    headers = ("model", "tiers", "input", "read", "write 5m", "write 1h", "output", "context", "cap", "as of")
    rows = [_row(row) for row in prices.rows]
    shown = (
        [table(headers, rows, "llrrrrrrll")]
        if rows
        else ["no tier has a model: export a key, or see `tokenroi demo`"]
    )
    shown += [f"no price: {line(row.why)}" for row in prices.rows if row.price is None]
    return "\n".join(
        [
            *shown,
            "",
            f"USD per million tokens; {counted(prices.known, 'model')} priced in all",
            table_age(prices),
        ]
    )


def table_age(prices: Prices) -> str:
    """Where the prices come from, and whether they are old."""
    age = "of unknown age" if prices.age is None else f"of {prices.as_of}, {counted(prices.age, 'day')} old"
    stale = ": OLD, compare with the provider's list, or update litellm" if prices.stale else ""
    return f"the table: {prices.source}, {age}{stale}"


def price_text(row: Priced) -> str:
    """One model in full."""
    price = row.price
    if price is None:
        return f"{line(row.model)}: {line(row.why)}"
    said = [line(price.model) + (f" ({', '.join(row.tiers)})" if row.tiers else "")]
    said += ["free, by your own word"] if price.free else _rates(price)
    if price.per_request:
        said.append(f"and ${decimal_usd(price.per_request)} for each request")
    limits = [f"context {_count(price.context)}", f"at most {_count(price.max_output)} out"]
    said += [", ".join(limits), f"a cap on it is {'hard' if row.hard else 'soft'}", f"from {origin(price)}"]
    return "\n".join(said)


def origin(price: Price) -> str:
    return f"{price.source} of {price.as_of}" if price.as_of else price.source


def _rates(price: Price) -> list[str]:
    headers = ("USD per million tokens", "input", "read", "write 5m", "write 1h", "output", "reasoning")
    rows = [["", *_amounts(price.rates)]]
    rows += [[f"above {tier.above:,} tokens of input", *_amounts(tier.rates)] for tier in price.long_context]
    return [table(headers, rows, "lrrrrrr")]


def _amounts(rates: Rates) -> list[str]:
    reasoning = rates.output if rates.reasoning is None else rates.reasoning
    return [decimal_usd(rate) for rate in (*_classes(rates), reasoning)]


def _row(row: Priced) -> list[str]:
    price = row.price
    if price is None:
        return [row.model, " ".join(row.tiers), *["-"] * 6, "-", "unpriced"]
    amounts = ["0"] * 5 if price.free else [decimal_usd(rate) for rate in _classes(price.rates)]
    cap = "free" if price.free else "hard" if row.hard else "soft"
    context = tokens(price.context) if price.context else "-"
    return [row.model, " ".join(row.tiers), *amounts, context, cap, price.as_of or price.source]


def prices_object(prices: Prices) -> dict[str, object]:
    """What `prices --json` prints."""
    return {
        "source": prices.source,
        "as_of": prices.as_of,
        "age_days": prices.age,
        "stale": prices.stale,
        "known": prices.known,
        "models": [price_object(row) for row in prices.rows],
    }


def price_object(row: Priced) -> dict[str, object]:
    """What `prices MODEL --json` prints; rates are null without a price."""
    price = row.price
    rates: dict[str, object] = dict.fromkeys((*CLASSES, "reasoning", "per_request", "context", "max_output"))
    if price is not None:
        rates = {
            **_object(price.rates),
            "per_request": decimal_usd(price.per_request),
            "context": price.context,
            "max_output": price.max_output,
        }
    return {
        "model": row.model,
        "tiers": list(row.tiers),
        **rates,
        "long_context": [
            {"above": tier.above, **_object(tier.rates)} for tier in (price.long_context if price else ())
        ],
        "free": price is not None and price.free,
        "cap": "hard" if row.hard else "soft",
        "as_of": price.as_of if price else "",
        "source": price.source if price else "",
        "why": row.why,
    }


def _object(rates: Rates) -> dict[str, object]:
    reasoning = rates.output if rates.reasoning is None else rates.reasoning
    named = zip((*CLASSES, "reasoning"), (*_classes(rates), reasoning), strict=True)
    return {name: decimal_usd(rate) for name, rate in named}


def _classes(rates: Rates) -> tuple[Money, ...]:
    return rates.fresh, rates.cache_read, rates.cache_write_5m, rates.cache_write_1h, rates.output


def _count(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,} tokens"
