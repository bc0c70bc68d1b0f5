"""What runs beside the prompt hands over its result or its failure."""

import pytest

from tests.views.values import RESULT
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.repl.worker import in_background


def test_a_result() -> None:
    assert in_background(lambda: RESULT).result(timeout=60) is RESULT


def test_a_failure() -> None:
    def refused() -> RunResult:
        raise BudgetRefused("no money")

    with pytest.raises(BudgetRefused):
        in_background(refused).result(timeout=60)
