"""When a Run has gone on for long enough: steps, wall clock, and going round in circles."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.errors import LimitReached

SAME = 3
"""Times that a call, or a pair of calls in turn, may stand in a row."""

SHORT = 40
"""Characters; texts that short ("Now the tests.") may be repeated a little more often."""
SAME_SHORT = 5

ToolUse = tuple[str, str]
"""A tool's name and its arguments as they arrived."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Per Run. Waiting for the user does not count: whoever keeps the time leaves it out."""

    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TurnMeter:
    """What a Turn has asked for so far: the fold of its steps."""

    recent: tuple[ToolUse, ...] = ()
    """The last tool uses, as many as a circle can be seen in."""
    texts: tuple[str, ...] = ()
    """What was said in the last steps, as many as a circle can be seen in."""

    def stepped(self, uses: Sequence[ToolUse], text: str = "") -> "TurnMeter":
        """After one more step that said this and asked for these tools."""
        return TurnMeter((*self.recent, *uses)[-2 * SAME :], (*self.texts, text.strip())[-SAME_SHORT:])

    def check(self, limits: Limits, steps: int, elapsed_s: float) -> LimitReached | None:
        """The reason not to take another step, if any; `steps` are the Run's, sub-agents' included."""
        if circle := repeats(self.recent) or same_text(self.texts):
            return looping(circle)
        return check(limits, steps, elapsed_s)


def looping(circle: str) -> LimitReached:
    """Why a Run that goes round in circles ends."""
    return LimitReached(circle, "say what to do differently, or plan the task anew", reason="loop")


def check(limits: Limits, steps: int, elapsed_s: float) -> LimitReached | None:
    """The limit that is used up, if any, with the reason `steps` or `wall_clock`."""
    if steps >= limits.steps:
        return LimitReached(
            f"stopped after {steps} steps",
            "split the task, or raise steps under [limits]",
            reason="steps",
        )
    if elapsed_s >= limits.seconds:
        return LimitReached(
            f"stopped after {elapsed_s / 60:.0f} minutes",
            "split the task, or raise minutes under [limits]",
            reason="wall_clock",
        )
    return None


def repeats(calls: Sequence[ToolUse]) -> str | None:
    """What the calls end in, when that is the same call 3 times in a row, or two in turn 3 times.

    Calls with something else in between do not count: to edit and run the tests again is work.
    """
    last = [_same_words(call) for call in calls[-2 * SAME :]]
    if len(last) >= SAME and len(set(last[-SAME:])) == 1:
        return f"the same call {SAME} times in a row: {calls[-1][0]}"
    if len(last) == 2 * SAME and last == last[:2] * SAME:
        return f"the same two calls in turn {SAME} times: {calls[-2][0]}, {calls[-1][0]}"
    return None


def same_text(texts: Sequence[str]) -> str | None:
    """What the steps say, when that is the same each time."""
    last = texts[-1] if texts else ""
    often = SAME if len(last) >= SHORT else SAME_SHORT
    if last and len(texts) >= often and set(texts[-often:]) == {last}:
        return f"the same words {often} times in a row"
    return None


def _same_words(call: ToolUse) -> ToolUse:
    """The call with its arguments in one spelling, where they are JSON."""
    name, arguments = call
    try:
        return name, json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return call
