"""`tokenroi prices`: what a model costs, as of when, by whose word. No key, no network, no trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from tokenroi_cli.app.workplace import now
from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured, Unpriced
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.tier import TaskKind, Tier
from tokenroi_cli.money.prices import PriceTable, age_in_days
from tokenroi_cli.policy.routing import route
from tokenroi_cli.store.config import load
from tokenroi_cli.store.keys import enforces_ceiling
from tokenroi_cli.store.paths import locate


@dataclass(frozen=True, slots=True)
class Priced:
    """One model of the list."""

    model: str
    tiers: tuple[str, ...]
    """Those that it stands for."""
    price: Price | None
    why: str = ""
    """Why it has no price."""
    hard: bool = False
    """Whether a cap on it is hard."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The models in use and the table behind their prices."""

    rows: tuple[Priced, ...]
    source: str
    as_of: str
    age: int | None
    """Days since `as_of`."""
    stale: bool
    known: int
    """Models of the table and of the user's config that have a price."""


def prices(environ: Mapping[str, str], *, everything: bool = False) -> Prices:
    """The models of the tiers and those that the user priced; with `everything`, all that have a price."""
    config = load(locate(environ), environ)
    table = PriceTable(config.prices)
    known = table.known()
    named = dict.fromkeys(
        (*(config.tiers[tier].model for tier in reversed(Tier) if tier in config.tiers), *config.prices)
    )
    rows = tuple(_priced(model, config, table, environ) for model in (known if everything else named))
    age = age_in_days(table.table.as_of, now().date())
    return Prices(rows, table.table.source, table.table.as_of, age, table.stale(now().date()), len(known))


def price_of(environ: Mapping[str, str], model: str) -> Priced:
    """One model, or the one that a tier stands for.

    Raises Unpriced, with the ids that look alike; NotConfigured for a tier where no model is configured.
    """
    config = load(locate(environ), environ)
    table = PriceTable(config.prices)
    if model in tuple(Tier):
        model = route(TaskKind.CHAT, config, Tier(model)).model
    try:
        table.price(model)
    except Unpriced as error:
        near = _alike(model, table)
        hint = f"alike are {', '.join(near)}; {error.hint}" if near else error.hint
        raise Unpriced(error.what, hint) from error
    return _priced(model, config, table, environ)


def _alike(model: str, table: PriceTable) -> list[str]:
    """Priced ids that look like one without a price, those of its own provider first."""
    provider, slash, bare = model.partition("/")
    near = get_close_matches(bare or provider, table.known(), n=9)
    own = [f"{provider}/{name}" for name in near if slash and table.has(f"{provider}/{name}")]
    return [*own, *(name for name in near if not own)][:3]


def _priced(model: str, config: Config, table: PriceTable, environ: Mapping[str, str]) -> Priced:
    tiers = tuple(str(tier) for tier, found in config.tiers.items() if found.model == model)
    try:
        price = table.price(model)
    except (Unpriced, NotConfigured) as error:
        return Priced(model, tiers, None, error.what)
    return Priced(model, tiers, price, hard=price.free or _enforced(model, config, environ))


def _enforced(model: str, config: Config, environ: Mapping[str, str]) -> bool:
    try:
        return bool(config.script) or enforces_ceiling(model, config, environ)
    except NotConfigured:
        return False
