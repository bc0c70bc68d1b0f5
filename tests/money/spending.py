"""Several processes that spend at once, and what must be true of their books at any moment."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from signal import SIGKILL

from tests.money.mutants import MUTANTS
from tests.money.paying import MONTH, NOON
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.scope import Totals
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.owner import is_alive
from tokenroi_cli.money.report import recount

ROOT = Path(__file__).parents[2]


@dataclass
class Spending:
    """Processes on one ledger under one cap."""

    folder: Path
    cap: str
    calls: int
    seed: int
    processes: int = 8
    more: tuple[str, ...] = ()
    """`faulty`, or the name of a mutant."""
    started: int = 0
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def bills(self) -> Path:
        return self.folder / "bills"

    def billed(self) -> Money:
        """The provider's truth so far."""
        return Money(sum(self.by_call().values()))

    def by_call(self) -> dict[str, Money]:
        lines = [line.split() for line in self.bills.read_text().splitlines()]
        assert len({call_id for call_id, _ in lines}) == len(lines), "a call was billed twice"
        return {call_id: Money(int(amount)) for call_id, amount in lines}

    def run(self, kills: int = 0) -> Ledger:
        """Lets them spend, killing as many on the way; the ledger, recovered, once all have ended."""
        self.bills.touch()
        random = Random(self.seed)
        with closing(Ledger(self.ledger, clock=lambda: NOON)) as watching:
            self.running = [self._start() for _ in range(self.processes)]
            try:
                while self.running:
                    self._look(watching)
                    ended = self._wait(random.uniform(0.01, 0.08))
                    if kills and not ended:
                        kills -= 1
                        self._kill(random.choice(self.running))
            finally:
                for process in self.running:
                    process.kill()
                    process.wait()
        ledger = Ledger(self.ledger, clock=lambda: NOON)
        ledger.recover(is_alive)
        return ledger

    def _start(self) -> "subprocess.Popen[bytes]":
        self.started += 1
        facts = [
            str(self.ledger),
            str(self.bills),
            self.cap,
            str(self.calls),
            str(self.seed * 100 + self.started),
        ]
        command = [sys.executable, "-m", "tests.money.spender", *facts, *self.more]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        self._ended(process)
        self.running.append(self._start())

    def _wait(self, seconds: float) -> bool:
        """Waits a little; whether somebody ended."""
        with suppress(subprocess.TimeoutExpired):
            self.running[0].wait(seconds)
        ended = [process for process in self.running if process.poll() is not None]
        for process in ended:
            self._ended(process)
        return bool(ended)

    def _ended(self, process: "subprocess.Popen[bytes]") -> None:
        _out, said = process.communicate()
        self.running.remove(process)
        tolerated = bool(set(self.more) & set(MUTANTS))
        assert process.returncode in (0, -SIGKILL) or tolerated, said.decode()

    def _look(self, ledger: Ledger) -> None:
        """At any moment: what is billed was reserved before, and all of it is under the cap."""
        billed = self.billed()
        committed = ledger.totals(MONTH).committed
        assert billed <= usd(self.cap), "the bill is above the cap"
        assert billed <= committed, "something is billed that the ledger does not hold"
        assert committed <= usd(self.cap), "more is promised than the cap allows"


def check(spending: Spending, ledger: Ledger) -> Totals:
    """What must be true of the books when all is over; their sums."""
    billed, totals = spending.billed(), ledger.totals(MONTH)
    held = {row.call.id: row.event for row in ledger.booked()}
    for call_id, amount in spending.by_call().items():
        assert held[call_id].amount >= amount, f"{held[call_id]} was billed {amount}"
        assert held[call_id].amount == amount or held[call_id].told is None, held[call_id]
    assert 0 < billed <= totals.spent <= usd(spending.cap)
    assert totals.in_flight == 0
    assert recount(ledger)[MONTH] == totals
    assert ledger.scopes_frozen() == ()
    assert list(_faults(ledger)) == []
    assert ledger.recover(is_alive) == 0, "a second recovery finds nothing to do"
    return totals


def _faults(ledger: Ledger) -> Iterator[str]:
    with ledger._database.read() as db:
        for (row,) in db.execute("PRAGMA integrity_check"):
            if row != "ok":
                yield row
        yield from (row[0] for row in db.execute("PRAGMA foreign_key_check"))
