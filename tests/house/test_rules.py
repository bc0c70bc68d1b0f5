"""Rules of the house that a syntax tree can show: no mocks, no sleeps, integer money, pure rooms."""

import ast
from collections.abc import Iterator

from tests.house.source import Module, imports, modules

MONEY = (
    "tokenroi_cli/domain/money.py",
    "tokenroi_cli/domain/price.py",
    "tokenroi_cli/domain/scope.py",
    "tokenroi_cli/domain/call.py",
    "tokenroi_cli/policy/estimate.py",
    "tokenroi_cli/policy/reprice.py",
)
SECONDS = "tokenroi_cli/money/retrying.py"
"""It waits, and holds no amount."""


def calls(module: Module, name: str) -> Iterator[ast.Call]:
    """Calls of `name`, qualified or not."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def test_no_mocks() -> None:
    wrong = [
        f"{module.path}:{item.line} {item.name}"
        for module in (*modules(), *modules("tests"))
        for item in imports(module)
        if item.name.startswith("unittest.mock") or item.top in ("mock", "pytest_mock")
    ]
    assert wrong == []


def test_no_sleeps_in_tests() -> None:
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules("tests")
        for call in calls(module, "sleep")
        if ast.unparse(call.func) in ("sleep", "time.sleep", "asyncio.sleep")
    ]
    assert wrong == []


def test_money_is_never_a_float() -> None:
    wrong = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if (module.room == "money" and module.path != SECONDS) or module.path in MONEY
        for call in calls(module, "float")
    ]
    assert wrong == []


def test_values_of_money_have_no_float_field() -> None:
    wrong = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.path in MONEY
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert wrong == []


def test_domain_and_policy_know_neither_clock_nor_disk() -> None:
    wrong = [
        f"{module.path}:{call.lineno} {name}"
        for module in modules()
        if module.room in ("domain", "policy")
        for name in ("open", "now", "utcnow", "today", "input", "print")
        for call in calls(module, name)
    ]
    assert wrong == []
