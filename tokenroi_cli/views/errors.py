"""A failure as a person reads it: one line that says what, one that says what next."""

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.views.safe import line


def error_lines(error: TokenroiError) -> list[str]:
    """`tokenroi: what`, and `  hint` where there is one."""
    return _lines(error.what, error.hint)


def failure_lines(result: RunResult) -> list[str]:
    """The same two lines for a run that ended badly."""
    return _lines(result.what, result.hint)


def _lines(what: str, hint: str) -> list[str]:
    return [f"tokenroi: {line(what)}", *([f"  {line(hint)}"] if hint else [])]
