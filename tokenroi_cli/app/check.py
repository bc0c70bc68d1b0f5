"""`tokenroi check`: the linter over spec files. No model, no network, no git, no trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tokenroi_cli.domain.errors import SpecError
from tokenroi_cli.domain.spec import Finding, Severity
from tokenroi_cli.spec.errors import MalformedSpec, NotASpec
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import MAX_CHARACTERS, decode, parse
from tokenroi_cli.workspace.files import Tree

DEFAULT = "specs"
"""The folder that is searched when no file is named."""

UNREADABLE = "S000"
"""Stands where a rule's id stands, for a spec that cannot be read at all."""

_MAX_BYTES = 4 * MAX_CHARACTERS
"""Nothing longer can be a spec: UTF-8 takes at most four bytes a character."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    path: str
    """Relative to the root where it lies below it, forward slashes."""
    findings: tuple[Finding, ...]
    skipped: str | None = None
    """Why the file was not looked at; None when it was."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    files: tuple[CheckedFile, ...]
    errors: int
    warnings: int


def check(paths: Sequence[Path], root: Path) -> CheckReport:
    """Lints named files and the `.md` files of named folders; without any, those of `root/specs`.

    Paths inside the specs are held against the files below `root`. A file that is no spec is skipped, with a
    note. SpecError when a named file is missing or cannot be read.
    """
    tree = _Listed(Tree(root, None))
    named = paths or ([root / DEFAULT] if (root / DEFAULT).is_dir() else [])
    found = dict.fromkeys(file for path in named for file in _files(path))
    files = tuple(_checked(file, _shown(file, root), tree) for file in found)
    severities = [finding.severity for file in files for finding in file.findings]
    return CheckReport(files, severities.count(Severity.ERROR), severities.count(Severity.WARNING))


class _Listed:
    """The work tree without git, its files listed once for all the specs of a check."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def exists(self, path: str) -> bool:
        return self._tree.exists(path)

    def is_ignored(self, path: str) -> bool:
        return self._tree.is_ignored(path)

    def paths(self) -> tuple[str, ...]:
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return self._tree.paths()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*.md") if file.is_file())
    if not path.is_file():
        raise SpecError(f"{path} is no file", "name a spec, or a folder of specs")
    return [path]


def _shown(file: Path, root: Path) -> str:
    try:
        return file.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return file.as_posix()


def _checked(file: Path, path: str, tree: _Listed) -> CheckedFile:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise MalformedSpec(path, 1, f"the file is larger than {_MAX_BYTES:,} bytes", "split the task")
        return CheckedFile(path, lint(parse(decode(file.read_bytes(), path), path), tree))
    except NotASpec as error:
        return CheckedFile(path, (), skipped=error.what.removeprefix(f"{path} "))
    except MalformedSpec as error:
        finding = Finding(UNREADABLE, Severity.ERROR, error.line, error.detail, error.hint)
        return CheckedFile(path, (finding,))
    except OSError as error:
        raise SpecError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
