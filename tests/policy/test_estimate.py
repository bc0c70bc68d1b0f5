from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.policy.estimate import ROUGH, SMOOTH, EstimateInputs, estimate

NAMES = [field.name for field in fields(EstimateInputs)]
SONNET = Price("sonnet", Rates(usd(2), usd("0.1"), usd("2.5"), usd(4), usd(10)))
OPUS = Price("opus", Rates(usd(4), usd("0.2"), usd(5), usd(8), usd(20)))
SMALL = EstimateInputs(
    spec_tokens=1_500, file_tokens=6_000, overhead_tokens=1_200, modify_count=2, create_count=1
)

tokens = st.integers(0, 200_000)
counts = st.integers(0, 60)
inputs = st.builds(EstimateInputs, tokens, tokens, tokens, counts, counts)
rate = st.integers(0, 10**14).map(Money)
rates = st.builds(Rates, rate, rate, rate, rate, rate)


def dearer(base: Rates, more: Rates) -> Rates:
    return Rates(*(Money(getattr(base, f.name) + getattr(more, f.name)) for f in fields(Rates)[:5]))


@st.composite
def prices(draw: st.DrawFn) -> Price:
    """Any rates, and long-context rates that are no lower."""
    base = draw(rates)
    long = LongContext(draw(st.integers(1, 400_000)), dearer(base, draw(rates)))
    return Price("m", base, draw(st.sampled_from([(), (long,)])), draw(rate))


@given(inputs, prices())
def test_low_is_never_above_high(found: EstimateInputs, price: Price) -> None:
    low, high = estimate(found, price)
    assert 0 <= low <= high


@given(inputs, prices(), st.sampled_from(NAMES), st.integers(1, 50_000))
def test_more_work_is_never_cheaper(found: EstimateInputs, price: Price, name: str, more: int) -> None:
    if name.endswith("_count"):
        more = more % 60 + 1
    low, high = estimate(found, price)
    low_more, high_more = estimate(replace(found, **{name: getattr(found, name) + more}), price)
    assert low <= low_more
    assert high <= high_more


@given(inputs, prices(), rates)
def test_a_dearer_model_is_never_cheaper(found: EstimateInputs, price: Price, more: Rates) -> None:
    price = replace(price, long_context=())
    low, high = estimate(found, price)
    low_more, high_more = estimate(found, replace(price, rates=dearer(price.rates, more)))
    assert low <= low_more
    assert high <= high_more


def test_a_small_spec_costs_cents_on_mid_and_twice_that_on_premium() -> None:
    low, high = estimate(SMALL, SONNET)
    assert usd("0.05") < low < usd("0.10")
    assert usd("0.25") < high < usd("0.50")
    assert estimate(SMALL, OPUS) == (2 * low, 2 * high)


def test_the_low_end_by_hand() -> None:
    nothing = EstimateInputs(1_000, 0, 0, 0, 0)
    only_output = Price("m", Rates(ZERO, ZERO, ZERO, ZERO, usd(10)))
    assert estimate(nothing, only_output)[0] == usd("0.006")  # 3 steps of 200 tokens

    only_input = Price("m", Rates(usd(1), usd("0.1"), usd("1.25"), ZERO, ZERO))
    # written: 1000 + 800 + 800; read: 1000 + 1800. Fresh throughout would be 1000 + 1800 + 2600 = 5400.
    assert estimate(nothing, only_input)[0] == usd("0.00353")


def test_where_caching_is_dearer_the_low_end_goes_without() -> None:
    nothing = EstimateInputs(1_000, 0, 0, 0, 0)
    dear_cache = Price("m", Rates(usd(1), usd(1), usd(2), ZERO, ZERO))
    assert estimate(nothing, dear_cache)[0] == usd("0.0054")


def test_a_table_that_writes_the_cache_for_nothing_is_not_believed() -> None:
    free_writes = Price("m", Rates(usd(1), usd("0.1"), ZERO, ZERO, ZERO))
    assert estimate(EstimateInputs(10_000, 0, 0, 0, 0), free_writes)[0] > usd("0.01")


def test_a_request_fee_is_paid_on_every_step() -> None:
    fee = Price("m", Rates(*[ZERO] * 5), per_request=usd(1))
    assert estimate(EstimateInputs(0, 0, 0, 1, 1), fee) == (usd(5), usd(16))


def test_the_rough_course_is_the_smooth_one_or_worse_in_everything() -> None:
    for field in fields(SMOOTH):
        assert getattr(SMOOTH, field.name) <= getattr(ROUGH, field.name)
