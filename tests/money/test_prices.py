"""Prices: from litellm's own table by exact id, with the user's numbers over it; no price, no call."""

import importlib
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.money.paying import row
from tokenroi_cli.domain.config import PriceSettings
from tokenroi_cli.domain.errors import NotConfigured, Unpriced
from tokenroi_cli.domain.money import ZERO, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.prices import USERS, PriceTable
from tokenroi_cli.money.table import FILE, Table, bundled

BUNDLED = PriceTable({})
"""The table of whichever litellm is installed."""

SONNET = "anthropic/claude-sonnet-5-5"
MICRO = Decimal("0.000001")


def cached(fresh: str, read: str, output: str, provider: str, **more: str | int) -> dict[str, object]:
    fields = {name: Decimal(value) if isinstance(value, str) else value for name, value in more.items()}
    return row(fresh, output, litellm_provider=provider, cache_read_input_token_cost=Decimal(read)) | fields


LISTED = {
    "claude-sonnet-5-5": cached(
        *("2", "1e-7", "10", "anthropic"),
        cache_creation_input_token_cost="0.0000025",
        cache_creation_input_token_cost_above_1hr="0.000004",
        input_cost_per_token_batches="0.000001",
        max_input_tokens=1_000_000,
        max_output_tokens=128_000,
    ),
    "claude-opus-5-5": cached("4", "2e-7", "20", "anthropic"),
    "gpt-5.5": cached(
        *("5", "5e-7", "30", "openai"),
        input_cost_per_token_above_272k_tokens="0.00001",
        input_cost_per_token_above_272k_tokens_priority="0.5",
        cache_read_input_token_cost_above_272k_tokens="0.000001",
        output_cost_per_token_above_272k_tokens="0.000045",
        max_input_tokens=1_050_000,
        max_output_tokens=128_000,
    ),
    "xai/grok-4.5": cached(
        *("2", "3e-7", "6", "xai"),
        input_cost_per_token_above_200k_tokens="0.000004",
        output_cost_per_token_above_200k_tokens="0.000012",
        input_cost_per_token_above_128k_tokens="0.000003",
    ),
    "zai/glm-5": cached("1", "2e-7", "3.2", "zai", cache_creation_input_token_cost="0"),
    "perplexity/sonar-pro": row(
        *("3", "15"),
        litellm_provider="perplexity",
        search_context_cost_per_query={"search_context_size_low": Decimal("0.006"), "high": Decimal("0.014")},
    ),
    "ollama/llama3": row("0", "0", litellm_provider="ollama"),
    "dashscope/qwen3-max": {"mode": "chat", "litellm_provider": "dashscope", "tiered_pricing": []},
}
"""Rows of litellm's shape, with its figures of 2026."""

LITELLM = PriceTable({}, lambda: Table(LISTED, "litellm 1", "2026-10-01"))


def rates(*dollars: str) -> Rates:
    return Rates(*map(usd, dollars))


def test_a_model_is_found_by_its_id_without_the_prefix_of_its_own_provider() -> None:
    price = LITELLM.price(SONNET)
    assert price == Price(
        model=SONNET,
        rates=rates("2", "0.10", "2.50", "4", "10"),
        context=1_000_000,
        max_output=128_000,
        as_of="2026-10-01",
        source="litellm 1",
    )
    assert LITELLM.price("claude-sonnet-5-5").rates == price.rates


def test_every_long_context_tier_is_read_and_missing_cache_rates_cost_like_fresh_tokens() -> None:
    assert LITELLM.price("openai/gpt-5.5").rates == rates("5", "0.50", "5", "5", "30")
    assert LITELLM.price("openai/gpt-5.5").long_context == (
        LongContext(272_000, rates("10", "1", "10", "10", "45")),
    )
    assert LITELLM.price("xai/grok-4.5").long_context == (
        LongContext(128_000, rates("3", "3", "3", "3", "6")),
        LongContext(200_000, rates("4", "4", "4", "4", "12")),
    )


