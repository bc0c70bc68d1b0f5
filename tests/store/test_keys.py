from dataclasses import replace
from pathlib import Path

import pytest

from tokenroi_cli.domain.config import Config, Endpoint, PriceSettings, ProviderSettings
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.config import load
from tokenroi_cli.store.keys import endpoint, enforces_ceiling, known_secrets
from tokenroi_cli.store.paths import Home
from tokenroi_cli.store.providers import facts

KEY = "sk-0123456789"
SONNET = "anthropic/claude-sonnet-5-5"
PLAIN = Config(tiers={})


def said(**providers: ProviderSettings) -> Config:
    return replace(PLAIN, providers=providers)


def test_a_provider_at_its_own_address_with_its_usual_key() -> None:
    assert endpoint(SONNET, PLAIN, {"ANTHROPIC_API_KEY": KEY}) == Endpoint(
        "anthropic", "https://api.anthropic.com", KEY
    )
    assert endpoint("gpt-6.1-sol", PLAIN, {"OPENAI_API_KEY": f" {KEY}\n"}).key == KEY
    assert endpoint("gemini/x", PLAIN, {"GEMINI_API_KEY": "", "GOOGLE_API_KEY": KEY}).key == KEY


def test_the_address_is_the_configs_then_the_environments_then_its_own() -> None:
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": "http://second/v1"}
    config = said(openai=ProviderSettings(api_base="http://mine/v1"))

    assert endpoint("openai/x", config, environ).api_base == "http://mine/v1"
    assert endpoint("openai/x", PLAIN, environ).api_base == "http://second/v1"
    first = environ | {"OPENAI_BASE_URL": "http://first/v1"}
    assert endpoint("openai/x", PLAIN, first).api_base == "http://first/v1"
    assert endpoint("openai/x", PLAIN, {"OPENAI_API_KEY": KEY}).api_base == "https://api.openai.com/v1"


def test_the_variable_that_the_config_names_is_the_only_one() -> None:
    config = said(openai=ProviderSettings(api_key_env="WORK_KEY"))

    assert endpoint("openai/x", config, {"WORK_KEY": KEY, "OPENAI_API_KEY": "other"}).key == KEY
    with pytest.raises(NotConfigured, match="WORK_KEY is not set"):
        endpoint("openai/x", config, {"OPENAI_API_KEY": KEY})


def test_a_missing_key_names_what_to_export() -> None:
    with pytest.raises(NotConfigured) as caught:
        endpoint("gemini/gemini-4-argon", PLAIN, {"GEMINI_API_KEY": " "})
    assert (
        caught.value.what == "no key for gemini/gemini-4-argon: GEMINI_API_KEY or GOOGLE_API_KEY is not set"
    )
    assert "export GEMINI_API_KEY=" in caught.value.hint
    assert caught.value.reason == "no_key"


@pytest.mark.parametrize("key", ["sk-01234 56789", "sk-01234\n56789", "sk-01234\x0056789", "sk-01234é56789"])
def test_a_broken_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(NotConfigured, match="ANTHROPIC_API_KEY") as caught:
        endpoint(SONNET, PLAIN, {"ANTHROPIC_API_KEY": key})
    shown = str(caught.value) + caught.value.hint + repr(caught.value)
    assert "01234" not in shown
    assert "56789" not in shown


def test_an_endpoint_does_not_show_its_key() -> None:
    assert KEY not in repr(endpoint(SONNET, PLAIN, {"ANTHROPIC_API_KEY": KEY}))


def test_free_and_local_models_need_no_key() -> None:
    free = replace(PLAIN, prices={"openai/mine": PriceSettings(free=True)})

    assert endpoint("openai/mine", free, {}).key == ""
    assert endpoint("openai/mine", free, {"OPENAI_API_KEY": KEY}).key == KEY
    assert endpoint("ollama/qwen3-coder", PLAIN, {}) == Endpoint("ollama", "http://localhost:11434", "")
    assert endpoint("scripted/mid", PLAIN, {}) == Endpoint("scripted", None, "")
    with pytest.raises(NotConfigured, match="OPENAI_API_KEY"):
        endpoint("openai/other", free, {})


