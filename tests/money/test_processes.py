"""Many who spend at once, threads and processes, with faults and kills: no cap breaks, no bill is missing."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.money.paying import DAY, PURPOSE, Billing, Books, a_request, answers, capped
from tests.money.spending import Spending, check
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.ledger import Ledger


def test_the_ledger_of_eight_processes_is_the_bill_to_the_pico_dollar(tmp_path: Path) -> None:
    spending = Spending(tmp_path, "100", calls=60, seed=1)
    with closing(spending.run()) as ledger:
        totals = check(spending, ledger)
        assert totals == Totals(calls=480, settled=spending.billed())


def test_many_processes_use_a_tight_cap_up_and_never_exceed_it(tmp_path: Path) -> None:
    spending = Spending(tmp_path, "0.3", calls=60, seed=2)
    with closing(spending.run()) as ledger:
        totals = check(spending, ledger)
        assert usd("0.27") < spending.billed() == totals.settled


@pytest.mark.parametrize("seed", [3, 4])
def test_no_fault_breaks_the_cap_or_hides_a_bill(tmp_path: Path, seed: int) -> None:
    """They break streams, hide usage, and kill themselves at every point of a call."""
    spending = Spending(tmp_path, "0.6", calls=30, seed=seed, more=("faulty",))
    with closing(spending.run()) as ledger:
        check(spending, ledger)
        assert any(booked.event.note == "its process died" for booked in ledger.booked())


def soak(folder: Path, seed: int, kills: int) -> None:
    spending = Spending(folder, "0.5", calls=40, seed=seed, processes=6, more=("faulty",))
    with closing(spending.run(kills)) as ledger:
        check(spending, ledger)
    assert spending.started == 6 + kills


@pytest.mark.parametrize("seed", [11, 12])
def test_random_kills_break_neither_the_cap_nor_the_books(tmp_path: Path, seed: int) -> None:
    soak(tmp_path, seed, kills=10)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 32))
def test_sixty_random_kills(tmp_path: Path, seed: int) -> None:
    soak(tmp_path, seed, kills=60)


def test_threads_use_a_tight_cap_up_and_never_exceed_it(ledger: Ledger) -> None:
    books = Books(ledger, Billing([answers(Usage(fresh=1000, output=100))]), config=capped(day="0.1"))

    def work(number: int) -> int:
        calls = 0
        while True:
            try:
                list(books.gateway.stream(a_request(), PURPOSE))
            except BudgetRefused:
                return calls
            calls += 1

    with ThreadPoolExecutor(8) as pool:
        calls = sum(pool.map(work, range(8)))
    totals = ledger.totals(DAY)
    assert totals == Totals(calls, settled=books.provider.billed)
    assert usd("0.07") < totals.settled <= usd("0.1")
