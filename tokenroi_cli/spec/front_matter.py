"""YAML between two lines of `---` at the top of a file, every scalar a string, every size bounded."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

from tokenroi_cli.spec.errors import MalformedSpec
from tokenroi_cli.spec.lines import lines_of

if TYPE_CHECKING:
    import yaml

Value: TypeAlias = str | list["Value"] | dict[str, "Value"]

MAX_CHARACTERS = 128 * 1024
"""About 1,300 stamped files."""
MAX_DEPTH = 8

_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_HINT = "repair the YAML between the two --- lines, or delete it and plan again"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    values: Mapping[str, Value]
    lines: Mapping[str, int]
    """1-based line in the file of each top-level key."""


class _Refused(Exception):
    """Valid YAML that we do not read; `line` is 0-based in the YAML."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


def split(source: str) -> tuple[str, str]:
    """(front matter with its fences, body). Without front matter the first is empty; a BOM stays in front."""
    lines = lines_of(source)
    if not lines or not _is_fence(lines[0].removeprefix("\ufeff")):
        return "", source
    for index, line in enumerate(lines[1:], start=2):
        if _is_fence(line):
            return "".join(lines[:index]), "".join(lines[index:])
    return "", source


def read(source: str, path: str) -> FrontMatter | None:
    """The front matter of a spec file, None where there is none. MalformedSpec where it cannot be read."""
    head = lines_of(split(source)[0])
    if not head:
        _refuse_unclosed(lines_of(source), path)
        return None
    if sum(map(len, head)) > MAX_CHARACTERS:
        raise MalformedSpec(path, 1, f"the front matter is longer than {MAX_CHARACTERS:,} characters", _HINT)
    try:
        return _read_yaml("".join(line.rstrip("\r\n") + "\n" for line in head[1:-1]))
    except _Refused as refused:
        raise MalformedSpec(path, refused.line + 2, f"the front matter {refused.what}", _HINT) from refused


def dump(values: Mapping[str, object]) -> str:
    """One line a key, in the order given. Text that would read as another type is double-quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def analyze_scalar(self, scalar: str) -> Any:
            analysis = super().analyze_scalar(scalar)
            # PyYAML quotes every colon inside {}; a hash reads the same without.
            analysis.allow_flow_plain |= _HASH.fullmatch(scalar) is not None
            return analysis

        def ignore_aliases(self, _data: Any) -> bool:
            return True

        def text(self, text: str) -> "yaml.ScalarNode":
            tag = "tag:yaml.org,2002:str"
            resolved = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # the stubs leave it untyped
            plain = resolved == tag and text.isprintable()
            return self.represent_scalar(tag, text, style=None if plain else '"')

        def document(self, document: "_Document") -> "yaml.MappingNode":
            return self.represent_mapping("tag:yaml.org,2002:map", document.values, flow_style=False)

    Dumper.add_representer(str, Dumper.text)
    Dumper.add_representer(_Document, Dumper.document)
    style: dict[str, Any] = {"width": 10**9, "allow_unicode": True, "sort_keys": False}
    return str(yaml.dump(_Document(values), Dumper=Dumper, default_flow_style=True, **style))


@dataclass(frozen=True, slots=True)
class _Document:
    """The outermost mapping, the only one that is written in block style."""

    values: Mapping[str, object]


def _is_fence(line: str) -> bool:
    return line.rstrip(" \t\r\n") == "---"


def _refuse_unclosed(lines: tuple[str, ...], path: str) -> None:
    """A first line `---` with text below it was meant to open front matter; a lone rule was not."""
    if len(lines) > 1 and _is_fence(lines[0].removeprefix("\ufeff")) and lines[1].strip():
        raise MalformedSpec(path, 1, "the front matter is not closed by a line of ---", _HINT)


def _read_yaml(text: str) -> FrontMatter:
    """From events, not nodes: depth, aliases and double keys are refused before anything is built."""
    import yaml

    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    try:
        kinds = (yaml.NodeEvent, yaml.CollectionEndEvent)
        events = (event for event in yaml.parse(text, Loader=yaml.BaseLoader) if isinstance(event, kinds))
        for root in events:
            if values or not isinstance(root, yaml.MappingStartEvent):
                raise _Refused("is not a list of `key: value` lines", _line(root))
            for key, line, value in _entries(events, 1):
                values[key] = value
                lines[key] = line + 2
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Refused(f"is not YAML: {error.problem or error.context}", mark.line if mark else 0) from error
    except yaml.reader.ReaderError as error:
        raise _Refused("holds a control character", text.count("\n", 0, error.position)) from error
    return FrontMatter(values, lines)


def _entries(events: Iterator["yaml.Event"], depth: int) -> Iterator[tuple[str, int, Value]]:
    """(key, 0-based line, value) up to the end of the mapping that was opened."""
    import yaml

    seen: set[str] = set()
    for key in takewhile(lambda event: not isinstance(event, yaml.MappingEndEvent), events):
        line = _line(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise _Refused("has a key that is no plain text", line)
        if key.value in seen:
            raise _Refused(f"says `{key.value}` twice", line)
        seen.add(key.value)
        yield key.value, line, _value(next(events), events, depth)


def _line(event: "yaml.Event") -> int:
    """0-based line in the YAML."""
    return event.start_mark.line if event.start_mark else 0


def _value(event: "yaml.Event", events: Iterator["yaml.Event"], depth: int) -> Value:
    import yaml

    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.AliasEvent):
        raise _Refused("uses an alias (*), which is not read", _line(event))
    if depth == MAX_DEPTH:
        raise _Refused(f"is nested deeper than {MAX_DEPTH}", _line(event))
    if isinstance(event, yaml.MappingStartEvent):
        return {key: value for key, _, value in _entries(events, depth + 1)}
    items = takewhile(lambda item: not isinstance(item, yaml.SequenceEndEvent), events)
    return [_value(item, events, depth + 1) for item in items]
