"""What a model costs: the user's own prices over litellm's table. No price, no call."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from tokenroi_cli.domain.config import PriceSettings
from tokenroi_cli.domain.errors import NotConfigured, Unpriced
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.money.table import Table, bundled, read_row

USERS = "your config"
"""`Price.source` of a price that the user set, wholly or in part."""

STALE_DAYS = 90
"""A table older than this is said to be old: providers change prices every few months."""

CHATS = ("chat", "responses", "completion")
"""Modes of the table's rows that answer in text."""

_NOTHING = Rates(ZERO, ZERO, ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class PriceTable:
    """Prices by model id. The table is read when the first price is asked for, once."""

    settings: Mapping[str, PriceSettings]
    read: Callable[[], Table] = bundled

    def price(self, model: str) -> Price:
        """The price of exactly this model.

        The id as it stands, else the id without its provider prefix where the row belongs to that
        provider, else the model that the user's config says it is an alias of; never an id that only
        begins alike. Raises Unpriced, and NotConfigured when the user's own numbers cannot be prices.
        """
        mine = self.settings.get(model)
        if mine is not None and mine.free:
            return Price(
                model, _NOTHING, context=mine.context, max_output=mine.max_output, source=USERS, free=True
            )
        listed = self._listed(model)
        if listed is None and mine is not None and mine.alias is not None:
            listed = self._aliased(model, mine.alias)
        if mine is not None:
            return _overlay(model, mine, listed)
        if listed is None:
            raise Unpriced(f"no price is known for {model}", _hint(model))
        return listed

    def has(self, model: str) -> bool:
        """Whether the model has a price."""
        try:
            self.price(model)
        except (Unpriced, NotConfigured):
            return False
        return True

    def answered(self, asked: Price, model: str | None) -> Price:
        """The price of a call that was answered by `model`: the user's own for it, else the table's.

        The asked price stands where neither knows the answer's name, such as a dated one, and where the
        user set it: a server at an address of theirs may call its model what it likes.
        """
        provider, _, bare = asked.model.rpartition("/")
        if model is None or model in (asked.model, bare) or asked.free:
            return asked
        name = f"{provider}/{model}" if provider else model
        if name in self.settings:
            with suppress(Unpriced, NotConfigured):  # the call is over: it is booked, whatever stands there
                return self.price(name)
        return asked if asked.source == USERS else self._listed(name) or asked

    def known(self) -> tuple[str, ...]:
        """Every model to talk to that has a price or a setting of the user's, sorted."""
        rows = self.table.rows.items()
        listed = (id for id, row in rows if row.get("mode") in CHATS and read_row(id, row, self.table))
        return tuple(sorted({*self.settings, *listed}))

    @cached_property
    def table(self) -> Table:
        """The table under the user's own prices."""
        return self.read()

    def stale(self, today: date) -> bool:
        """Whether the table is so old that its prices may have changed."""
        age = age_in_days(self.table.as_of, today)
        return age is not None and age > STALE_DAYS

    def _listed(self, model: str) -> Price | None:
        rows = self.table.rows
        row = rows.get(model)
        if row is None:
            provider, _, bare = model.partition("/")
            row = rows.get(bare)
            if row is None or row.get("litellm_provider") != provider:
                return None
        return read_row(model, row, self.table)

    def _aliased(self, model: str, other: str) -> Price:
        listed = self._listed(other)
        if listed is None:
            what = f"{model} is said to cost what {other} costs, and no price is known for that"
            raise Unpriced(what, _hint(model))
        return replace(listed, model=model)


def age_in_days(as_of: str, today: date) -> int | None:
    """Days since an ISO date; None where it is none."""
    try:
        return (today - date.fromisoformat(as_of)).days
    except ValueError:
        return None


def _overlay(model: str, mine: PriceSettings, listed: Price | None) -> Price:
    """The user's numbers where there are any; long-context tiers stay, but never below them."""
    old = listed.rates if listed else _NOTHING
    fresh = _rate(model, "input", mine.input, old.fresh)
    output = _rate(model, "output", mine.output, old.output)
    if not fresh or not output:
        raise Unpriced(f"the price of {model} in your config is not complete", _hint(model))
    write = _rate(model, "cache_write", mine.cache_write, max(old.cache_write_5m, fresh))
    rates = Rates(
        fresh=fresh,
        cache_read=_rate(model, "cache_read", mine.cache_read, old.cache_read or fresh),
        cache_write_5m=write,
        cache_write_1h=_rate(model, "cache_write_1h", mine.cache_write_1h, max(old.cache_write_1h, write)),
        output=output,
        reasoning=old.reasoning if mine.output is None else None,
    )
    base = listed or Price(model, rates)
    return replace(
        base,
        rates=rates,
        long_context=tuple(_at_least(tier, rates) for tier in base.long_context),
        per_request=_rate(model, "per_request", mine.per_request, base.per_request),
        context=mine.context or base.context,
        max_output=mine.max_output or base.max_output,
        source=USERS if mine.says_a_price else base.source,
        as_of="" if mine.says_a_price else base.as_of,
    )


def _rate(model: str, key: str, said: Decimal | None, otherwise: Money) -> Money:
    if said is None:
        return otherwise
    try:
        return usd(said)
    except ValueError as error:
        raise NotConfigured(
            f'[prices."{model}"] {key} = {said} is not a price', "give USD, 0 or more"
        ) from error


def _at_least(tier: LongContext, floor: Rates) -> LongContext:
    rates = Rates(
        fresh=max(tier.rates.fresh, floor.fresh),
        cache_read=max(tier.rates.cache_read, floor.cache_read),
        cache_write_5m=max(tier.rates.cache_write_5m, floor.cache_write_5m),
        cache_write_1h=max(tier.rates.cache_write_1h, floor.cache_write_1h),
        output=max(tier.rates.output, floor.output),
        reasoning=tier.rates.reasoning and max(tier.rates.reasoning, floor.dearest_output()),
    )
    return LongContext(tier.above, rates)


def _hint(model: str) -> str:
    return (
        f'set [prices."{model}"] with input and output in USD per million tokens in your config; '
        "free = true for a local model"
    )
