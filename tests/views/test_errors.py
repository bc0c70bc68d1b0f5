"""A failure is two lines at most."""

from dataclasses import replace

from tests.views.values import RESULT
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.views.errors import error_lines, failure_lines


def test_what_and_what_next() -> None:
    error = NotConfigured("no model\nconfigured", "export ANTHROPIC_API_KEY")
    assert error_lines(error) == ["tokenroi: no model configured", "  export ANTHROPIC_API_KEY"]
    assert error_lines(NotConfigured("no model")) == ["tokenroi: no model"]


def test_a_result_that_failed_reads_the_same() -> None:
    failed = replace(RESULT, exit_code=11, what="validation failed", hint="read \x1b[2J")
    assert failure_lines(failed) == ["tokenroi: validation failed", "  read \\x1b[2J"]
