"""Who may import whom, and where each third-party library lives."""

import sys
from collections.abc import Iterator

from tests.house.source import PACKAGE, Import, Module, imports, modules

ALLOWED = {
    "domain": set[str](),
    "policy": {"domain"},
    "spec": {"domain"},
    "llm": {"domain"},
    "store": {"domain"},
    "workspace": {"domain"},
    "money": {"domain", "policy"},
    "agent": {"domain", "policy", "spec", "money", "store", "workspace"},
    "audit": {"domain", "policy", "money"},
    "views": {"domain", "policy"},
}
EVERYTHING = {*ALLOWED, "app", "repl", "cli"}
ALLOWED["app"] = EVERYTHING - {"views", "repl", "cli"}
ALLOWED["repl"] = {"domain", "app", "views"}
ALLOWED["cli"] = EVERYTHING

HOMES = {
    "litellm": "llm",
    "tiktoken": "llm",
    "httpx": "llm",
    "git": "workspace",
    "pathspec": "workspace",
    "yaml": "spec",
    "markdown_it": "spec",
    "platformdirs": "store",
    "jsonschema": "agent",
    "tomlkit": "store",
    "rich": "views",
    "prompt_toolkit": "repl",
    "typer": "cli",
}
"""The one room of each library. A library that is not here needs a decision page first."""

TOP_LEVEL = {"typer", "httpx", "prompt_toolkit"}
"""Classes derive from these, in modules that are imported late themselves; the start-up test watches them."""

IMPURE = ("os", "subprocess", "socket", "sqlite3", "shutil", "tempfile", "time", "random", "secrets")
"""Clock, disk, network, environment, chance: what the pure rooms do without."""


def found() -> Iterator[tuple[Module, Import]]:
    for module in modules():
        for item in imports(module):
            yield module, item


def room_of(item: Import) -> str | None:
    """The room that an import reaches into; None for the package itself and for other packages."""
    parts = item.name.split(".")
    if parts[0] != PACKAGE or len(parts) < 2 or parts[1] not in EVERYTHING:
        return None
    return parts[1]


def test_every_room_is_in_the_table() -> None:
    assert {module.room for module in modules()} <= EVERYTHING


def test_rooms_import_only_what_the_table_allows() -> None:
    wrong = [
        f"{module.path}:{item.line} {module.room} imports {item.name}"
        for module, item in found()
        if (room := room_of(item)) is not None
        and room != module.room
        and room not in ALLOWED.get(module.room, set())
    ]
    assert wrong == []


def test_imports_across_rooms_are_absolute() -> None:
    wrong = [
        f"{module.path}:{line}"
        for module in modules()
        for line, text in enumerate(module.text.splitlines(), 1)
        if text.strip().startswith("from .")
    ]
    assert wrong == []


def test_each_library_stays_at_home() -> None:
    wrong = [
        f"{module.path}:{item.line} {item.top} belongs in {HOMES.get(item.top, 'no room yet')}"
        for module, item in found()
        if item.top not in (PACKAGE, *sys.stdlib_module_names) and HOMES.get(item.top) != module.room
    ]
    assert wrong == []


def test_heavy_libraries_are_imported_when_they_are_used() -> None:
    wrong = [
        f"{module.path}:{item.line} imports {item.top} at import"
        for module, item in found()
        if item.eager and item.top in HOMES and item.top not in TOP_LEVEL
    ]
    assert wrong == []


def test_domain_and_policy_reach_nothing_outside() -> None:
    wrong = [
        f"{module.path}:{item.line} {item.name}"
        for module, item in found()
        if module.room in ("domain", "policy")
        and (item.top in IMPURE or item.name in ("pathlib.Path", "pathlib"))
    ]
    assert wrong == []
