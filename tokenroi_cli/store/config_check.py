"""From a file that a person wrote to typed values; a mistake is told with its file, its key and a way out."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.schema import (
    ELEMENT,
    SCHEMA,
    Key,
    Named,
    Node,
    Short,
    Table,
    all_keys,
    dotted,
    is_element,
)
from tokenroi_cli.store.values import Value

_Found = Iterator[tuple[Key, object]]


def checked(raw: Mapping[str, object], file: Path) -> dict[Key, object]:
    """Every value of a config file in the type that is used, by its key.

    Raises NotConfigured, naming the file and the key, for the first one that is unknown or wrong.
    """
    return dict(_table(raw, SCHEMA, (), file))


def _table(raw: object, table: Table, at: Key, file: Path) -> _Found:
    for name, value in _names(raw, at, file).items():
        known = ELEMENT if is_element(name) else name
        if known not in table or name == ELEMENT:
            raise _unknown((*at, name), table, file)
        yield from _node(value, table[known], (*at, name), file)


def _node(value: object, node: Node, key: Key, file: Path) -> _Found:
    match node:
        case Value():
            yield key, _read(value, node, key, file)
        case Short():
            yield from _short(value, node, key, file)
        case Named(each):
            for name, inner in _names(value, key, file).items():
                yield from _table(inner, each, (*key, name), file)
        case _:
            yield from _table(value, node, key, file)


def _short(value: object, node: Short, key: Key, file: Path) -> _Found:
    if not isinstance(value, dict):
        yield key, _read(value, node.value, key, file)
        return
    for found, inner in _table(value, {node.name: node.value, **node.others}, key, file):
        yield (key if found == (*key, node.name) else found), inner


def _read(value: object, kind: Value, key: Key, file: Path) -> object:
    try:
        return kind.read(value)
    except ValueError as error:
        raise _wrong(key, kind.expects, value, file) from error


def _names(value: object, key: Key, file: Path) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(key, f"a table, [{dotted(key)}]", value, file)
    return value


def _wrong(key: Key, expects: str, value: object, file: Path) -> NotConfigured:
    return NotConfigured(
        f"{file}: {dotted(key)}: expected {expects}, found {_found(value)}",
        f"correct {dotted(key)}, or take it out",
        reason="config_invalid",
    )


def _found(value: object) -> str:
    """What stands there, in words. A text that is no plain word is not repeated: it may be a key."""
    match value:
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return str(value)[:40]
        case str() if re.fullmatch(r"[a-z_]{1,20}", value):
            return f'"{value}"'
        case str():
            return "another text" if value else "an empty text"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def _unknown(key: Key, table: Table, file: Path) -> NotConfigured:
    shown = dotted((*key[:-1], key[-1][:80]))
    return NotConfigured(f"{file}: unknown key {shown}", _way_out(key, table), reason="config_invalid")


def _way_out(key: Key, table: Table) -> str:
    *at, name = key
    if near := _nearest(name, tuple(at), table):
        return f"did you mean {dotted(near)}?"
    if key[0] == "prices":
        return 'a model id stands in quotes: [prices."openai/gpt-6.1-sol"]; known under it: ' + ", ".join(
            table
        )
    return f"known here: {', '.join(table)}"


def _nearest(name: str, at: Key, table: Table) -> Key | None:
    """The known key most like an unknown one: among its neighbours, else the same name in another table."""
    if near := get_close_matches(name[:80].lower(), list(table), 1):
        return (*at, near[0])
    return next((key for key in all_keys() if key[-1] == name), None)