@pytest.mark.parametrize(
    "model",
    [
        "anthropic/claude-opus-6",
        "claude-sonnet-5-5-20991231",
        "anthropic/claude-sonnet-5-5-turbo",
        "openai/claude-sonnet-5-5",
        "azure/claude-sonnet-5-5",
        "ollama/llama3",
        "dashscope/qwen3-max",
        "",
        "/",
    ],
)
def test_what_is_not_exactly_in_the_table_or_costs_zero_there_has_no_price(model: str) -> None:
    with pytest.raises(Unpriced) as refused:
        LITELLM.price(model)
    assert f'[prices."{model}"]' in refused.value.hint


@pytest.mark.parametrize(
    ("model", "usage", "bill"),
    [
        (SONNET, Usage(fresh=1000, output=50), "0.0025"),
        (SONNET, Usage(fresh=10, cache_read=30_000, cache_write_5m=2_000, output=500), "0.01302"),
        (SONNET, Usage(cache_write_1h=2_000, output=100), "0.009"),
        ("openai/gpt-5.5", Usage(fresh=272_000, output=1), "1.36003"),
        ("openai/gpt-5.5", Usage(fresh=1, cache_read=272_000, output=100), "0.27651"),
        ("xai/grok-4.5", Usage(fresh=200_001), "0.800004"),
        ("zai/glm-5", Usage(cache_write_5m=1000), "0.001"),
        ("perplexity/sonar-pro", Usage(fresh=100, output=100), "0.0158"),
    ],
)
def test_bills_worked_out_by_hand(model: str, usage: Usage, bill: str) -> None:
    assert LITELLM.price(model).cost(usage) == usd(bill)


