import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.store.providers import ProviderFacts, facts, provider_of
from tokenroi_cli.store.values import url


@pytest.fixture(scope="module")
def price_map() -> dict[str, Any]:
    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    rows: dict[str, Any] = json.loads((folder / "model_prices_and_context_window_backup.json").read_text())
    return rows


def row(model: str, price_map: dict[str, Any]) -> dict[str, Any]:
    """The row of a model: by its id, else without its provider where the row is of that provider."""
    provider, _, name = model.partition("/")
    found: dict[str, Any] = price_map.get(model) or price_map[name]
    assert found["litellm_provider"] == provider
    return found


DEFAULT_MODELS = [
    (provider.name, tier, model) for provider in facts().values() for tier, model in provider.tiers.items()
]


@pytest.mark.parametrize(("provider", "tier", "model"), DEFAULT_MODELS)
def test_every_default_model_is_priced_and_takes_tools(
    provider: str, tier: Tier, model: str, price_map: dict[str, Any]
) -> None:
    found = row(model, price_map)

    assert model.startswith(f"{provider}/")
    assert found["input_cost_per_token"] > 0
    assert found["output_cost_per_token"] > 0
    assert found["mode"] == "chat"
    assert found["supports_function_calling"]
    assert "deprecation_date" not in found


@pytest.mark.parametrize("provider", [p for p in facts().values() if p.tiers], ids=lambda p: p.name)
def test_a_lower_tier_is_never_dearer(provider: ProviderFacts, price_map: dict[str, Any]) -> None:
    assert set(provider.tiers) == set(Tier)
    output = [row(provider.tiers[tier], price_map)["output_cost_per_token"] for tier in Tier]
    assert output == sorted(output)


def test_the_order_is_the_preference() -> None:
    assert list(facts())[:6] == ["anthropic", "openai", "openrouter", "gemini", "deepseek", "xai"]


def test_only_two_are_known_to_keep_their_ceiling_and_the_script() -> None:
    assert [p.name for p in facts().values() if p.enforces_max_tokens] == ["anthropic", "openai", "scripted"]


def test_every_address_is_one_and_keys_go_only_over_tls() -> None:
    for provider in facts().values():
        if provider.api_base:
            assert url(provider.api_base) == provider.api_base
            assert provider.api_base.startswith("https://") or not provider.key_env


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("anthropic/claude-opus-5-5", "anthropic"),
        ("openrouter/anthropic/claude-opus-5-5", "openrouter"),
        ("claude-sonnet-5-5", "anthropic"),
        ("gpt-6.1-sol", "openai"),
        ("o3", "openai"),
        ("o4-mini", "openai"),
        ("scripted/mid", "scripted"),
    ],
)
def test_the_provider_of_a_model(model: str, provider: str) -> None:
    assert provider_of(model, facts()) == provider


@pytest.mark.parametrize(
    "model", ["", "/", "anthropic/", "/x", "claude-", "opus", "olive", "nobody/x", "x/claude-1"]
)
def test_an_unknown_model_is_refused(model: str) -> None:
    with pytest.raises(NotConfigured, match="unknown model") as caught:
        provider_of(model, facts())
    assert caught.value.hint


def test_a_slip_of_the_pen_is_named() -> None:
    with pytest.raises(NotConfigured) as caught:
        provider_of("antropic/claude-opus-5-5", facts())
    assert caught.value.hint == "did you mean 'anthropic/claude-opus-5-5'?"


def test_a_hint_names_each_provider_once() -> None:
    with pytest.raises(NotConfigured) as caught:
        provider_of("foo/bar", [*facts(), "openai"])
    assert caught.value.hint.count("openai") == 1


def test_a_provider_of_the_users_own_is_known() -> None:
    assert provider_of("cerebras/x", [*facts(), "cerebras"]) == "cerebras"
