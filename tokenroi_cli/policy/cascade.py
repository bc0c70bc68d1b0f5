"""What follows a failed execution of a spec: one more try with the failure in view, then the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.spec import Attempt
from tokenroi_cli.domain.tier import Tier

TRIES = 2


@dataclass(frozen=True, slots=True)
class Retry:
    """Once more, in the same session, so that the model sees what it did and what came of it."""

    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    reason: str


def next_step(attempts: Sequence[Attempt]) -> Retry | Stop:
    """What to do after these attempts, at least one, in their order.

    A failure of the environment stops: no model repairs a command that cannot run.
    """
    last = attempts[-1]
    if last.accepted:
        return Stop("accepted")
    for result in last.validation:
        if result.could_not_start:
            return Stop(f"the validation cannot run: {result.command}")
    if len(attempts) < TRIES:
        return Retry(last.tier, f"attempt {last.number} failed; once more on {last.tier}, same session")
    return Stop(f"{len(attempts)} attempts failed")
