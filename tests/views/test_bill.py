"""The end of a run: what each step cost, in plain figures."""

from dataclasses import replace

from tests.golden.golden import assert_golden
from tests.views.values import RELEASED, RESULT, SETTLED, UNKNOWN
from tokenroi_cli.domain.money import ZERO
from tokenroi_cli.views.bill import bill


def test_golden() -> None:
    assert_golden("bill/accepted.txt", bill(RESULT, [SETTLED, UNKNOWN, RELEASED]) + "\n")


def test_one_call_needs_no_table() -> None:
    result = replace(RESULT, attempts=(), calls=1, unknown=ZERO, repriced_premium=None)
    assert bill(result, []) == "total $0.0123 for 1 call of this run, retries included"


def test_a_script_is_named() -> None:
    result = replace(RESULT, attempts=(), scripted=True, repriced_premium=None)
    assert bill(result, []).startswith("SCRIPTED, the money is made up: total")


def test_the_counterfactual_is_never_called_saved() -> None:
    assert "saved" not in bill(RESULT, [SETTLED, UNKNOWN, RELEASED]).lower()
