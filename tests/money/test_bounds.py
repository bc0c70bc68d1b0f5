"""Bounds: no tokenizer makes more input, no call within them costs more, what is left is used up."""

from dataclasses import replace
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from tests.money.paying import PRICE, a_request
from tokenroi_cli.domain.message import (
    Message,
    Request,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    ToolSchema,
)
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import affordable_output, input_bound, worst

texts = st.text(st.characters(codec=None)) | st.sampled_from(
    ["\ufdfa" * 20, "<|endoftext|>", "\ud800", "e\u0301"]
)
money = st.integers(1, 10**14).map(Money)
rates = st.builds(Rates, money, money, money, money, money)
prices = st.builds(
    lambda base, tiers, fee: Price(
        "m", base, tuple(LongContext(above, tier) for above, tier in sorted(tiers.items())), Money(fee)
    ),
    rates,
    st.dictionaries(st.integers(1, 1000), rates, max_size=3),
    st.integers(0, 10**12),
)


def tokens(text: str) -> int:
    """The worst tokenizers there are: a token per byte, with and without normalising first."""
    return max(len(form.encode("utf-8", "surrogatepass")) for form in (text, normalize("NFKC", text)))


@given(texts, texts, texts)
def test_the_bound_covers_every_text_of_the_request(system: str, said: str, made: str) -> None:
    request = Request(
        model="m",
        system=system,
        tools=(ToolSchema("read", said, {"type": "object", "properties": {"path": {"description": made}}}),),
        messages=(
            Message(Role.USER, (Text(said),)),
            Message(Role.ASSISTANT, (Thinking(made, said), ToolCall("t1", "read", made))),
            Message(Role.USER, (ToolResult("t1", said),)),
        ),
        max_tokens=100,
    )
    assert input_bound(request) >= tokens(system) + 4 * tokens(said) + 3 * tokens(made)


def test_the_bound_grows_by_every_byte_that_is_added() -> None:
    assert input_bound(a_request("x" * 1001)) == input_bound(a_request("x" * 1000)) + 1
    assert input_bound(a_request("\ufdfa" * 11)) == input_bound(a_request("\ufdfa" * 10)) + 33
    assert input_bound(a_request("\ud800")) == input_bound(a_request("")) + 3


def test_the_bound_grows_by_every_byte_of_a_tool() -> None:
    def bound(words: str) -> int:
        tool = ToolSchema("read", words, {"type": "object", "properties": {words: {"type": "string"}}})
        return input_bound(replace(a_request("x"), tools=(tool,)))

    assert bound("x" * 5000) == bound("x" * 4000) + 2 * 1000


@given(prices, st.integers(0, 2000), st.integers(0, 2000), st.data())
def test_no_call_within_its_bounds_costs_more_than_the_worst(
    price: Price, bound: int, ceiling: int, data: st.DataObject
) -> None:
    fresh = data.draw(st.integers(0, bound))
    read = data.draw(st.integers(0, bound - fresh))
    written = data.draw(st.integers(0, bound - fresh - read))
    usage = Usage(fresh, read, written, 0, data.draw(st.integers(0, ceiling)))
    assert price.cost(usage) <= worst(price, bound, ceiling)


def test_the_worst_case_is_the_dearest_input_and_all_of_the_output() -> None:
    assert worst(PRICE, 1000, 2000) == usd("0.03375")
    long = Price("m", PRICE.rates, (LongContext(200_000, Rates(*[usd(40)] * 5)),), per_request=usd("0.01"))
    assert worst(long, 200_000, 0) == usd("0.76")
    assert worst(long, 200_001, 0) == usd("8.01004")


def test_a_tier_that_is_cheaper_does_not_lower_the_worst_case_of_less_input() -> None:
    odd = Price("m", PRICE.rates, (LongContext(100, Rates(*[usd(1)] * 5)),))
    assert worst(odd, 1000, 1000) == worst(PRICE, 1000, 1000)


@given(prices, st.integers(0, 2000), st.integers(0, 10**12).map(Money), st.integers(1, 10**5))
def test_the_affordable_output_fits_and_one_more_token_would_not(
    price: Price, bound: int, left: Money, wanted: int
) -> None:
    output = affordable_output(price, bound, left, wanted)
    assert 0 <= output <= wanted
    if output:
        assert worst(price, bound, output) <= left
    if output < wanted:
        assert worst(price, bound, output + 1) > left


def test_without_a_cap_all_that_is_wanted_is_affordable() -> None:
    assert affordable_output(PRICE, 10**9, None, 5) == 5
