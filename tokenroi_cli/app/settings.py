"""`tokenroi config show`: every setting in force, and where its value came from."""

from collections.abc import Iterator
from dataclasses import dataclass

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.money import decimal_usd


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of `config show`."""

    key: str
    value: str
    origin: str


def show(config: Config) -> tuple[Setting, ...]:
    """All settings in a fixed order; keys of providers are named by their variable, never shown."""
    return tuple(Setting(key, value, config.origins.get(key, "default")) for key, value in _values(config))


def _values(config: Config) -> Iterator[tuple[str, str]]:
    for tier, model in config.tiers.items():
        yield f"tiers.{tier}", model.model + (f" (effort {model.effort})" if model.effort else "")
    for task, target in config.routes.items():
        yield f"routes.{task}", target
    for kind, cap in config.budget.caps.items():
        yield f"budget.{kind}", decimal_usd(cap)
    yield "budget.mode", config.budget.mode
    if config.budget.fail_cost is not None:
        yield "budget.fail_cost_usd", decimal_usd(config.budget.fail_cost)
    yield "limits.steps", str(config.limits.steps)
    yield "limits.minutes", str(config.limits.minutes)
    yield "commands.timeout_s", str(config.commands.timeout_s)
    yield "quality", config.quality
    if config.script:
        yield "script", config.script
    for name, provider in config.providers.items():
        for field in ("api_base", "api_key_env", "enforces_max_tokens"):
            value = getattr(provider, field)
            if value not in (None, False):
                yield f"providers.{name}.{field}", str(value).lower() if value is True else str(value)
    yield from _prices(config)


def _prices(config: Config) -> Iterator[tuple[str, str]]:
    for model, price in config.prices.items():
        said = [
            f"{field} {getattr(price, field)}"
            for field in ("input", "output", "cache_read", "cache_write")
            if getattr(price, field) is not None
        ]
        yield f'prices."{model}"', "free" if price.free else ", ".join(said)
