"""The hard limits: past them a module or a function has swallowed something that wants a name."""

import ast

from tests.house.source import modules

MODULE = 400
FUNCTION = 50


def test_modules_stay_readable() -> None:
    long = {module.path: module.text.count("\n") for module in modules()}
    assert {path: lines for path, lines in long.items() if lines > MODULE} == {}


def test_functions_stay_readable() -> None:
    long = [
        f"{module.path}:{node.lineno} {node.name} has {lines} lines"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]
    assert long == []


def test_every_module_says_its_idea() -> None:
    silent = [module.path for module in modules() if ast.get_docstring(module.tree) is None]
    assert silent == []
