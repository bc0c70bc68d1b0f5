"""The suite notices each of the mistakes that it is there for."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import Phase

from tests.money import test_ledger, test_ledger_properties
from tests.money.mutants import MUTANTS
from tests.money.paying import NOON
from tests.money.spending import Spending, check
from tokenroi_cli.money.ledger import Ledger

Detector = Callable[[Path, str], None]
"""Raises AssertionError when the books are wrong. Takes a folder and the mutant's name."""


def in_processes(cap: str, *more: str, calls: int = 60) -> Detector:
    """Eight processes that all make the same mistake."""

    def detect(folder: Path, mutant: str) -> None:
        spending = Spending(folder, cap, calls, seed=7, more=(*more, *filter(None, [mutant])))
        with closing(spending.run()) as ledger:
            check(spending, ledger)

    return detect


def in_any_order(_folder: Path, mutant: str) -> None:
    """The state machine of the ledger, here and now; once it has found something, it is content."""
    test_ledger_properties.play(examples=300 if mutant else 10, phases=[Phase.generate])


def in_a_test(test: Callable[[Ledger], None]) -> Detector:
    """One test of the suite."""

    def detect(folder: Path, _mutant: str) -> None:
        with closing(Ledger(folder / "ledger.db", clock=lambda: NOON)) as ledger:
            test(ledger)

    return detect


DETECTORS: dict[str, Detector] = {
    "check_then_act": in_any_order,
    "release_on_error": in_processes("0.6", "faulty"),
    "no_sent_mark": in_any_order,
    "expected_output": in_processes("0.3"),
    "float_money": in_processes("100", calls=15),
    "cap_check_outside": lambda folder, _mutant: test_ledger.race(folder / "ledger.db"),
    "no_freeze": in_a_test(
        test_ledger.test_more_than_was_reserved_freezes_the_project_and_all_within_until_it_is_thawed
    ),
    "last_end_wins": in_any_order,
    "recovers_the_living": in_any_order,
    "zero_is_a_bill": in_processes("0.6", "faulty"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mistake_is_noticed(name: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        MUTANTS[name](patch)
        with pytest.raises((AssertionError, ExceptionGroup, pytest.fail.Exception)):
            DETECTORS[name](tmp_path, name)


@pytest.mark.parametrize("detector", [in_processes("0.6", "faulty"), in_processes("0.1"), in_any_order])
def test_without_a_mistake_nothing_is_noticed(detector: Detector, tmp_path: Path) -> None:
    detector(tmp_path, "")


def test_every_mutant_has_a_detector() -> None:
    assert set(DETECTORS) == set(MUTANTS)
