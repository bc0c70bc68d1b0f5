"""Many who spend at once, threads and processes, with kills: no cap is exceeded, no bill is missing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.money.paying import DAY, MONTH, NOON, PURPOSE, Billing, Books, a_request, answers, capped
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.owner import is_alive
from tokenroi_cli.money.report import recount

ROOT = Path(__file__).parents[2]
PROCESSES = 4


def spend(path: Path, cap: str, calls: int, seed: int, *faulty: str) -> tuple[int, Ledger]:
    """Lets several processes spend at once. Returns the provider's bill and the ledger, recovered."""
    bills = path.with_name("bills")
    bills.touch()
    command = [sys.executable, "-m", "tests.money.spender", str(path), str(bills), cap, str(calls)]
    running = [
        subprocess.Popen([*command, str(seed * 100 + number), *faulty], cwd=ROOT)
        for number in range(PROCESSES)
    ]
    ends = [process.wait() for process in running]
    assert set(ends) <= ({0, -SIGKILL} if faulty else {0})
    ledger = Ledger(path, clock=lambda: NOON)
    ledger.recover(is_alive)
    return sum(map(int, bills.read_text().split())), ledger


def test_the_ledger_of_many_processes_is_the_bill_to_the_pico_dollar(path: Path) -> None:
    billed, ledger = spend(path, "100", 15, seed=1)
    with closing(ledger):
        assert ledger.totals(MONTH) == Totals(calls=PROCESSES * 15, settled=ledger.totals(MONTH).settled)
        assert ledger.totals(MONTH).settled == billed
        assert recount(ledger)[MONTH] == ledger.totals(MONTH)


def test_many_processes_use_a_tight_cap_up_and_never_exceed_it(path: Path) -> None:
    billed, ledger = spend(path, "0.3", 60, seed=2)
    with closing(ledger):
        assert usd("0.27") < billed == ledger.totals(MONTH).settled <= usd("0.3")


@pytest.mark.parametrize("seed", [3, 4])
def test_no_fault_and_no_kill_breaks_the_cap_or_hides_a_bill(path: Path, seed: int) -> None:
    billed, ledger = spend(path, "0.6", 30, seed, "faulty")
    with closing(ledger):
        totals = ledger.totals(MONTH)
        assert 0 < billed <= totals.spent <= usd("0.6")
        assert totals.in_flight == 0
        assert recount(ledger)[MONTH] == totals
        assert any(booked.event.note == "its process died" for booked in ledger.booked())


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
