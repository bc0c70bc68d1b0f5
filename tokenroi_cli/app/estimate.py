"""What executing a spec may cost, per tier, from what can be measured before the first call."""

from collections.abc import Mapping

from tokenroi_cli.agent.tools import SCHEMAS
from tokenroi_cli.app.workplace import Workplace
from tokenroi_cli.domain.errors import TokenroiError, Unpriced
from tokenroi_cli.domain.money import PICO, Money, ceil_div
from tokenroi_cli.domain.spec import Spec
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.llm.tokens import count
from tokenroi_cli.policy.estimate import EstimateInputs, estimate
from tokenroi_cli.store.templates import template

HUNDREDTH = PICO // 10_000
"""Pico-dollars of a hundredth of a cent."""

EXECUTING = (Tier.MID, Tier.PREMIUM, Tier.LIGHT)
"""The tiers that somebody may want a spec executed on."""


def inputs_of(workplace: Workplace, spec: Spec) -> EstimateInputs:
    """Tokens of the spec, of the files it names, and of the prompt around them."""
    schemas = "".join(f"{schema.name}{schema.description}{schema.parameters}" for schema in SCHEMAS)
    return EstimateInputs(
        spec_tokens=count(spec.source).tokens,
        file_tokens=sum(_file_tokens(workplace, item.path) for item in spec.modify),
        overhead_tokens=count(template("prompts/system.md")).tokens + count(schemas).tokens,
        modify_count=len(spec.modify),
        create_count=len(spec.create),
    )


def _file_tokens(workplace: Workplace, path: str) -> int:
    try:
        return count(workplace.tree.read(path).text).tokens
    except TokenroiError:
        return 0


def price_range(workplace: Workplace, spec: Spec) -> Mapping[Tier, tuple[Money, Money]]:
    """Tier -> (low, high) in pico-dollars, for the tiers that have a price."""
    inputs = inputs_of(workplace, spec)
    ranges = dict[Tier, tuple[Money, Money]]()
    for tier in EXECUTING:
        model = workplace.config.tiers.get(tier)
        if model is None:
            continue
        try:
            low, high = estimate(inputs, workplace.prices.price(model.model))
        except Unpriced:
            continue
        ranges[tier] = _readable(low), _readable(high)
    return ranges


def _readable(amount: Money) -> Money:
    """Rounded up to a hundredth of a cent: an estimate has no more to say."""
    return Money(ceil_div(amount, HUNDREDTH) * HUNDREDTH)


def spec_cap(ranges: Mapping[Tier, tuple[Money, Money]]) -> Money | None:
    """The cap that a spec is stamped with: twice the high end on the tier that executes it."""
    tier = next((tier for tier in EXECUTING if tier in ranges), None)
    return Money(2 * ranges[tier][1]) if tier else None
