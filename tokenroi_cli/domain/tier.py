"""Who does which work: tiers, task kinds, and the route from one to the other."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """A price/ability class that the user maps to a model."""

    TRIAGE = "triage"
    LIGHT = "light"
    MID = "mid"
    PREMIUM = "premium"


class TaskKind(StrEnum):
    """What a model call is for."""

    PLAN = "plan"
    EXECUTE = "execute"
    EXPLORE = "explore"
    TRIAGE = "triage"
    BRAINSTORM = "brainstorm"
    RESEARCH = "research"
    REVIEW = "review"
    TEST = "test"
    COMPACT = "compact"
    TITLE = "title"
    COMMIT_MESSAGE = "commit_message"
    COUNCIL = "council"
    JUDGE = "judge"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class TierModel:
    """What a tier stands for: a litellm model id, an effort, what to use when it is not configured."""

    model: str
    effort: str | None = None
    fallback: tuple[str, ...] = ()
    tools: bool = True
    """Whether these models can call tools; one that cannot writes its edits into its answer."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which model does a task, and why. Chosen once per Run, before the prompt is laid out."""

    task: TaskKind
    tier: Tier | None
    model: str
    effort: str | None
    reason: str
    tools: bool = True
    """Whether the model gets tools."""
