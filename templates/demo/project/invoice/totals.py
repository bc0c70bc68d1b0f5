"""Totals of an invoice."""

from decimal import Decimal


def total(lines: list[tuple[int, Decimal]]) -> Decimal:
    """The sum of quantity times unit price."""
    return sum((quantity * price for quantity, price in lines), Decimal(0))
