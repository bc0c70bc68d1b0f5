"""What tokens cost: rates per class, long-context tiers, and the price of a Usage."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokenroi_cli.domain.money import ZERO, Money, ceil_div
from tokenroi_cli.domain.usage import Usage

MILLION = 10**6


@dataclass(frozen=True, slots=True)
class Rates:
    """Pico-dollars per million tokens, one per class of Usage."""

    fresh: Money
    cache_read: Money
    cache_write_5m: Money
    cache_write_1h: Money
    output: Money
    reasoning: Money | None = None
    """Of the part of the output that was reasoning; None: as the rest of it."""

    def dearest_input(self, *, an_hour: bool) -> Money:
        """Of what a request can incur; only one that asks to be kept for an hour pays for an hour."""
        dearest = max(self.fresh, self.cache_read, self.cache_write_5m)
        return max(dearest, self.cache_write_1h) if an_hour else dearest

    def dearest_output(self) -> Money:
        return max(self.output, self.reasoning or self.output)

    def by_class(self, usage: Usage) -> Mapping[str, int]:
        """Pico-dollars times a million of each class: exact, not yet rounded."""
        reasoning = 0 if self.reasoning is None else min(usage.reasoning, usage.output)
        return {
            "fresh": usage.fresh * self.fresh,
            "cache_read": usage.cache_read * self.cache_read,
            "cache_write_5m": usage.cache_write_5m * self.cache_write_5m,
            "cache_write_1h": usage.cache_write_1h * self.cache_write_1h,
            "output": (usage.output - reasoning) * self.output + reasoning * (self.reasoning or 0),
        }

    def of(self, usage: Usage) -> int:
        """Pico-dollars times a million: exact, not yet rounded."""
        return sum(self.by_class(usage).values())


@dataclass(frozen=True, slots=True)
class LongContext:
    """Rates that hold for the whole request once its input is strictly above `above` tokens."""

    above: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the price table, as it stood when a call was priced."""

    model: str
    rates: Rates
    long_context: tuple[LongContext, ...] = ()
    """Ascending by `above`."""
    per_request: Money = ZERO
    context: int | None = None
    """Input tokens that the model accepts; None when the table does not say."""
    max_output: int | None = None
    as_of: str = ""
    """ISO date of the table."""
    source: str = ""
    free: bool = False
    """A local model that costs nothing, by the user's own word."""

    def rates_at(self, context: int) -> Rates:
        """The rates of a request with `context` input tokens."""
        reached = [tier.rates for tier in self.long_context if context > tier.above]
        return reached[-1] if reached else self.rates

    def cost(self, usage: Usage) -> Money:
        """Pico-dollars of one call, rounded up once."""
        return Money(ceil_div(self.rates_at(usage.context).of(usage), MILLION) + self.per_request)
