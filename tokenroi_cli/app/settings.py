"""`tokenroi config show`: every setting in force, and where its value came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.store.config import settings
from tokenroi_cli.store.paths import locate
from tokenroi_cli.store.schema import Key, dotted


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of `config show`."""

    key: str
    value: str
    origin: str


def show(environ: Mapping[str, str]) -> tuple[Shown, ...]:
    """All settings, sorted by key. Keys of providers are named by their variable, never shown.

    Raises NotConfigured for a config that cannot be read.
    """
    found = settings(locate(environ), environ).items()
    rows = (Shown(dotted(key), _text(key, setting.value), setting.origin) for key, setting in found)
    return tuple(sorted(rows, key=lambda row: row.key))


def _text(key: Key, value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() if key[0] == "budget":
            return decimal_usd(Money(value))
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
