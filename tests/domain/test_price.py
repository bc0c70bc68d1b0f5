"""The price of a Usage: each class at its rate, the long-context tier for all of it, rounded up once."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.usage import Usage


def rates(fresh: str, read: str, write: str, hour: str, output: str) -> Rates:
    return Rates(usd(fresh), usd(read), usd(write), usd(hour), usd(output))


SONNET = Price("m", rates("3", "0.30", "3.75", "6", "15"))
LONG = Price(
    "m",
    rates("3", "0.30", "3.75", "6", "15"),
    (LongContext(200_000, rates("6", "0.6", "7.5", "12", "22.5")),),
)

counts = st.integers(0, 10**6)
usages = st.builds(Usage, counts, counts, counts, counts, counts)


def test_an_invoice_by_hand() -> None:
    """5,000 cached at $0.30, 800 fresh at $3, 600 out at $15 per million: $0.0129."""
    assert SONNET.cost(Usage(fresh=800, cache_read=5_000, output=600)) == usd("0.0129")


def test_cache_writes_cost_by_their_lifetime() -> None:
    assert SONNET.cost(Usage(cache_write_5m=1_000_000)) == usd("3.75")
    assert SONNET.cost(Usage(cache_write_1h=1_000_000)) == usd("6")


def test_the_long_context_tier_is_strictly_above_and_for_the_whole_request() -> None:
    assert LONG.cost(Usage(fresh=200_000)) == usd("0.6")
    assert LONG.cost(Usage(fresh=200_001)) == usd(Decimal(6 * 200_001) / 10**6)
    assert LONG.cost(Usage(cache_read=200_001, output=1_000_000)) == usd("22.5") + usd(
        Decimal("0.6") * 200_001 / 10**6
    )


def test_a_request_fee_is_added_once() -> None:
    priced = Price("m", SONNET.rates, per_request=usd("0.01"))
    assert priced.cost(Usage()) == usd("0.01")


@given(usages, usages)
def test_parts_never_cost_less_than_the_whole_and_at_most_a_rounding_more(one: Usage, other: Usage) -> None:
    together, apart = SONNET.cost(one + other), SONNET.cost(one) + SONNET.cost(other)
    assert together <= apart <= together + 1


@given(usages, usages)
def test_more_tokens_never_cost_less(usage: Usage, more: Usage) -> None:
    assert SONNET.cost(usage) <= SONNET.cost(usage + more)


def test_a_fraction_of_a_pico_dollar_is_rounded_up() -> None:
    tiny = Price("m", Rates(Money(1), Money(0), Money(0), Money(0), Money(0)))
    assert tiny.cost(Usage(fresh=1)) == 1
