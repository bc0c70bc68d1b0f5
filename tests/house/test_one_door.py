"""There is one door to models and one to the network: a call that misses the ledger is a red test."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, imports, modules

MINT = "tokenroi_cli/money/gateway.py"
NOUN = "tokenroi_cli/domain/call.py"
ROOT_FILES = {"tokenroi_cli/__init__.py", "tokenroi_cli/__main__.py"}

CONSTRUCTED = {
    "Gateway": "tokenroi_cli/app/workplace.py",
    "Retrying": "tokenroi_cli/app/workplace.py",
    "LiteLLM": "tokenroi_cli/app/workplace.py",
    "Scripted": "tokenroi_cli/app/workplace.py",
    "Ledger": "tokenroi_cli/app/workplace.py",
    "WireGuard": "tokenroi_cli/llm/litellm_door.py",
}
"""What must exist once, and the composition root (or the one door) that makes it."""

NETWORK = ("socket", "ssl", "http", "urllib.request", "httpx", "httpcore", "requests", "aiohttp", "smtplib")
ONLINE = {"llm": "it is where requests leave", "cli/interrupts": "a pair of sockets within the process"}


def mentions(tree: ast.AST, name: str) -> Iterator[ast.AST]:
    """Every use of a name as a value; annotations and imports under its own name are none."""
    for node in ast.iter_child_nodes(tree):
        if _is_annotation(tree, node):
            continue
        if isinstance(node, ast.Name | ast.Attribute) and _last(node) == name:
            yield node
        elif isinstance(node, ast.alias):
            if node.name.rpartition(".")[2] == name and node.asname not in (None, name):
                yield node
        else:
            yield from mentions(node, name)


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _is_annotation(parent: ast.AST, node: ast.AST) -> bool:
    return node is getattr(parent, "annotation", None) or node is getattr(parent, "returns", None)


def users(name: str) -> set[str]:
    return {module.path for module in modules() for _ in mentions(module.tree, name)}


def test_only_the_gateway_uses_the_class_of_permits() -> None:
    assert users("Permit") == {MINT}


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("Permit(call, 1, 1, print)", True),
        ("call.Permit(1)", True),
        ("mint = Permit", True),
        ("from tokenroi_cli.domain.call import Permit as Pass", True),
        ("def f(): return replace(Permit, x=1)", True),
        ("from tokenroi_cli.domain.call import Permit", False),
        ("def stream(self, request: Request, permit: Permit) -> Permit: ...", False),
        ("class A:\n    permit: Permit\n", False),
    ],
)
def test_the_scan_sees_every_way_to_mint(source: str, seen: bool) -> None:
    assert any(mentions(ast.parse(source), "Permit")) is seen


def test_a_spent_permit_stays_spent() -> None:
    wrong = [module.path for module in modules() if "_taken" in module.text and module.path != NOUN]
    copies = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in ("replace", "copy", "deepcopy")
        and any("permit" in ast.unparse(argument).split(".")[-1:] for argument in node.args)
    ]
    assert (wrong, copies) == ([], [])


@pytest.mark.parametrize(("name", "place"), CONSTRUCTED.items())
def test_what_exists_once_is_constructed_in_one_place(name: str, place: str) -> None:
    made = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name
    }
    assert made == {place}


def test_every_provider_asks_for_a_permit() -> None:
    streams = [
        (module.path, [argument.arg for argument in node.args.args])
        for module in modules()
        if module.room == "llm"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and node.name == "stream"
    ]
    assert len(streams) >= 2, "litellm and the script"
    assert [path for path, arguments in streams if arguments != ["self", "request", "permit"]] == []


def test_litellm_is_imported_behind_its_door_alone() -> None:
    importing = {module.path for module in modules() for item in imports(module) if item.top == "litellm"}
    assert importing == {"tokenroi_cli/llm/litellm_door.py"}


def test_nobody_else_can_reach_the_network() -> None:
    wrong = [
        f"{module.path}:{item.line} {item.name}"
        for module in modules()
        for item in imports(module)
        if any(item.name == name or item.name.startswith(f"{name}.") for name in NETWORK)
        and not module.path.removeprefix(f"{PACKAGE}/").startswith(tuple(ONLINE))
    ]
    assert wrong == []


def test_the_root_of_the_package_holds_no_code_of_ours() -> None:
    assert {module.path for module in modules() if module.path.count("/") == 1} == ROOT_FILES
