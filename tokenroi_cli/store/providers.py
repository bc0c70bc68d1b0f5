"""What is known of each provider: its keys, its address, its models, and whether its ceiling holds."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.store.templates import template

_BARE = {re.compile(r"claude-."): "anthropic", re.compile(r"gpt-.|chatgpt-.|o\d"): "openai"}
"""Model names that tell their provider without a prefix."""


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """One table of `templates/tiers.toml`."""

    name: str
    """The litellm provider: what stands before the slash of a model id."""
    key_env: tuple[str, ...] = ()
    """Environment variables that may hold the key, in order; empty: none is needed."""
    api_base: str | None = None
    base_env: tuple[str, ...] = ()
    """Environment variables that may hold another address, in order."""
    enforces_max_tokens: bool = False
    """At its own address no answer is longer than asked, so that a cap can be hard."""
    tiers: Mapping[Tier, str] = field(default_factory=dict)
    """Default models; empty where none has a price in the table."""


@cache
def facts() -> Mapping[str, ProviderFacts]:
    """Every provider of `templates/tiers.toml`; the first one with a key is the default."""
    return {name: _facts(name, table) for name, table in tomllib.loads(template("tiers.toml")).items()}


def provider_of(model: str, known: Iterable[str]) -> str:
    """The litellm provider of a model id: what stands before its first slash, or what its name tells.

    Raises NotConfigured ("unknown model") for a provider that is not among `known`.
    """
    names = tuple(dict.fromkeys(known))
    head, slash, name = model.partition("/")
    provider = head if slash else bare_provider(model)
    if provider in names and (name or not slash):
        return provider
    raise NotConfigured(f"unknown model {model!r}", _hint(model, names), reason="unknown_model")


def bare_provider(model: str) -> str:
    """The provider of a model id without a slash, `""` when its name does not tell."""
    return next((provider for pattern, provider in _BARE.items() if pattern.match(model)), "")


def _facts(name: str, table: Mapping[str, Any]) -> ProviderFacts:
    return ProviderFacts(
        name,
        key_env=tuple(table.get("key_env", ())),
        api_base=table.get("api_base"),
        base_env=tuple(table.get("base_env", ())),
        enforces_max_tokens=table.get("enforces_max_tokens", False),
        tiers={Tier(tier): model for tier, model in table.get("tiers", {}).items()},
    )


def _hint(model: str, known: tuple[str, ...]) -> str:
    head, slash, name = model.partition("/")
    if not slash or not name:
        return 'write it as "provider/model", for instance "anthropic/claude-sonnet-5-5"'
    if near := get_close_matches(head[:80], known, 1):
        return f"did you mean {f'{near[0]}/{name}'!r}?"
    return f"use one of {', '.join(known)}; or name its address and key under [providers.NAME] in the config"
