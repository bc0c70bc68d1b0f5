"""A file of scripted replies, read and checked. `docs/scripted.md` describes the format."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from tokenroi_cli.domain.call import Purpose
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.message import FinishReason, ToolCall
from tokenroi_cli.domain.tier import TaskKind, Tier
from tokenroi_cli.domain.usage import Usage

CUT = "none"
"""As a finish: the stream ends without one."""
TOP_KEYS = ("label", "prices", "reply")
REPLY_KEYS = ("text", "tool", "usage", "finish", "error", "delay_s", "task", "tier", "model")
TOOL_KEYS = ("id", "name", "arguments", "raw_arguments")
USAGE_KEYS = ("fresh", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning")
ERROR_KEYS = ("status", "message", "retry_after")
DAY_S = 86_400

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ScriptedError:
    """An HTTP error instead of an answer."""

    status: int
    message: str
    retry_after: float | None


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One reply of the script, and which calls it is for (None: any)."""

    number: int
    """1-based, in the order of the file."""
    text: str
    tools: tuple[ToolCall, ...]
    finish: FinishReason | None
    """None: the stream is cut after the text."""
    usage: Usage | None
    """None: derived from the sizes of request and reply."""
    error: ScriptedError | None
    delay_s: float
    """Seconds before each delta."""
    task: TaskKind | None
    tier: Tier | None
    model: str | None

    def fits(self, purpose: Purpose) -> bool:
        route = purpose.route
        bound = ((self.task, route.task), (self.tier, route.tier), (self.model, route.model))
        return all(wanted in (None, actual) for wanted, actual in bound)


def read_script(source: Path) -> tuple[ScriptedReply, ...]:
    """The replies of a file, in order. Raises NotConfigured naming the file and the key."""
    try:
        top = _Table(source, "", tomllib.loads(source.read_text("utf-8")))
    except OSError as error:
        raise NotConfigured(
            f"{source}: {error.strerror or error}", "TOKENROI_SCRIPT names the script"
        ) from error
    except ValueError as error:  # not UTF-8, or not TOML: tomllib says where
        raise NotConfigured(f"{source}: {error}", "a script is a TOML file") from error
    top.only(TOP_KEYS)
    replies = top.tables("reply")
    if not replies:
        raise NotConfigured(f"{source}: there is no [[reply]] in it", "see docs/scripted.md")
    return tuple(_reply(number, table) for number, table in enumerate(replies, 1))


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table that knows where it stands, so that every complaint names file and key."""

    source: Path
    name: str
    values: Mapping[str, Any]

    def wrong(self, key: str, why: str, hint: str = "see docs/scripted.md") -> NoReturn:
        raise NotConfigured(f"{self.source}: {self._full(key)} {why}", hint)

    def only(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, 1)
                self.wrong(key, "is no key of a script", f"did you mean `{near[0]}`?" if near else "")

    def get(self, key: str, kind: type[Value], default: Value) -> Value:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, kind):
            self.wrong(key, f"must be {_NAMES[kind]}, is {value!r}")
        return value

    def number(self, key: str) -> float:
        value = self.values.get(key, 0)
        if type(value) not in (int, float) or not 0 <= value <= DAY_S:
            self.wrong(key, f"must be seconds from 0 to {DAY_S}, is {value!r}")
        return float(value)

    def word(self, key: str, words: type[Word]) -> Word | None:
        value = self.get(key, str, "")
        if not value:
            return None
        if value not in list(words):
            self.wrong(key, f"must be one of {', '.join(words)}, is {value!r}")
        return words(value)

    def table(self, key: str) -> "_Table | None":
        if key not in self.values:
            return None
        return _Table(self.source, self._full(key), self.get(key, dict, {}))

    def tables(self, key: str) -> list["_Table"]:
        found = self.get(key, list, [])
        if not all(isinstance(values, dict) for values in found):
            self.wrong(key, f"must be tables: [[{self._full(key)}]]")
        return [_Table(self.source, f"{self._full(key)} {n}", values) for n, values in enumerate(found, 1)]

    def _full(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key


_NAMES: Mapping[type, str] = {str: "text", int: "a whole number", dict: "a table", list: "a list of tables"}


def _reply(number: int, table: _Table) -> ScriptedReply:
    table.only(REPLY_KEYS)
    tools = tuple(_tool(f"scripted_{number}_{n}", tool) for n, tool in enumerate(table.tables("tool"), 1))
    return ScriptedReply(
        number=number,
        text=table.get("text", str, ""),
        tools=tools,
        finish=_finish(table, FinishReason.TOOL_USE if tools else FinishReason.STOP),
        usage=_each(table.table("usage"), _usage),
        error=_each(table.table("error"), _error),
        delay_s=table.number("delay_s"),
        task=table.word("task", TaskKind),
        tier=table.word("tier", Tier),
        model=table.get("model", str, "") or None,
    )


def _each(table: _Table | None, read: Callable[[_Table], Value]) -> Value | None:
    return None if table is None else read(table)


def _finish(table: _Table, default: FinishReason) -> FinishReason | None:
    if table.values.get("finish") == CUT:
        return None
    return table.word("finish", FinishReason) or default


def _tool(default_id: str, table: _Table) -> ToolCall:
    table.only(TOOL_KEYS)
    name = table.get("name", str, "")
    if not name:
        table.wrong("name", "is missing")
    if "raw_arguments" in table.values and "arguments" in table.values:
        table.wrong("raw_arguments", "and `arguments` exclude each other")
    return ToolCall(table.get("id", str, default_id), name, _arguments(table))


def _arguments(table: _Table) -> str:
    if "raw_arguments" in table.values:
        return table.get("raw_arguments", str, "")
    try:
        return json.dumps(table.get("arguments", dict, {}), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        table.wrong("arguments", "holds a value that JSON has no word for, such as a date")


def _usage(table: _Table) -> Usage:
    table.only(USAGE_KEYS)
    counts = {key: table.get(key, int, 0) for key in USAGE_KEYS}
    for key, tokens in counts.items():
        if tokens < 0:
            table.wrong(key, f"must not be negative, is {tokens}")
    return Usage(**counts)


def _error(table: _Table) -> ScriptedError:
    table.only(ERROR_KEYS)
    status = table.get("status", int, 0)
    if not 400 <= status < 600:
        table.wrong("status", f"must be an HTTP error from 400 to 599, is {status}")
    wait = table.number("retry_after") if "retry_after" in table.values else None
    return ScriptedError(status, table.get("message", str, "scripted error"), wait)
