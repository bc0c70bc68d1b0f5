"""The user's settings in layers: defaults, the models of a provider that has a key, the user's own file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenroi_cli.domain.config import (
    BudgetSettings,
    CommandSettings,
    Config,
    LimitSettings,
    PriceSettings,
    ProviderSettings,
)
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.scope import BudgetMode, ScopePart
from tokenroi_cli.domain.tier import TaskKind, Tier, TierModel
from tokenroi_cli.store.config_check import checked
from tokenroi_cli.store.paths import Home
from tokenroi_cli.store.providers import ProviderFacts, bare_provider, facts
from tokenroi_cli.store.schema import NOT_USED_YET, SCOPE_KINDS, Key, dotted, is_element
from tokenroi_cli.store.toml_file import read_toml

SCRIPT_VARIABLE = "TOKENROI_SCRIPT"
TIERS_FILE = "templates/tiers.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it came from."""

    value: Any
    """Typed by `schema`."""
    origin: str


Settings = dict[Key, Setting]
"""A layer: a later one wins, key by key."""


def load(home: Home, environ: Mapping[str, str]) -> Config:
    """Everything the user can set, with defaults filled in and the origin of each value kept.

    Raises NotConfigured, naming file and key, for a config that cannot be read or means nothing.
    """
    return _config(settings(home, environ))


def settings(home: Home, environ: Mapping[str, str]) -> Settings:
    """The same one by one, keys that this version only checks included: what `config show` lists."""
    user = _user_file(home.config)
    script = _script(user, home.config, environ)
    models = _scripted(script) if script else _models(user, environ)
    return _defaults() | models | user | script


def _defaults() -> Settings:
    limits, commands = LimitSettings(), CommandSettings()
    values: dict[Key, object] = {
        ("quality",): "balanced",
        ("budget", "mode"): BudgetMode.HARD.value,
        ("limits", "steps"): limits.steps,
        ("limits", "minutes"): limits.minutes,
        ("commands", "timeout_s"): commands.timeout_s,
    }
    return _layer(values, "default")


def _user_file(path: Path) -> Settings:
    try:
        return _layer(checked(read_toml(path), path), str(path))
    except FileNotFoundError as error:
        if path.is_symlink():
            raise NotConfigured(
                f"{path}: the link leads nowhere", "restore its target, or remove it"
            ) from error
        return {}


def _layer(values: Mapping[Key, object], origin: str) -> Settings:
    return {
        key: Setting(value, f"{origin} (not used by this version yet)" if key in NOT_USED_YET else origin)
        for key, value in values.items()
    }


def _script(user: Settings, config: Path, environ: Mapping[str, str]) -> Settings:
    """The script in force, if any: the environment's, else the user's, which is relative to the config."""
    if named := environ.get(SCRIPT_VARIABLE):
        return {("script",): Setting(named, f"environment {SCRIPT_VARIABLE}")}
    if said := user.get(("script",)):
        return {("script",): Setting(str(config.parent / said.value), said.origin)}
    return {}


def _scripted(script: Settings) -> Settings:
    """Models and prices that a script brings along."""
    path, origin = Path(script["script",].value), script["script",].origin
    models: dict[Key, object] = {("tiers", tier.value): f"scripted/{tier}" for tier in Tier}
    try:
        prices = checked({"prices": read_toml(path).get("prices", {})}, path)
    except FileNotFoundError as error:
        raise NotConfigured(f"{path}: there is no such script", f"it is named by {origin}") from error
    return _layer(models, origin) | _layer(prices, str(path))


def _models(user: Settings, environ: Mapping[str, str]) -> Settings:
    """The default models: those of the first provider with a key, and triage beside the user's own mid."""
    models: Settings = {}
    for provider in facts().values():
        key = _key_variable(provider, user, environ)
        if provider.tiers and key:
            models = _tiers_of(provider, f"{TIERS_FILE} ({key} is set)")
            break
    if mid := user.get(("tiers", "mid")):
        models["tiers", "triage"] = triage = _triage_beside(mid, user, environ)
        tools = user.get(("tiers", "mid", "tools"))
        if tools and user.get(("tiers", "triage"), triage).value == mid.value:
            models["tiers", "triage", "tools"] = Setting(tools.value, triage.origin)
    return models


def _key_variable(provider: ProviderFacts, user: Settings, environ: Mapping[str, str]) -> str:
    """The variable that holds a key of the provider; empty when none does."""
    said = user.get(("providers", provider.name, "api_key_env"))
    names = (said.value,) if said else provider.key_env
    return next((name for name in names if environ.get(name, "").strip()), "")


def _tiers_of(provider: ProviderFacts, origin: str) -> Settings:
    return _layer({("tiers", tier.value): model for tier, model in provider.tiers.items()}, origin)


def _triage_beside(mid: Setting, user: Settings, environ: Mapping[str, str]) -> Setting:
    """Triage comes from the provider of mid; at an address of the user's own, only mid is sure to exist."""
    model: str = mid.value
    provider = facts().get(model.split("/")[0] if "/" in model else bare_provider(model))
    if provider is None or Tier.TRIAGE not in provider.tiers or _moved(provider, user, environ):
        return Setting(model, "the same as tiers.mid")
    return Setting(provider.tiers[Tier.TRIAGE], f"{TIERS_FILE} (the provider of tiers.mid)")


def _moved(provider: ProviderFacts, user: Settings, environ: Mapping[str, str]) -> bool:
    own = ("providers", provider.name, "api_base") in user
    return own or any(environ.get(name) for name in provider.base_env)


def _config(found: Settings) -> Config:
    budget = _under(found, "budget")
    return Config(
        tiers=_tiers(found),
        routes={TaskKind(task): route for task, route in _under(found, "routes").items()},
        budget=BudgetSettings(
            caps={kind: budget[kind] for kind in SCOPE_KINDS if kind in budget},
            mode=BudgetMode(budget["mode"]),
            fail_cost=budget.get("fail_cost_usd"),
            scopes={element(name): cap for name, cap in budget.items() if is_element(name)},
            alert_command=budget.get("alert_command"),
        ),
        limits=LimitSettings(**_under(found, "limits")),
        commands=CommandSettings(timeout_s=found["commands", "timeout_s"].value),
        providers={name: ProviderSettings(**said) for name, said in _named(found, "providers").items()},
        prices={name: PriceSettings(**said) for name, said in _named(found, "prices").items()},
        quality=found["quality",].value,
        script=found["script",].value if ("script",) in found else None,
        origins={dotted(key): setting.origin for key, setting in found.items()},
    )


def element(name: str) -> ScopePart:
    """`feature/login` as a scope element."""
    kind, _, key = name.partition("/")
    return ScopePart(kind, key)


def _tiers(found: Settings) -> dict[Tier, TierModel]:
    """A tier without a model (an effort alone, and no provider to take the model from) is not configured."""
    models, others = _under(found, "tiers"), _named(found, "tiers")
    return {tier: TierModel(models[tier], **others.get(tier, {})) for tier in Tier if tier in models}


def _under(found: Settings, table: str) -> dict[str, Any]:
    """The values right under a table, by their name."""
    return {key[1]: setting.value for key, setting in found.items() if key[0] == table and len(key) == 2}


def _named(found: Settings, table: str) -> dict[str, dict[str, Any]]:
    """The tables right under a table, by their name."""
    tables: dict[str, dict[str, Any]] = {}
    for key, setting in found.items():
        if key[0] == table and len(key) == 3:
            tables.setdefault(key[1], {})[key[2]] = setting.value
    return tables
