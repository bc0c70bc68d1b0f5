"""Which model does a task, and why: the user's word, then the user's routes, then what the work is worth."""

from collections.abc import Mapping

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.tier import Route, TaskKind, Tier

DEFAULTS: Mapping[TaskKind, tuple[Tier, str]] = {
    TaskKind.PLAN: (Tier.PREMIUM, "one good plan is carried out many tokens long"),
    TaskKind.COUNCIL: (Tier.PREMIUM, "it settles a question once"),
    TaskKind.JUDGE: (Tier.PREMIUM, "a weak judge loses quality unseen"),
    TaskKind.EXECUTE: (Tier.MID, "the spec has done the thinking"),
    TaskKind.CHAT: (Tier.MID, "the everyday tier"),
    TaskKind.REVIEW: (Tier.MID, "it reads more than it decides"),
    TaskKind.TEST: (Tier.MID, "clear work from clear requirements"),
    TaskKind.RESEARCH: (Tier.MID, "it reads more than it decides"),
    TaskKind.BRAINSTORM: (Tier.LIGHT, "many ideas, none of them final"),
    TaskKind.EXPLORE: (Tier.LIGHT, "it finds places and returns little"),
    TaskKind.COMPACT: (Tier.LIGHT, "it shortens what is already said"),
    TaskKind.TITLE: (Tier.LIGHT, "a few words"),
    TaskKind.COMMIT_MESSAGE: (Tier.LIGHT, "a few words"),
    TaskKind.TRIAGE: (Tier.TRIAGE, "a first look"),
}
"""What a task is worth when nobody said otherwise."""

_LADDER = tuple(Tier)
"""From the cheapest to the ablest."""


def route(task: TaskKind, config: Config, tier: Tier | None = None, model: str | None = None) -> Route:
    """The model for a task: `model`, else `tier`, else `quality`, else `[routes]`, else the default.

    A tier without a model gives way to the nearest one that has one, and the reason says so.
    Raises NotConfigured when there is no model at all.
    """
    if model:
        return _named(task, config, model, "asked for by name")
    if not config.tiers:
        raise NotConfigured(
            "no model configured",
            "export ANTHROPIC_API_KEY or OPENAI_API_KEY, or try it first: tokenroi demo",
        )
    if tier is not None:
        return _tiered(task, config, tier, "asked for")
    if config.quality == "first":
        return _tiered(task, config, Tier.PREMIUM, 'quality = "first"')
    said = config.routes.get(task)
    if said is None:
        return _tiered(task, config, *DEFAULTS[task])
    if said in _LADDER:
        return _tiered(task, config, Tier(said), f"routes.{task} in the config")
    return _named(task, config, said, f"routes.{task} in the config")


def _named(task: TaskKind, config: Config, model: str, reason: str) -> Route:
    """A model by its id; it keeps the effort and the tools of the tier that it stands for, if it does."""
    usual = DEFAULTS[task][0]
    tiers = [tier for tier in (usual, *_LADDER) if tier in config.tiers and config.tiers[tier].model == model]
    if not tiers:
        return Route(task, None, model, None, reason)
    found = config.tiers[tiers[0]]
    return Route(task, tiers[0], model, found.effort, reason, found.tools)


def _tiered(task: TaskKind, config: Config, wanted: Tier, reason: str) -> Route:
    tier = nearest(wanted, config)
    if tier is not wanted:
        reason = f"{reason}; {wanted} has no model, {tier} is the nearest that has"
    found = config.tiers[tier]
    return Route(task, tier, found.model, found.effort, reason, found.tools)


def nearest(wanted: Tier, config: Config) -> Tier:
    """The configured tier with the fewest steps to the wanted one; of two as near, the abler."""
    place = _LADDER.index(wanted)
    return min(config.tiers, key=lambda tier: (abs(_LADDER.index(tier) - place), -_LADDER.index(tier)))
