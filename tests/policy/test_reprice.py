from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.policy.reprice import reprice

USAGE = Usage(
    fresh=1_000_000,
    cache_read=1_000_000,
    cache_write_5m=1_000_000,
    cache_write_1h=1_000_000,
    output=1_000_000,
)


def rates(fresh: str, read: str, write_5m: str, write_1h: str, output: str) -> Rates:
    return Rates(usd(fresh), usd(read), usd(write_5m), usd(write_1h), usd(output))


def test_the_same_tokens_at_another_price() -> None:
    assert reprice(USAGE, Price("m", rates("4", "0.2", "5", "8", "20"))) == usd("37.2")


def test_without_a_one_hour_rate_the_five_minute_one_holds() -> None:
    assert reprice(USAGE, Price("m", rates("2", "0.2", "2.5", "0", "10"))) == usd("17.2")


def test_a_free_model_stays_free() -> None:
    assert reprice(USAGE, Price("m", rates("0", "0", "0", "0", "0"), free=True)) == ZERO


def test_long_context_rates_hold() -> None:
    long = LongContext(200_000, rates("4", "0.4", "5", "0", "15"))
    price = Price("m", rates("2", "0.2", "2.5", "4", "10"), (long,))
    assert reprice(Usage(cache_write_1h=1_000_000), price) == usd(5)


tokens = st.integers(0, 10**7)
money = st.integers(1, 10**14).map(Money)


@given(st.builds(Usage, tokens, tokens, tokens, tokens, tokens), st.builds(Rates, *[money] * 5))
def test_with_every_rate_it_is_the_cost(usage: Usage, found: Rates) -> None:
    price = Price("m", found)
    assert reprice(usage, price) == price.cost(usage)
