"""Which model a run gets, or which typed failure, before anything is spent."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.errors import NotConfigured, Unpriced
from tokenroi_cli.domain.events import Answer, Event, Question
from tokenroi_cli.domain.tier import TaskKind

SONNET, TERRA = "anthropic/claude-sonnet-5-5", "openai/gpt-5.4-mini"


class Quiet:
    def emit(self, event: Event) -> None:
        pass

    def ask(self, question: Question) -> Answer:
        return Answer.NO


Open = Callable[..., Workplace]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Open]:
    opened: list[Workplace] = []

    def open_with(config: str, **environ: str) -> Workplace:
        home = Path(os.environ["TOKENROI_HOME"])
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.toml").write_text(config)
        opened.append(open_workplace(tmp_path, Quiet(), {**os.environ, **environ}))
        return opened[-1]

    yield open_with
    for workplace in opened:
        workplace.close()


def test_one_exported_key_is_enough(at: Open) -> None:
    route = at("", ANTHROPIC_API_KEY="sk-ant-made-up-0123").route(TaskKind.CHAT)
    assert (route.model, route.tier) == (SONNET, "mid")


def test_the_fallback_is_taken_when_the_first_model_has_no_key(at: Open) -> None:
    config = f'[tiers]\nmid = {{ model = "{SONNET}", fallback = ["nosuch/model", "{TERRA}"] }}\n'
    route = at(config, OPENAI_API_KEY="sk-made-up-0123456").route(TaskKind.CHAT)
    assert route.model == TERRA
    assert "ANTHROPIC_API_KEY" in route.reason, "it says why"


def test_without_a_usable_fallback_the_first_failure_is_the_one_to_mend(at: Open) -> None:
    config = f'[tiers]\nmid = {{ model = "{SONNET}", fallback = ["{TERRA}"] }}\n'
    with pytest.raises(NotConfigured, match="ANTHROPIC_API_KEY"):
        at(config).route(TaskKind.CHAT)


@pytest.mark.parametrize(
    ("model", "failure"),
    [("nonsense", NotConfigured), ("nosuch/model", NotConfigured), ("openai/gpt-nonexistent", Unpriced)],
)
def test_an_unknown_provider_is_not_configured_and_an_unknown_price_is_unpriced(
    at: Open, model: str, failure: type[Exception]
) -> None:
    workplace = at("", OPENAI_API_KEY="sk-made-up-0123456")
    with pytest.raises(failure):
        workplace.route(TaskKind.CHAT, model=model)
