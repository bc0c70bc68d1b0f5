"""Money is exact, and never a float."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.money import PICO, Money, ceil_div, decimal_usd, usd

amounts = st.integers(0, 10**18).map(Money)


@given(amounts)
def test_decimal_usd_and_back(amount: Money) -> None:
    assert usd(decimal_usd(amount)) == amount


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**9))
def test_ceil_div_is_the_ceiling(number: int, divisor: int) -> None:
    exact = Fraction(number, divisor)
    assert exact <= ceil_div(number, divisor) < exact + 1


def test_known_amounts() -> None:
    assert usd("0.0129") == 12_900_000_000
    assert usd(5) == 5 * PICO
    assert usd(Decimal("1e-13")) == 1, "below a pico-dollar is rounded up"
    assert decimal_usd(Money(12_900_000_000)) == "0.0129"
    assert decimal_usd(Money(0)) == "0"
    assert decimal_usd(Money(-1_500_000_000_000)) == "-1.5"


@pytest.mark.parametrize("wrong", ["", "abc", "-1", "NaN", "Infinity", "1,5", "1e7", "1e999999999"])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not an amount in USD"):
        usd(wrong)
