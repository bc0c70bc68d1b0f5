import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.tier import Route, TaskKind, Tier, TierModel
from tokenroi_cli.policy.routing import DEFAULTS, route

ALL = Config(
    tiers={
        Tier.TRIAGE: TierModel("p/triage"),
        Tier.LIGHT: TierModel("p/light"),
        Tier.MID: TierModel("p/mid", "low"),
        Tier.PREMIUM: TierModel("p/premium", "high"),
    }
)


def with_tiers(*tiers: Tier, quality: str = "balanced", routes: dict[TaskKind, str] | None = None) -> Config:
    return Config({tier: ALL.tiers[tier] for tier in tiers}, routes or {}, quality=quality)


def test_every_task_has_a_place() -> None:
    assert {task: route(task, ALL).tier for task in TaskKind} == {
        TaskKind.PLAN: Tier.PREMIUM,
        TaskKind.COUNCIL: Tier.PREMIUM,
        TaskKind.JUDGE: Tier.PREMIUM,
        TaskKind.EXECUTE: Tier.MID,
        TaskKind.CHAT: Tier.MID,
        TaskKind.REVIEW: Tier.MID,
        TaskKind.TEST: Tier.MID,
        TaskKind.RESEARCH: Tier.MID,
        TaskKind.BRAINSTORM: Tier.LIGHT,
        TaskKind.EXPLORE: Tier.LIGHT,
        TaskKind.COMPACT: Tier.LIGHT,
        TaskKind.TITLE: Tier.LIGHT,
        TaskKind.COMMIT_MESSAGE: Tier.LIGHT,
        TaskKind.TRIAGE: Tier.TRIAGE,
    }


def test_a_route_carries_model_effort_and_reason() -> None:
    assert route(TaskKind.PLAN, ALL) == Route(
        TaskKind.PLAN, Tier.PREMIUM, "p/premium", "high", DEFAULTS[TaskKind.PLAN][1]
    )


def test_the_users_routes_take_a_tier_or_a_model() -> None:
    config = with_tiers(*Tier, routes={TaskKind.PLAN: "mid", TaskKind.CHAT: "q/x", TaskKind.TEST: "p/light"})

    assert route(TaskKind.PLAN, config) == Route(
        TaskKind.PLAN, Tier.MID, "p/mid", "low", "routes.plan in the config"
    )
    assert route(TaskKind.CHAT, config) == Route(
        TaskKind.CHAT, None, "q/x", None, "routes.chat in the config"
    )
    assert route(TaskKind.TEST, config).tier is Tier.LIGHT


def test_what_is_asked_for_comes_before_the_config() -> None:
    config = with_tiers(*Tier, routes={TaskKind.CHAT: "q/x"}, quality="first")

    assert route(TaskKind.CHAT, config, tier=Tier.LIGHT).model == "p/light"
    assert route(TaskKind.CHAT, config, model="r/y") == Route(
        TaskKind.CHAT, None, "r/y", None, "asked for by name"
    )
    assert route(TaskKind.CHAT, config, tier=Tier.LIGHT, model="r/y").model == "r/y"


def test_a_model_that_is_a_tiers_keeps_its_effort() -> None:
    assert route(TaskKind.CHAT, ALL, model="p/premium") == Route(
        TaskKind.CHAT, Tier.PREMIUM, "p/premium", "high", "asked for by name"
    )
    same = Config({Tier.LIGHT: TierModel("p/x"), Tier.MID: TierModel("p/x", "low")})
    assert route(TaskKind.CHAT, same, model="p/x").tier is Tier.MID
    assert route(TaskKind.TITLE, same, model="p/x").tier is Tier.LIGHT


def test_a_model_without_tools_stays_without_them() -> None:
    config = Config({Tier.MID: TierModel("p/mid"), Tier.LIGHT: TierModel("p/light", tools=False)})
    assert route(TaskKind.CHAT, config).tools
    assert not route(TaskKind.EXPLORE, config).tools
    assert not route(TaskKind.CHAT, config, tier=Tier.TRIAGE).tools, "light is the nearest"
    assert not route(TaskKind.CHAT, config, model="p/light").tools
    assert route(TaskKind.CHAT, config, model="q/unknown").tools


@pytest.mark.parametrize("task", TaskKind)
def test_quality_first_is_premium_throughout(task: TaskKind) -> None:
    found = route(task, with_tiers(*Tier, routes={task: "light"}, quality="first"))
    assert (found.tier, found.reason) == (Tier.PREMIUM, 'quality = "first"')


@pytest.mark.parametrize(
    ("there", "wanted", "used"),
    [
        ((Tier.LIGHT, Tier.PREMIUM), Tier.MID, Tier.PREMIUM),
        ((Tier.TRIAGE, Tier.PREMIUM), Tier.LIGHT, Tier.TRIAGE),
        ((Tier.MID,), Tier.PREMIUM, Tier.MID),
        ((Tier.LIGHT, Tier.MID), Tier.TRIAGE, Tier.LIGHT),
    ],
)
def test_a_missing_tier_gives_way_and_says_so(there: tuple[Tier, ...], wanted: Tier, used: Tier) -> None:
    found = route(TaskKind.CHAT, with_tiers(*there), tier=wanted)
    assert found.tier is used
    assert found.reason == f"asked for; {wanted} has no model, {used} is the nearest that has"


def test_no_model_at_all_says_what_to_do() -> None:
    with pytest.raises(NotConfigured, match="no model configured") as caught:
        route(TaskKind.PLAN, Config({}))
    assert "ANTHROPIC_API_KEY" in caught.value.hint
    assert "tokenroi demo" in caught.value.hint
    assert route(TaskKind.PLAN, Config({}), model="p/x").model == "p/x"


@given(
    st.sampled_from(TaskKind),
    st.sets(st.sampled_from(Tier), min_size=1),
    st.none() | st.sampled_from(Tier),
    st.sampled_from(["balanced", "first"]),
)
def test_any_configured_tier_is_enough(
    task: TaskKind, there: set[Tier], tier: Tier | None, quality: str
) -> None:
    config = with_tiers(*there, quality=quality)
    found = route(task, config, tier)
    assert found.tier in there
    assert found.model == ALL.tiers[found.tier].model
    if tier in there:
        assert found.tier is tier
