"""The product's source as the house tests read it: files, syntax trees, imports."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "tokenroi_cli"


@dataclass(frozen=True, slots=True)
class Module:
    """One source file, parsed."""

    path: str
    """Relative to the checkout, forward slashes."""
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder below the package: `money`, `cli`, ...; the package's own files belong to `cli`."""
        parts = Path(self.path).parts
        return parts[1] if len(parts) > 2 else "cli"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, as `tokenroi_cli.domain.money.usd` or `litellm`."""

    name: str
    line: int
    eager: bool
    """True when it runs as soon as its module is imported."""

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


@cache
def modules(folder: str = PACKAGE) -> tuple[Module, ...]:
    """Every Python file below a folder of the checkout."""
    found = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        found.append(Module(file.relative_to(ROOT).as_posix(), text, ast.parse(text, str(file))))
    return tuple(found)


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or would be, part of a commit; relative to the checkout."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True).stdout
    names = [name.decode() for name in listed.split(b"\0") if name]
    return tuple(sorted(name for name in set(names) if (ROOT / name).is_file()))


def imports(module: Module) -> Iterator[Import]:
    """All that a module imports, inside functions and under TYPE_CHECKING included."""
    yield from _imports(module.tree, module.path, eager=True)


def _imports(node: ast.AST, path: str, *, eager: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, eager)
        elif isinstance(child, ast.ImportFrom):
            source = _absolute(child, path)
            for alias in child.names:
                yield Import(f"{source}.{alias.name}", child.lineno, eager)
        elif isinstance(child, ast.Call):
            yield from _dynamic(child, eager=eager)
        yield from _imports(child, path, eager=eager and not _deferred(child))


def _deferred(node: ast.AST) -> bool:
    """What does not run at import: a function's body, a block for the type checker."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return True
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _absolute(node: ast.ImportFrom, path: str) -> str:
    if node.level == 0:
        return node.module or ""
    package = Path(path).with_suffix("").parts[: -node.level]
    return ".".join((*package, *([node.module] if node.module else [])))


def _dynamic(call: ast.Call, *, eager: bool) -> Iterator[Import]:
    """`importlib.import_module("x")` and `__import__("x")` are imports like any other."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in ("import_module", "__import__") and call.args and isinstance(call.args[0], ast.Constant):
        yield Import(str(call.args[0].value), call.lineno, eager)