def test_a_provider_of_the_users_own() -> None:
    own = said(
        hosted_vllm=ProviderSettings("http://127.0.0.1:8000/v1"), cerebras=ProviderSettings(None, "C_KEY")
    )

    assert endpoint("hosted_vllm/x", own, {}) == Endpoint("hosted_vllm", "http://127.0.0.1:8000/v1", "")
    assert endpoint("cerebras/x", own, {"C_KEY": KEY}) == Endpoint("cerebras", None, KEY)
    with pytest.raises(NotConfigured, match="unknown model"):
        endpoint("cerebras/x", PLAIN, {"C_KEY": KEY})


@pytest.mark.parametrize("base", ["127.0.0.1:8080", "ftp://x", "https://u:p@x", "https://x:y", "http://"])
def test_an_address_in_the_environment_must_be_one(base: str) -> None:
    with pytest.raises(NotConfigured, match="ANTHROPIC_BASE_URL") as caught:
        endpoint(SONNET, PLAIN, {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": base})
    assert base not in caught.value.what


@pytest.mark.parametrize(
    ("model", "environ", "hard"),
    [
        (SONNET, {}, True),
        ("claude-sonnet-5-5", {}, True),
        ("gpt-6.1-sol", {}, True),
        ("scripted/mid", {}, True),
        ("gemini/gemini-4-argon", {}, False),
        ("ollama/x", {}, False),
        (SONNET, {"ANTHROPIC_BASE_URL": "https://api.anthropic.com/"}, True),
        (SONNET, {"ANTHROPIC_BASE_URL": "http://api.anthropic.com"}, False),
        (SONNET, {"ANTHROPIC_BASE_URL": "https://api.anthropic.com.example.org"}, False),
        (SONNET, {"ANTHROPIC_BASE_URL": "https://api.anthropic.com:8443"}, False),
        ("openai/x", {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, False),
        ("openai/x", {"ANTHROPIC_BASE_URL": "http://127.0.0.1:1"}, True),
    ],
)
def test_whose_ceiling_holds(model: str, environ: dict[str, str], hard: bool) -> None:
    assert enforces_ceiling(model, PLAIN, environ) is hard


@pytest.mark.parametrize(
    ("text", "model", "hard"),
    [
        ('providers.openai.api_base = "http://127.0.0.1:1/v1"', "openai/x", False),
        ("providers.gemini.enforces_max_tokens = true", "gemini/x", True),
        ("providers.openai.enforces_max_tokens = false", "openai/x", False),
        (
            '[providers.openai]\napi_base = "http://127.0.0.1:1/v1"\nenforces_max_tokens = true',
            "openai/x",
            True,
        ),
        ('providers."my.own".enforces_max_tokens = true', "my.own/x", True),
    ],
)
def test_the_user_knows_better(tmp_path: Path, text: str, model: str, hard: bool) -> None:
    (tmp_path / "config.toml").write_text(text)
    config = load(Home(tmp_path / "config.toml", tmp_path), {})
    assert enforces_ceiling(model, config, {}) is hard


def test_every_key_in_reach_is_a_secret() -> None:
    config = said(openai=ProviderSettings(api_key_env="WORK_KEY"))
    environ = {
        "ANTHROPIC_API_KEY": "first-key",
        "OPENAI_API_KEY": " second-key\n",
        "WORK_KEY": "third-key",
        "GROQ_API_KEY": "short",
        "XAI_API_KEY": "first-key",
        "PATH": "/usr/bin:/bin",
    }
    assert known_secrets(config, environ) == ("first-key", "second-key", "third-key")


def test_no_key_variable_is_forgotten() -> None:
    names = [name for provider in facts().values() for name in provider.key_env]
    assert set(known_secrets(PLAIN, {name: f"key-in-{name}" for name in names})) == {
        f"key-in-{name}" for name in names
    }
