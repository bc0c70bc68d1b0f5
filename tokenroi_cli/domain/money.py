"""Money is a whole number of pico-dollars (1e-12 USD). No float ever holds an amount."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Money = NewType("Money", int)

PICO = 10**12
"""Pico-dollars in one US dollar."""

MOST_USD = 1_000_000
"""What is above it is a mistake, and its sums would not fit the ledger's 64 bits."""

ZERO = Money(0)


def usd(amount: str | int | Decimal) -> Money:
    """Pico-dollars of an amount in USD, exact to 1e-12 and rounded up below that.

    Raises ValueError for what is not a number from 0 to MOST_USD. Floats are not accepted:
    read TOML and JSON with `parse_float=Decimal`.
    """
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"{amount!r} is not an amount in USD") from error
    if not value.is_finite() or not 0 <= value <= MOST_USD:
        raise ValueError(f"{amount!r} is not an amount in USD between 0 and {MOST_USD:,}")
    return Money(ceil_div(*(value * PICO).as_integer_ratio()))


def ceil_div(number: int, divisor: int) -> int:
    """`number / divisor` rounded up, in integers."""
    return -(-number // divisor)


def decimal_usd(amount: Money) -> str:
    """The exact decimal string in USD, as JSON carries it: `"0.0129"`. Screens use `views.money`."""
    sign, whole = ("-", -amount) if amount < 0 else ("", amount)
    text = f"{whole // PICO}.{whole % PICO:012d}".rstrip("0").rstrip(".")
    return sign + text
