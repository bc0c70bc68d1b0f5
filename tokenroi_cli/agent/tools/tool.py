"""What every tool is: a schema that the model sees, and a function from arguments to text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenroi_cli.domain.events import Frontend
from tokenroi_cli.domain.message import ToolSchema
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.journal import Journal

Arguments = Mapping[str, Any]


class ToolRefused(Exception):
    """The call did nothing; the text tells the model why."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the tools of a run work with, and what they must ask."""

    tree: Tree
    journal: Journal | None
    """None where nothing may be written."""
    frontend: Frontend
    may_write: Callable[[str], str | None]
    """Path -> why not; None when it may be written."""
    run: Callable[[str, int | None], CommandResult] | None
    """Command and timeout in seconds -> what came of it; None where commands are refused."""
    spawn: Callable[[str], str] | None
    """Question -> findings of a sub-agent; None where there may be none."""
    before_run: Callable[[], None] = lambda: None
    """Says what the user should know before being asked for the first command."""

    @property
    def root(self) -> Path:
        return self.tree.root


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `summary` is the line that a person sees; `run` raises ToolRefused for what it refuses."""

    schema: ToolSchema
    run: Callable[[Bench, Arguments], str]
    summary: Callable[[Arguments], str]
    failed: Callable[[str], bool] = lambda _text: False
    """Whether the text that came out tells of a failure, such as a command that exited with 1."""


def parse_arguments(text: str, schema: ToolSchema) -> dict[str, Any]:
    """The arguments as the schema wants them. Raises ToolRefused for anything else: nothing is repaired."""
    try:
        arguments = json.loads(text or "{}", object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ToolRefused(f"the arguments are not valid JSON ({error}); the call did not run") from None
    import jsonschema

    problems = jsonschema.Draft202012Validator(dict(schema.parameters)).iter_errors(arguments)
    said = [f"{problem.json_path}: {problem.message}"[:300] for problem in problems]
    if said:
        raise ToolRefused("the arguments do not fit: " + "; ".join(said[:3]))
    if not isinstance(arguments, dict):
        raise ToolRefused("the arguments are not an object; the call did not run")
    return arguments


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def schema(name: str, description: str, required: Mapping[str, Any], **optional: Any) -> ToolSchema:
    """A tool schema whose objects accept the named fields and no others."""
    return ToolSchema(name, description, _object(required, optional))


def _object(required: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def record(**required: Any) -> dict[str, Any]:
    """The JSON schema of an object with exactly these fields."""
    return _object(required, {})


STRING = {"type": "string"}
INTEGER = {"type": "integer", "minimum": 1}
