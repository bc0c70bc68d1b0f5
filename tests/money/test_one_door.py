"""House rule: a permit is minted in one place, so that no call can miss the ledger."""

import ast
from pathlib import Path

import tokenroi_cli

PACKAGE = Path(tokenroi_cli.__file__).parent


def mints(source: str) -> bool:
    """Whether the code calls Permit, under whatever name it imports it."""
    tree = ast.parse(source)
    names = {"Permit"} | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "Permit" and alias.asname
    }
    return any(_name(node.func) in names for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(called: ast.expr) -> str | None:
    match called:
        case ast.Name(name):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return None


def test_only_the_gateway_mints_permits() -> None:
    minting = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if mints(path.read_text(encoding="utf-8"))
    }
    assert minting == {"money/gateway.py"}


def test_the_scan_sees_every_way_to_mint() -> None:
    assert mints("Permit(call, 1, 1, print)")
    assert mints("call.Permit(1)")
    assert mints("from tokenroi_cli.domain.call import Permit as Pass\nPass(1)")
    assert not mints("def stream(self, request: Request, permit: Permit): ...")
