"""Amounts as a person reads them. JSON carries `domain.money.decimal_usd` instead."""

from tokenroi_cli.domain.money import PICO, Money

_FINE = PICO // 10_000
"""The smallest amount that a screen tells apart: $0.0001."""


def dollars(amount: Money) -> str:
    """`$0.0123` below a dollar, `$12.34` from there on, `<$0.0001` for what is not nothing."""
    if amount < 0:
        return "-" + dollars(Money(-amount))
    if 0 < amount < _FINE:
        return "<$0.0001"
    fine = _rounded(amount, _FINE)
    if 0 < fine < 10_000:
        return f"$0.{fine:04d}"
    cents = _rounded(amount, PICO // 100)
    return f"${cents // 100:,}.{cents % 100:02d}"


def with_unknown(cost: Money, unknown: Money) -> str:
    """What is known, and beside it the most that the rest can be: `$0.0123 + up to $0.0400 unknown`."""
    if not unknown:
        return dollars(cost)
    return f"{f'{dollars(cost)} + ' if cost else ''}up to {dollars(unknown)} unknown"


def _rounded(amount: Money, unit: int) -> int:
    return (amount + unit // 2) // unit
