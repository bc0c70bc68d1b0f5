"""A soft provider under a hard cap: asked once, remembered where the user can take it back."""

from pathlib import Path

import pytest

from tokenroi_cli.app.soft import SoftProviders
from tokenroi_cli.domain.config import Config, ProviderSettings
from tokenroi_cli.domain.events import Alert, Answer, Event, Question


class Person:
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.questions: list[Question] = []
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        return self.answer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_yes_is_asked_for_once_and_remembered(file: Path) -> None:
    person = Person(Answer.YES)
    soft = SoftProviders(Config(tiers={}), file, person)
    assert soft.allowed("gemini/gemini-2.5-pro")
    assert soft.allowed("gemini/gemini-3.8-flash")
    (question,) = person.questions
    assert "gemini" in question.text
    assert str(file) in question.detail[0]
    assert "[providers.gemini]\nallow_soft = true" in file.read_text()


@pytest.mark.parametrize("answer", [Answer.NO, Answer.UNASKED])
def test_a_no_is_not_remembered(file: Path, answer: Answer) -> None:
    person = Person(answer)
    soft = SoftProviders(Config(tiers={}), file, person)
    assert not soft.allowed("gemini/gemini-2.5-pro")
    assert not soft.allowed("gemini/gemini-2.5-pro")
    assert len(person.questions) == 2
    assert not file.exists()


def test_the_users_config_answers(file: Path) -> None:
    person = Person(Answer.NO)
    config = Config(tiers={}, providers={"gemini": ProviderSettings(allow_soft=True)})
    soft = SoftProviders(config, file, person)
    assert soft.allowed("gemini/gemini-2.5-pro")
    assert not soft.allowed("xai/grok-4.5")
    assert len(person.questions) == 1


def test_a_yes_that_cannot_be_written_down_holds_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    person = Person(Answer.YES)
    soft = SoftProviders(Config(tiers={}), tmp_path / "file" / "config.toml", person)
    assert soft.allowed("gemini/gemini-2.5-pro")
    assert [event.kind for event in person.events if isinstance(event, Alert)] == ["config"]
