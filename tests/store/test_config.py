from decimal import Decimal
from pathlib import Path

import pytest

from tokenroi_cli.domain.config import (
    BudgetSettings,
    Config,
    LimitSettings,
    PriceSettings,
    ProviderSettings,
)
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.scope import BudgetMode
from tokenroi_cli.domain.tier import TaskKind, Tier, TierModel
from tokenroi_cli.store.config import load, settings
from tokenroi_cli.store.paths import Home
from tokenroi_cli.store.providers import facts
from tokenroi_cli.store.schema import all_keys, dotted
from tokenroi_cli.store.templates import template

ANTHROPIC = {"ANTHROPIC_API_KEY": "sk-ant-0123456789"}
OPENAI = {"OPENAI_API_KEY": "sk-0123456789"}
DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "config.toml", tmp_path / "state")


def models(config: Config) -> dict[Tier, str]:
    return {tier: found.model for tier, found in config.tiers.items()}


def test_one_exported_key_is_enough(home: Home) -> None:
    config = load(home, ANTHROPIC)

    assert config.tiers == {tier: TierModel(model) for tier, model in facts()["anthropic"].tiers.items()}
    assert config.origins == {
        "quality": "default",
        "budget.mode": "default",
        "limits.steps": "default",
        "limits.minutes": "default",
        "commands.timeout_s": "default",
        **{f"tiers.{tier}": "templates/tiers.toml (ANTHROPIC_API_KEY is set)" for tier in Tier},
    }


def test_the_first_provider_with_a_key_supplies_the_models(home: Home) -> None:
    assert load(home, OPENAI | ANTHROPIC).tiers == load(home, ANTHROPIC).tiers
    assert models(load(home, OPENAI)) == facts()["openai"].tiers
    assert models(load(home, OPENAI | {"ANTHROPIC_API_KEY": " "})) == facts()["openai"].tiers
    assert models(load(home, {"GOOGLE_API_KEY": "x"})) == facts()["gemini"].tiers


def test_no_key_means_no_models(home: Home) -> None:
    assert load(home, {}).tiers == {}
    assert load(home, {"OPENROUTER_API_KEY": "sk-or"}).tiers == {}


def test_a_key_in_a_variable_of_the_users_own_counts(home: Home) -> None:
    home.config.write_text('[providers.openai]\napi_key_env = "WORK_KEY"\n')

    assert load(home, OPENAI).tiers == {}
    config = load(home, {"WORK_KEY": "sk-0123456789"})
    assert models(config) == facts()["openai"].tiers
    assert config.origins["tiers.mid"] == "templates/tiers.toml (WORK_KEY is set)"


def test_the_users_file_wins_key_by_key(home: Home) -> None:
    home.config.write_text(
        'tiers.premium = { model = "openai/gpt-6-astra", effort = "high" }\n'
        'tiers.light = { effort = "low" }\n'
    )
    config = load(home, ANTHROPIC)

    assert config.tiers[Tier.PREMIUM] == TierModel("openai/gpt-6-astra", "high")
    assert config.tiers[Tier.LIGHT] == TierModel("anthropic/claude-haiku-5-5", "low")
    assert config.tiers[Tier.MID] == TierModel("anthropic/claude-sonnet-5-5")
    assert config.origins["tiers.premium"] == str(home.config)
    assert config.origins["tiers.premium.effort"] == str(home.config)
    assert config.origins["tiers.light"] == "templates/tiers.toml (ANTHROPIC_API_KEY is set)"


def test_an_effort_alone_configures_no_tier(home: Home) -> None:
    home.config.write_text('tiers.light = { effort = "low" }\n')
    assert load(home, {}).tiers == {}


