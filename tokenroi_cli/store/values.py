"""What a value of the config may be: the words for it, and its way from TOML into the type that is used."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.store.providers import bare_provider

MAX_USD = 1_000_000
"""Keeps every sum of the ledger far inside 64 bits of pico-dollars."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one key may hold."""

    expects: str
    """Completes "expected ..."."""
    read: Callable[[Any], object]
    """The value in the type that is used; raises ValueError for any other."""


def choice(*words: str) -> Value:
    def read(value: Any) -> str:
        _require(value in words)
        return str(value)

    return Value(" or ".join(f'"{word}"' for word in words), read)


def whole(low: int, high: int) -> Value:
    def read(value: Any) -> int:
        _require(type(value) is int and low <= value <= high)
        return int(value)

    return Value(f"a whole number from {low} to {high}", read)


def url(value: Any) -> str:
    """An http(s) address without credentials, query or fragment. Raises ValueError for anything else."""
    text = _line(value)
    parts = urlsplit(text)
    _require(parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    _require("@" not in parts.netloc and not parts.query and not parts.fragment)
    return text


def _number(value: Any) -> Decimal:
    _require(type(value) in (int, Decimal))
    number = Decimal(value)
    _require(number.is_finite() and 0 <= number <= MAX_USD)
    # Below a pico-dollar nothing can be counted; an exponent of a million digits would take for ever.
    _require(number == 0 or number.adjusted() >= -12)
    return abs(number)


def _dollars(value: Any) -> Money:
    return usd(_number(value))


def _boolean(value: Any) -> bool:
    _require(type(value) is bool)
    return bool(value)


def _line(value: Any) -> str:
    """A text without blanks or control characters."""
    _require(isinstance(value, str) and re.fullmatch(r"[^\s\x00-\x20\x7f-\x9f]{1,500}", value) is not None)
    return str(value)


def _text(value: Any) -> str:
    _require(isinstance(value, str) and bool(value.strip()) and "\0" not in value)
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    _require(isinstance(value, list))
    return tuple(_text(item) for item in value)


def _model(value: Any) -> str:
    model = _line(value)
    provider, slash, name = model.partition("/")
    _require(bool(provider and name) if slash else bool(bare_provider(model)))
    return model


def _models(value: Any) -> tuple[str, ...]:
    _require(isinstance(value, list))
    return tuple(_model(item) for item in value)


def _route(value: Any) -> str:
    return str(value) if value in tuple(Tier) else _model(value)


def _env_name(value: Any) -> str:
    # Capitals only: some keys look like a name in small letters, and names are printed.
    _require(isinstance(value, str) and re.fullmatch(r"[A-Z_][A-Z0-9_]{0,99}", value) is not None)
    return str(value)


def _require(fits: bool) -> None:
    if not fits:
        raise ValueError


_A_MODEL = 'a model id such as "anthropic/claude-sonnet-5-5"'

DOLLARS = Value(f"US dollars, a number from 0 to {MAX_USD} such as 5.00", _dollars)
RATE = Value(f"US dollars per million tokens, a number from 0 to {MAX_USD} such as 3.00", _number)
FEE = Value(f"US dollars per request, a number from 0 to {MAX_USD} such as 0.005", _number)
BOOLEAN = Value("true or false", _boolean)
URL = Value('an address such as "http://127.0.0.1:8080/v1"', url)
TEXT = Value("a text in quotes", _text)
TEXTS = Value("a list of texts", _texts)
FILE = Value('a file, such as "script.toml"', _text)
MODEL = Value(_A_MODEL, _model)
MODELS = Value('a list of model ids such as ["openai/gpt-6.1-sol"]', _models)
ROUTE = Value(f"a tier ({', '.join(Tier)}) or {_A_MODEL}", _route)
ENV_NAME = Value('the name of a variable such as "OPENAI_API_KEY", never the key itself', _env_name)
EFFORT = choice("none", "minimal", "low", "medium", "high", "xhigh", "max")
