"""The same tokens at another price: what a call would have cost elsewhere, had it gone the same way."""

from dataclasses import replace

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.usage import Usage


def reprice(usage: Usage, price: Price) -> Money:
    """Pico-dollars of `usage` at `price`; where that has no one-hour cache rate, at its five-minute one.

    A repricing, not a prediction: another model would have written other tokens. Never called "saved".
    """
    if not price.rates_at(usage.context).cache_write_1h:
        written = usage.cache_write_5m + usage.cache_write_1h
        usage = replace(usage, cache_write_5m=written, cache_write_1h=0)
    return price.cost(usage)
