"""The objects that scripts rely on, as DESIGN 4 has them."""

import json
from dataclasses import replace

from tests.views.values import FAILED, RELEASED, RESULT, SETTLED, UNKNOWN, attempt
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.events import (
    Alert,
    AttemptEnded,
    CommandRan,
    Estimated,
    Notice,
    TextArrived,
    TextEnded,
    ToolEnded,
    ToolStarted,
)
from tokenroi_cli.domain.money import ZERO, usd
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.views.jsonl import encode, error_object, event_object, result_object


def test_a_call() -> None:
    assert event_object(SETTLED) == {
        "type": "call",
        "id": "c1",
        "task": "execute",
        "tier": "mid",
        "model": "anthropic/claude-sonnet-5-5",
        "session": "20261123-101500-3fa2",
        "spec": "2026-11-23-retry",
        "attempt": 1,
        "usage": {
            "fresh": 1200,
            "cache_read": 9000,
            "cache_write_5m": 2100,
            "cache_write_1h": 0,
            "output": 340,
        },
        "cost_usd": "0.0123",
        "unknown_usd": "0",
        "repriced_premium_usd": "0.0492",
        "state": "settled",
        "retry_of": None,
        "answered_model": None,
        "note": "",
        "answer_id": None,
    }


def test_an_unknown_cost_is_not_zero() -> None:
    shown = event_object(UNKNOWN)
    assert shown is not None
    assert (shown["state"], shown["cost_usd"], shown["unknown_usd"]) == ("unknown", None, "0.2511")
    assert shown["usage"] is None


def test_a_released_call_cost_nothing() -> None:
    shown = event_object(RELEASED)
    assert shown is not None
    assert (shown["state"], shown["cost_usd"], shown["unknown_usd"]) == ("released", "0", "0")


def test_the_other_events() -> None:
    assert event_object(TextArrived("hé\x1b")) == {"type": "text", "text": "hé\x1b"}
    assert event_object(TextEnded()) is None
    assert event_object(ToolStarted("read", "a.py")) == {
        "type": "tool",
        "state": "started",
        "name": "read",
        "summary": "a.py",
    }
    ended = event_object(ToolEnded("read", "a.py", False, "no such file"))
    assert ended is not None
    assert (ended["state"], ended["detail"]) == ("refused", "no such file")
    assert event_object(Alert("scripted", "x")) == {"type": "alert", "kind": "scripted", "text": "x"}
    assert event_object(Notice("x")) == {"type": "notice", "text": "x"}
    assert event_object(Estimated("s.md", {Tier.MID: (usd("0.08"), usd("0.31"))})) == {
        "type": "estimate",
        "spec": "s.md",
        "tiers": {"mid": ["0.08", "0.31"]},
    }
    ran = event_object(CommandRan(FAILED, baseline=True))
    assert ran is not None
    assert (ran["type"], ran["baseline"], ran["exit_code"], ran["passed"]) == ("command", True, 1, False)


def test_an_attempt() -> None:
    shown = event_object(AttemptEnded(attempt(1, accepted=False, cost=usd("0.25"))))
    assert shown is not None
    assert shown["type"] == "attempt"
    assert (shown["number"], shown["tier"], shown["accepted"], shown["cost_usd"]) == (1, "mid", False, "0.25")
    assert shown["changed"] == ["src/fetch.py"]


def test_the_result_is_the_last_word() -> None:
    shown = result_object(RESULT)
    assert {
        key: shown[key] for key in ("type", "status", "exit_code", "reason", "cost_usd", "unknown_usd")
    } == {
        "type": "result",
        "status": "accepted",
        "exit_code": 0,
        "reason": "",
        "cost_usd": "0.0123",
        "unknown_usd": "0.2511",
    }
    assert shown["calls"] == 3
    assert shown["message"] == "specs/001-retry.md: accepted"
    attempts = shown["attempts"]
    assert isinstance(attempts, list)
    assert [one["accepted"] for one in attempts] == [False, True]


def test_an_error_is_a_result_too() -> None:
    error = BudgetRefused("day: $0.01 left", "raise the cap", reason="budget")
    assert error_object(error, usd("0.5"), ZERO, 2) == {
        "type": "result",
        "status": "error",
        "exit_code": 12,
        "reason": "budget",
        "message": "day: $0.01 left",
        "hint": "raise the cap",
        "cost_usd": "0.5",
        "unknown_usd": "0",
        "calls": 2,
    }


def test_an_object_is_one_line_whatever_is_in_it() -> None:
    ugly = "a\nb\u2028\x1b[2J\ud800"
    line = encode(result_object(replace(RESULT, text=ugly)))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["text"] == ugly