@pytest.mark.parametrize(
    ("mid", "environ", "triage"),
    [
        ("openai/gpt-6.1-sol", ANTHROPIC, "openai/gpt-6-luna"),
        ("gpt-6.1-sol", ANTHROPIC, "openai/gpt-6-luna"),
        ("ollama/qwen3-coder", ANTHROPIC, "ollama/qwen3-coder"),
        ("nobody/model", ANTHROPIC, "nobody/model"),
        ("openai/mine", {**ANTHROPIC, "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "openai/mine"),
    ],
)
def test_triage_is_of_the_provider_of_mid(home: Home, mid: str, environ: dict[str, str], triage: str) -> None:
    home.config.write_text(f'tiers.mid = "{mid}"\n')

    assert models(load(home, environ)) == {
        Tier.TRIAGE: triage,
        Tier.LIGHT: "anthropic/claude-haiku-5-5",
        Tier.MID: mid,
        Tier.PREMIUM: "anthropic/claude-opus-5-5",
    }


def test_triage_of_the_users_own_stays(home: Home) -> None:
    home.config.write_text('tiers.mid = "openai/gpt-6.1-sol"\ntiers.triage = "xai/grok-4.3"\n')
    assert models(load(home, ANTHROPIC))[Tier.TRIAGE] == "xai/grok-4.3"


def test_tools_are_said_of_a_tier_whoever_names_its_model(home: Home, script: Path) -> None:
    home.config.write_text("tiers.light = { tools = false }\n")
    config = load(home, ANTHROPIC)
    assert config.tiers[Tier.LIGHT] == TierModel("anthropic/claude-haiku-5-5", tools=False)
    assert config.tiers[Tier.MID].tools
    assert config.origins["tiers.light.tools"] == str(home.config)
    scripted = load(home, {"TOKENROI_SCRIPT": str(script)})
    assert scripted.tiers[Tier.LIGHT] == TierModel("scripted/light", tools=False)


def test_triage_that_is_the_model_of_mid_has_tools_or_none_as_mid(home: Home) -> None:
    mid = 'tiers.mid = { model = "ollama/small", tools = false }\n'
    home.config.write_text(mid)
    assert load(home, {}).tiers[Tier.TRIAGE] == TierModel("ollama/small", tools=False)
    home.config.write_text(mid + "tiers.triage = { tools = true }\n")
    assert load(home, {}).tiers[Tier.TRIAGE] == TierModel("ollama/small")
    home.config.write_text(mid + 'tiers.triage = "ollama/small"\n')
    assert load(home, {}).tiers[Tier.TRIAGE] == TierModel("ollama/small", tools=False)
    home.config.write_text(mid + 'tiers.triage = "ollama/large"\n')
    assert load(home, {}).tiers[Tier.TRIAGE] == TierModel("ollama/large")
    home.config.write_text('tiers.mid = { model = "openai/gpt-6.1-sol", tools = false }\n')
    assert load(home, {}).tiers[Tier.TRIAGE] == TierModel("openai/gpt-6-luna")


DESIGN_EXAMPLE = """
[tiers]
premium = "anthropic/claude-opus-5-5"
mid     = { model = "anthropic/claude-sonnet-5-5", effort = "low", fallback = ["openai/gpt-6.1-terra"] }
light   = "anthropic/claude-haiku-5-5"
triage  = "anthropic/claude-haiku-5-5"
[routes]
plan = "premium"
chat = "mid"
review = "openai/gpt-6.1-sol"
[budget]
session = 5.00
day = 20
mode = "soft"
fail_cost_usd = 2.00
[limits]
steps = 50
minutes = 10
[commands]
allow_network = ["npm ci"]
writable = ["~/.cache/pip"]
timeout_s = 60
[sandbox]
required = true
[worktree]
setup = "uv sync"
[providers.openai]
api_base = "http://127.0.0.1:8080/v1"
api_key_env = "OPENAI_API_KEY"
enforces_max_tokens = true
[prices."openai/my-model"]
input = 3.00
output = 15.00
cache_read = 0.30
cache_write = 3.75
context = 200000
max_output = 64000
[prices."ollama/qwen3-coder"]
free = true
"""


def test_everything_that_can_be_said_is_understood(home: Home) -> None:
    home.config.write_text(DESIGN_EXAMPLE)
    config = load(home, {})

    assert config == Config(
        tiers={
            Tier.PREMIUM: TierModel("anthropic/claude-opus-5-5"),
            Tier.MID: TierModel("anthropic/claude-sonnet-5-5", "low", ("openai/gpt-6.1-terra",)),
            Tier.LIGHT: TierModel("anthropic/claude-haiku-5-5"),
            Tier.TRIAGE: TierModel("anthropic/claude-haiku-5-5"),
        },
        routes={TaskKind.PLAN: "premium", TaskKind.CHAT: "mid", TaskKind.REVIEW: "openai/gpt-6.1-sol"},
        budget=BudgetSettings({"session": usd("5"), "day": usd("20")}, BudgetMode.SOFT, usd("2")),
        limits=LimitSettings(50, 10),
        commands=config.commands,
        providers={"openai": ProviderSettings("http://127.0.0.1:8080/v1", "OPENAI_API_KEY", True)},
        prices={
            "openai/my-model": PriceSettings(
                Decimal("3.00"),
                Decimal("15.00"),
                Decimal("0.30"),
                Decimal("3.75"),
                context=200_000,
                max_output=64_000,
            ),
            "ollama/qwen3-coder": PriceSettings(free=True),
        },
        origins=config.origins,
    )
    assert config.commands.timeout_s == 60


def test_what_is_not_used_yet_is_kept_and_says_so(home: Home) -> None:
    home.config.write_text(DESIGN_EXAMPLE)
    found = settings(home, {})

    marked = {dotted(key): setting.value for key, setting in found.items() if "not used" in setting.origin}
    assert marked == {
        "budget.fail_cost_usd": usd("2"),
        "commands.allow_network": ("npm ci",),
        "commands.writable": ("~/.cache/pip",),
        "sandbox.required": True,
        "worktree.setup": "uv sync",
    }
    assert load(home, {}).origins["sandbox.required"] == f"{home.config} (not used by this version yet)"


def test_every_value_has_an_origin(home: Home) -> None:
    home.config.write_text(DESIGN_EXAMPLE)
    origins = load(home, {}).origins

    assert origins['prices."openai/my-model".input'] == str(home.config)
    assert origins["budget.session"] == str(home.config)
    assert set(origins.values()) == {str(home.config), f"{home.config} (not used by this version yet)"} | {
        "default"
    }


# --- scripts


SCRIPT = """
[prices."scripted/mid"]
input = 1.00
output = 2.00
[prices."openai/mine"]
input = 3.00
[[reply]]
text = "hello"
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.toml"
    path.write_text(SCRIPT)
    return path


def test_a_script_takes_every_tier_and_brings_its_prices(home: Home, script: Path) -> None:
    config = load(home, ANTHROPIC | {"TOKENROI_SCRIPT": str(script)})

    assert config.script == str(script)
    assert models(config) == {tier: f"scripted/{tier}" for tier in Tier}
    assert config.prices["scripted/mid"] == PriceSettings(Decimal("1.00"), Decimal("2.00"))
    assert config.origins["script"] == "environment TOKENROI_SCRIPT"
    assert config.origins["tiers.mid"] == "environment TOKENROI_SCRIPT"
    assert config.origins['prices."scripted/mid".input'] == str(script)


def test_the_users_own_tiers_and_prices_stand_above_a_script(home: Home, script: Path) -> None:
    home.config.write_text('tiers.mid = "openai/mine"\nprices."openai/mine".output = 9\n')
    config = load(home, {"TOKENROI_SCRIPT": str(script)})

    assert config.tiers[Tier.MID].model == "openai/mine"
    assert config.tiers[Tier.TRIAGE].model == "scripted/triage"
    assert config.prices["openai/mine"] == PriceSettings(Decimal("3.00"), Decimal(9))


def test_a_script_in_the_config_is_relative_to_it(home: Home, script: Path) -> None:
    home.config.write_text('script = "script.toml"\n')
    config = load(home, {})

    assert config.script == str(script)
    assert config.origins["script"] == str(home.config)
    assert config.origins["tiers.mid"] == str(home.config)


def test_a_script_in_the_environment_comes_first(home: Home, script: Path) -> None:
    home.config.write_text('script = "another.toml"\n')
    assert load(home, {"TOKENROI_SCRIPT": str(script)}).script == str(script)


def test_a_missing_or_wrong_script_is_told(home: Home, tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(NotConfigured, match="no such script") as caught:
        load(home, {"TOKENROI_SCRIPT": str(missing)})
    assert str(missing) in caught.value.what
    assert "TOKENROI_SCRIPT" in caught.value.hint

    missing.write_text("prices = 5")
    with pytest.raises(NotConfigured, match="prices: expected a table"):
        load(home, {"TOKENROI_SCRIPT": str(missing)})


# --- what ships


def test_the_starting_config_changes_nothing(home: Home) -> None:
    home.config.write_text(template("config.toml"))
    assert load(home, ANTHROPIC) == load(Home(home.config.parent / "none", home.state), ANTHROPIC)


def test_every_example_in_the_starting_config_works(home: Home) -> None:
    examples = [line.removeprefix("# ") for line in template("config.toml").splitlines()]
    home.config.write_text(
        "\n".join(line for line in examples if "=" in line.split("#")[0] or line[:1] == "[")
    )
    config = load(home, {})

    assert config.tiers[Tier.MID].effort == "low"
    assert config.providers["openai"].api_base == "http://127.0.0.1:8080/v1"
    assert config.prices["ollama/qwen3-coder"].free
    assert not any("not used" in origin for origin in config.origins.values())


def test_the_documented_config_works(home: Home) -> None:
    block = DOCS.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    home.config.write_text(block)
    assert load(home, {}).budget.caps == {"session": usd(5), "day": usd(20)}


def test_every_key_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for key in all_keys():
        table, last = key[0], key[-1]
        if table in ("tiers", "routes"):
            assert f"`{last}`" in text or f"{last} }}" in text or f".{last}`" in text, key
        else:
            assert f"{table}.{last}" in text or f".{last}`" in text or f"`{last}`" in text, key
    for provider in facts().values():
        assert f"`{provider.name}`" in text or provider.name == "scripted"
        assert all(f"`{name}`" in text for name in (*provider.key_env, *provider.base_env))