def test_reading_prices_does_not_import_litellm() -> None:
    code = (
        "import sys; from tokenroi_cli.money.prices import PriceTable; "
        f"PriceTable({{}}).price({SONNET!r}); sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_users_numbers_lie_over_the_table_and_its_tiers_never_fall_below_them() -> None:
    mine = PriceSettings(input=Decimal(20), cache_read=Decimal("0.25"), max_output=1000)
    price = PriceTable({"openai/gpt-5.5": mine}, LITELLM.read).price("openai/gpt-5.5")
    assert price == Price(
        model="openai/gpt-5.5",
        rates=rates("20", "0.25", "20", "20", "30"),
        long_context=(LongContext(272_000, rates("20", "1", "20", "20", "45")),),
        context=1_050_000,
        max_output=1000,
        source=USERS,
    )


def test_a_model_of_the_users_own_needs_input_and_output() -> None:
    whole = PriceSettings(
        input=Decimal(3), output=Decimal(15), cache_write=Decimal("3.75"), per_request=Decimal("0.01")
    )
    price = PriceTable({"openai/mine": whole}).price("openai/mine")
    assert price == Price(
        "openai/mine", rates("3", "3", "3.75", "3.75", "15"), per_request=usd("0.01"), source=USERS
    )
    for half in (PriceSettings(input=Decimal(3)), PriceSettings(input=Decimal(0), output=Decimal(0))):
        with pytest.raises(Unpriced):
            PriceTable({"openai/mine": half}).price("openai/mine")


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity"])
@pytest.mark.parametrize(
    "key", ["input", "output", "cache_read", "cache_write", "cache_write_1h", "per_request"]
)
def test_numbers_that_are_no_prices_are_refused_by_name(key: str, value: str) -> None:
    settings = PriceSettings(**{"input": Decimal(1), "output": Decimal(1), key: Decimal(value)})  # type: ignore[arg-type]
    with pytest.raises(NotConfigured) as refused:
        PriceTable({"m": settings}, lambda: Table({}, "")).price("m")
    assert refused.value.what == f'[prices."m"] {key} = {value} is not a price'


def test_free_is_the_users_word_for_a_model_that_costs_nothing() -> None:
    price = PriceTable({"ollama/llama3": PriceSettings(free=True, context=8192)}).price("ollama/llama3")
    assert price.free
    assert price.cost(Usage(fresh=10**6, output=10**6)) == ZERO
    assert price.context == 8192


def test_ugly_rows_have_no_price_rather_than_a_wrong_one() -> None:
    rows = {
        "text": row("1", "1") | {"input_cost_per_token": "0.1"},
        "truth": row("1", "1") | {"output_cost_per_token": True},
        "negative": row("-1", "1"),
        "half": row("1", "0"),
        "thinks": row("1", "1") | {"output_cost_per_reasoning_token": Decimal("0.000004")},
        "stepless": {
            "mode": "chat",
            "tiered_pricing": [7, {"range": {"a": 1}}, {"range": []}, {"range": ["0", 9]}],
        },
        "stepped": {
            "mode": "chat",
            "tiered_pricing": [
                {
                    "range": [0, Decimal(1000)],
                    "input_cost_per_token": MICRO,
                    "output_cost_per_token": 2 * MICRO,
                },
                {
                    "range": [Decimal(1000), 9000],
                    "input_cost_per_token": 3 * MICRO,
                    "output_cost_per_token": 4 * MICRO,
                },
            ],
        },
        "draws": row("1", "1") | {"mode": "image_generation"},
    }
    prices = PriceTable({}, lambda: Table(rows, "a test"))
    stepped = prices.price("stepped")
    assert (stepped.rates.fresh, stepped.rates.output) == (usd(1), usd(2))
    assert [(tier.above, tier.rates.fresh > stepped.rates.fresh) for tier in stepped.long_context] == [
        (1000, True)
    ]
    for name in ("text", "truth", "negative", "half", "stepless"):
        with pytest.raises(Unpriced):
            prices.price(name)
    thinks = prices.price("thinks").rates
    assert (thinks.output, thinks.reasoning, thinks.dearest_output()) == (usd(1), usd(4), usd(4))
    assert thinks.of(Usage(output=10, reasoning=4)) == 6 * usd(1) + 4 * usd(4)
    assert thinks.of(Usage(output=1, reasoning=4)) == 1 * usd(4), "contradictory: never below nothing"
    assert prices.known() == ("stepped", "thinks")


def test_an_answer_by_another_model_costs_what_that_one_costs() -> None:
    asked = LITELLM.price(SONNET)
    opus = LITELLM.price("anthropic/claude-opus-5-5")
    assert LITELLM.answered(asked, "claude-opus-5-5") == opus
    for same in (None, SONNET, "claude-sonnet-5-5", "claude-sonnet-5-5-20260901", "gpt-5.5"):
        assert LITELLM.answered(asked, same) is asked
    mine = PriceTable({SONNET: PriceSettings(output=Decimal(9))}, LITELLM.read)
    assert mine.answered(mine.price(SONNET), "claude-opus-5-5") == mine.price(SONNET)


def test_the_users_price_of_the_model_that_answered_holds() -> None:
    opus = PriceSettings(input=Decimal(7), output=Decimal(70))
    for settings in ({}, {SONNET: PriceSettings(output=Decimal(9))}):
        mine = PriceTable({**settings, "anthropic/claude-opus-5-5": opus}, LITELLM.read)
        answered = mine.answered(mine.price(SONNET), "claude-opus-5-5")
        assert (answered.rates.fresh, answered.rates.output) == (usd("7"), usd("70"))
    broken = PriceTable({"anthropic/claude-opus-5-5": PriceSettings(input=Decimal(-1))}, LITELLM.read)
    assert broken.answered(broken.price(SONNET), "claude-opus-5-5").model == "anthropic/claude-opus-5-5"


def test_every_model_of_the_installed_table_has_a_sane_price_or_none() -> None:
    known = BUNDLED.known()
    assert len(known) > 1000
    assert "claude-sonnet-5-5" in known
    for model in known:
        price = BUNDLED.price(model)
        assert min(price.rates.fresh, price.rates.cache_write_5m, price.rates.output) > 0
        assert [tier.above for tier in price.long_context] == sorted(
            {tier.above for tier in price.long_context}
        )
    assert BUNDLED.price(SONNET).source.startswith("litellm 1.")


def test_a_table_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "litellm"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "litellm", raising=False)  # a wire test may have imported it
    for content in (None, "{", "\xff"):
        if content is not None:
            (package / FILE).write_text(content, encoding="latin-1")
        with pytest.raises(NotConfigured):
            bundled()
    package.rename(tmp_path / "other")
    importlib.invalidate_caches()
    with pytest.raises(NotConfigured):
        bundled()
