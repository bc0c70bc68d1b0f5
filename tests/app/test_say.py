"""The session of a REPL: what its status bar knows after every prompt."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tokenroi_cli.app.say import SESSION_CAP, Conversation
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.events import Answer, Event, Question
from tokenroi_cli.domain.money import usd

SCRIPT = """
[prices."scripted/mid"]
input = 1.00
output = 10.00

[[reply]]
text = "one"
usage = { fresh = 1000, output = 100 }

[[reply]]
text = "two"
usage = { fresh = 2000, output = 100 }

[[reply]]
text = "cut"
finish = "none"
"""


class Quiet:
    def emit(self, event: Event) -> None:
        pass

    def ask(self, question: Question) -> Answer:
        return Answer.NO


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    (tmp_path / "replies.toml").write_text(SCRIPT)
    root = tmp_path / "tree"
    root.mkdir()
    made = open_workplace(root, Quiet(), {**os.environ, "TOKENROI_SCRIPT": str(tmp_path / "replies.toml")})
    yield made
    made.close()


def test_the_status_is_the_ledgers(workplace: Workplace) -> None:
    talk = Conversation(workplace)
    before = talk.status()
    assert (before.spent, before.context_tokens, before.cap) == (0, 0, SESSION_CAP)
    assert before.scripted

    assert talk.say("first").text == "one"
    assert talk.status().spent == usd("0.002")
    assert talk.status().context_tokens == 1100

    second = talk.say("second")
    assert second.cost == usd("0.003"), "a result is one Turn's"
    assert talk.status().spent == usd("0.005"), "the status is the session's"
    assert talk.status().context_tokens == 2100
    assert [entry.kind for entry in talk.session.branch()] == ["user", "assistant"] * 2


def test_what_nobody_told_is_shown_as_unknown(workplace: Workplace) -> None:
    talk = Conversation(workplace)
    talk.say("first")
    talk.say("second")
    third = talk.say("third")
    assert third.exit_code == 16
    assert talk.status().spent == usd("0.005")
    assert talk.status().unknown > 0
    assert third.unknown == talk.status().unknown


def test_the_session_survives_its_process(workplace: Workplace) -> None:
    talk = Conversation(workplace)
    talk.say("first")
    newest = workplace.sessions.newest()
    assert newest == talk.session
