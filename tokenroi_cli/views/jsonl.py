"""Events and results as the JSON objects that scripts rely on: money as decimal USD, tokens as integers."""

import json
from collections.abc import Mapping

from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import (
    Alert,
    AttemptEnded,
    BudgetAlert,
    CallBooked,
    CommandRan,
    Estimated,
    Event,
    Notice,
    TextArrived,
    ToolEnded,
    ToolStarted,
)
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.spec import Attempt, CommandResult
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.views.alerts import budget_words

Json = dict[str, object]


def encode(value: Mapping[str, object]) -> str:
    """One line of ASCII: no character of it can end the line or move a cursor."""
    return json.dumps(value)


def event_object(event: Event) -> Json | None:
    """The object of one event; None for what the stream does not carry."""
    match event:
        case TextArrived():
            return {"type": "text", "text": event.text}
        case ToolStarted():
            return {"type": "tool", "state": "started", "name": event.name, "summary": event.summary}
        case ToolEnded():
            state = "done" if event.ok else "refused"
            shown = {"name": event.name, "summary": event.summary, "detail": event.detail}
            return {"type": "tool", "state": state, **shown, "failed": event.failed}
        case CallBooked():
            return _call(event)
        case CommandRan():
            return {"type": "command", "baseline": event.baseline, **_command(event.result)}
        case AttemptEnded():
            return {"type": "attempt", **_attempt(event.attempt)}
        case Estimated():
            return {"type": "estimate", "spec": event.spec, "tiers": _ranges(event)}
        case Alert():
            return {"type": "alert", "kind": event.kind, "text": event.text}
        case BudgetAlert():
            return {"type": "alert", "kind": "budget", "text": budget_words(event), **_budget(event)}
        case Notice():
            return {"type": "notice", "text": event.text}
    return None


def result_object(result: RunResult) -> Json:
    """The last line of a run that ended by itself, well or badly."""
    return {
        "type": "result",
        "status": result.status,
        "exit_code": result.exit_code,
        "reason": result.reason,
        "message": result.what,
        "hint": result.hint,
        "cost_usd": decimal_usd(result.cost),
        "unknown_usd": decimal_usd(result.unknown),
        "cap_usd": _usd(result.cap),
        "repriced_premium_usd": _usd(result.repriced_premium),
        "calls": result.calls,
        "session": result.session,
        "scripted": result.scripted,
        "text": result.text,
        "spec": result.spec,
        "path": result.path,
        "attempts": [_attempt(attempt) for attempt in result.attempts],
    }


def error_object(
    error: TokenroiError, cost: Money, unknown: Money, calls: int, spec: str | None = None
) -> Json:
    """The last line of a run that an error ended; `reason` is the word that scripts match on."""
    return {
        "type": "result",
        "status": "error",
        "exit_code": error.exit_code,
        "reason": error.reason,
        "message": error.what,
        "hint": error.hint,
        "cost_usd": decimal_usd(cost),
        "unknown_usd": decimal_usd(unknown),
        "calls": calls,
        **({"spec": spec} if spec else {}),
    }


def _budget(event: BudgetAlert) -> Json:
    totals = event.totals
    return {
        "scope": str(event.budget.part),
        "percent": event.percent,
        "cap_usd": decimal_usd(event.budget.cap),
        "spent_usd": decimal_usd(totals.settled),
        "unknown_usd": decimal_usd(totals.unknown),
    }


def _call(booked: CallBooked) -> Json:
    purpose, event = booked.call.purpose, booked.event
    known = event.state is not CallState.UNKNOWN
    return {
        "type": "call",
        "id": booked.call.id,
        "task": str(purpose.task),
        "tier": purpose.route.tier and str(purpose.route.tier),
        "model": purpose.route.model,
        "answered_model": event.model,
        "session": purpose.session,
        "spec": purpose.spec,
        "attempt": purpose.attempt,
        "usage": _usage(event.usage),
        "cost_usd": decimal_usd(event.amount) if known else None,
        "unknown_usd": "0" if known else decimal_usd(event.amount),
        "repriced_premium_usd": _usd(booked.repriced_premium),
        "state": str(event.state),
        "retry_of": purpose.retry_of,
        "note": event.note,
        "answer_id": event.answer_id,
    }


def _ranges(event: Estimated) -> Json:
    return {str(tier): [decimal_usd(low), decimal_usd(high)] for tier, (low, high) in event.ranges.items()}


def _usage(usage: Usage | None) -> Json | None:
    if usage is None:
        return None
    classes = ("fresh", "cache_read", "cache_write_5m", "cache_write_1h", "output")
    return {name: getattr(usage, name) for name in classes}


def _attempt(attempt: Attempt) -> Json:
    return {
        "number": attempt.number,
        "tier": str(attempt.tier),
        "model": attempt.model,
        "accepted": attempt.accepted,
        "cost_usd": decimal_usd(attempt.cost),
        "unknown_usd": decimal_usd(attempt.unknown),
        "calls": attempt.calls,
        "changed": list(attempt.changed),
        "notes": list(attempt.notes),
        "validation": [_command(result) for result in attempt.validation],
    }


def _command(result: CommandResult) -> Json:
    return {
        "command": result.command,
        "exit_code": result.exit_code,
        "passed": result.passed,
        "timed_out": result.timed_out,
        "seconds": round(result.seconds, 3),
        "output": result.output,
    }


def _usd(amount: Money | None) -> str | None:
    return None if amount is None else decimal_usd(amount)
