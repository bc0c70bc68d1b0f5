"""The handoff document between the model that plans and the model that executes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tokenroi_cli.domain.money import ZERO, Money
from tokenroi_cli.domain.tier import Tier

SECTIONS = ("Goal", "Context", "Files to Modify", "Files to Create", "Detailed Spec", "Validation")
"""Second-level headings of the standard handoff template, in order."""


@dataclass(frozen=True, slots=True)
class FileItem:
    """A line of *Files to Modify* or *Files to Create*."""

    path: str
    """As written, relative to the repository root, forward slashes."""
    purpose: str
    line: int
    """1-based line in the spec file."""


@dataclass(frozen=True, slots=True)
class ValidationItem:
    """A checkbox of *Validation*."""

    text: str
    command: str | None
    """What stands in backticks, when it is a command; None when a person has to judge."""
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    body: str
    """Everything below the heading, byte for byte."""
    line: int
    """1-based line of the heading."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Front matter: what tokenroi knows about the plan. Every scalar is read as a string."""

    id: str
    base: str | None = None
    """Commit that the plan was made on; None outside git."""
    files: Mapping[str, str] = field(default_factory=dict)
    """`sha256:<hex>` of each file to modify, as planned."""
    planned_by: str | None = None
    cap_usd: str | None = None
    estimate_usd: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Tier -> (low, high), decimal USD."""
    feature: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    """Keys that this version does not know, kept as read."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A parsed spec file. `source` is the text it was read from; rendering gives it back unchanged."""

    path: str
    title: str
    stamp: Stamp | None
    sections: tuple[Section, ...]
    modify: tuple[FileItem, ...]
    create: tuple[FileItem, ...]
    validation: tuple[ValidationItem, ...]
    source: str

    def section(self, title: str) -> Section | None:
        return next((section for section in self.sections if section.title == title), None)

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(item.command for item in self.validation if item.command is not None)

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(item.path for item in (*self.modify, *self.create))


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a lint rule has to say about one place of a spec."""

    rule: str
    severity: Severity
    line: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class CommandResult:
    """A command that was run: its end and what it printed."""

    command: str
    exit_code: int | None
    """None when it did not end by itself (timeout) or could not start."""
    output: str
    """Head and tail, cut to what a model should read."""
    seconds: float
    timed_out: bool = False

    @property
    def could_not_start(self) -> bool:
        return self.exit_code in (None, 126, 127)

    @property
    def passed(self) -> bool:
        return self.exit_code == 0

    @property
    def end(self) -> str:
        """How it ended, in words: `exit 1`, `timed out`."""
        if self.timed_out:
            return "timed out"
        return "did not start" if self.exit_code is None else f"exit {self.exit_code}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One execution of a spec."""

    number: int
    """1-based."""
    tier: Tier
    model: str
    accepted: bool
    cost: Money
    """Settled money."""
    calls: int
    validation: tuple[CommandResult, ...]
    changed: tuple[str, ...]
    """Paths that this attempt wrote."""
    notes: tuple[str, ...] = ()
    """Marks such as `unproved`."""
    unknown: Money = ZERO
    """Worst case of what nobody has told us."""
