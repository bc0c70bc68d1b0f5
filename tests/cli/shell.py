"""The command line in this process, on streams of its own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from tokenroi_cli.cli.main import run
from tokenroi_cli.views.console import Console


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str


def tokenroi(*args: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Said:
    """Runs one command line to its end in the current folder; nobody sits at it."""
    environ = {**os.environ, **(env or {})}
    console = Console(StringIO(stdin), out := StringIO(), err := StringIO(), environ)
    code = run(args, environ, console)
    return Said(code, out.getvalue(), err.getvalue())
