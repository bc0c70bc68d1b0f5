"""Amounts on screen: rounded to the nearest, never to nothing, unknown money beside known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.money import PICO, ZERO, Money, usd
from tokenroi_cli.views.money import dollars, with_unknown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("0.000000000001", "<$0.0001"),
        ("0.000099999999", "<$0.0001"),
        ("0.0001", "$0.0001"),
        ("0.01234", "$0.0123"),
        ("0.01235", "$0.0124"),
        ("0.5", "$0.5000"),
        ("0.99994", "$0.9999"),
        ("0.99995", "$1.00"),
        ("1", "$1.00"),
        ("12.345", "$12.35"),
        ("999.995", "$1,000.00"),
        ("234567.8", "$234,567.80"),
    ],
)
def test_dollars(amount: str, shown: str) -> None:
    assert dollars(usd(amount)) == shown


def test_a_difference_can_be_negative() -> None:
    assert dollars(Money(-usd("0.02"))) == "-$0.0200"


@given(st.integers(min_value=1, max_value=10**18))
def test_something_is_never_shown_as_nothing_and_the_error_is_half_a_unit(amount: int) -> None:
    shown = dollars(Money(amount))
    if shown == "<$0.0001":
        assert amount < PICO // 10_000
        return
    value = Decimal(shown.lstrip("$").replace(",", ""))
    assert value > 0
    unit = Decimal("0.01") if value >= 1 else Decimal("0.0001")
    assert abs(value - Decimal(amount) / PICO) <= unit / 2


def test_unknown_money_stands_beside_what_is_known() -> None:
    assert with_unknown(usd("0.0123"), usd("0.04")) == "$0.0123 + up to $0.0400 unknown"
    assert with_unknown(ZERO, Money(1)) == "up to <$0.0001 unknown", "never a $0 beside it"
    assert with_unknown(usd("0.0123"), ZERO) == "$0.0123"
