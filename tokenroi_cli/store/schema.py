"""Every key that a user's config may hold."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Union

from tokenroi_cli.domain.tier import TaskKind, Tier
from tokenroi_cli.store.values import (
    BOOLEAN,
    DOLLARS,
    EFFORT,
    ENV_NAME,
    FEE,
    FILE,
    MODEL,
    MODELS,
    RATE,
    ROUTE,
    TEXT,
    TEXTS,
    URL,
    Value,
    choice,
    whole,
)

Key = tuple[str, ...]
"""The names from the top of the file down to a value."""


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose names the user chooses, with the same keys under each."""

    each: "Table"


@dataclass(frozen=True, slots=True)
class Short:
    """A table that may be written as one of its values: `mid = "m"` is `mid = { model = "m" }`."""

    name: str
    value: Value
    others: Mapping[str, Value]


Node = Union[Value, Short, Named, "Table"]
Table = Mapping[str, Node]

SCOPE_KINDS = ("session", "day", "month", "project", "feature", "run", "attempt")
"""Scope elements that a config can cap."""
ELEMENT = "KIND/KEY"
"""Stands for one element, such as `feature/login`, among the keys of a table."""

_TIER = Short("model", MODEL, {"effort": EFFORT, "fallback": MODELS, "tools": BOOLEAN})
_RATES = ("input", "output", "cache_read", "cache_write", "cache_write_1h")

SCHEMA: Table = {
    "quality": choice("balanced", "first"),
    "script": FILE,
    "tiers": dict.fromkeys(Tier, _TIER),
    "routes": dict.fromkeys(TaskKind, ROUTE),
    "budget": {
        **dict.fromkeys((*SCOPE_KINDS, ELEMENT), DOLLARS),
        "alert_command": TEXT,
        "mode": choice("hard", "soft"),
        "fail_cost_usd": DOLLARS,
    },
    "limits": {"steps": whole(1, 10_000), "minutes": whole(1, 7 * 24 * 60)},
    "commands": {"timeout_s": whole(1, 24 * 3600), "allow_network": TEXTS, "writable": TEXTS},
    "sandbox": {"required": BOOLEAN},
    "worktree": {"setup": TEXT},
    "providers": Named(
        {"api_base": URL, "api_key_env": ENV_NAME, "enforces_max_tokens": BOOLEAN, "allow_soft": BOOLEAN}
    ),
    "prices": Named(
        {
            **dict.fromkeys(_RATES, RATE),
            "per_request": FEE,
            "context": whole(1, 10**9),
            "max_output": whole(1, 10**9),
            "free": BOOLEAN,
            "alias": MODEL,
        }
    ),
}

NOT_USED_YET: frozenset[Key] = frozenset(
    {
        ("budget", "fail_cost_usd"),
        ("commands", "allow_network"),
        ("commands", "writable"),
        ("sandbox", "required"),
        ("worktree", "setup"),
    }
)
"""Keys that are read and checked, while nothing in this version acts on them."""


def is_element(name: str) -> bool:
    """Whether a key of the budget table names one scope element."""
    kind, slash, key = name.partition("/")
    return bool(slash and key) and kind in SCOPE_KINDS


def dotted(key: Key) -> str:
    """A key as TOML writes it, safe to print."""
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part) for part in key)


def all_keys(table: Table = SCHEMA) -> Iterator[Key]:
    """Every key there is; `NAME` stands for what the user chooses."""
    for name, node in table.items():
        match node:
            case Value():
                yield (name,)
            case Short(others=others):
                yield (name,)
                yield from ((name, other) for other in others)
            case Named(each):
                yield from ((name, "NAME", *rest) for rest in all_keys(each))
            case _:
                yield from ((name, *rest) for rest in all_keys(node))
