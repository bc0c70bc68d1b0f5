"""Tokens of one call, in disjoint classes: whatever a provider reports is normalised into these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts that never overlap, so that a sum is a sum."""

    fresh: int = 0
    """Input tokens neither read from nor written to the provider's cache."""
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    """Everything generated, reasoning included."""
    reasoning: int = 0
    """The part of `output` that was reasoning; beside it, never added to it."""

    @property
    def context(self) -> int:
        """Input tokens of every class: what the model read."""
        return self.fresh + self.cache_read + self.cache_write_5m + self.cache_write_1h

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.fresh + other.fresh,
            self.cache_read + other.cache_read,
            self.cache_write_5m + other.cache_write_5m,
            self.cache_write_1h + other.cache_write_1h,
            self.output + other.output,
            self.reasoning + other.reasoning,
        )
