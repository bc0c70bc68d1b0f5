"""A process that spends: `-m tests.money.spender LEDGER BILLS CAP_USD CALLS SEED [faulty] [MUTANT]`.

What its provider bills is written to BILLS, a call and an amount a line, before the answer is heard: the
truth that the ledger is measured against, worked out apart from it. A faulty one breaks streams, hides usage,
and dies.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.money.mutants import MUTANTS
from tests.money.paying import MONTH, NOON, PRICES, PURPOSE, UNCAPPED, a_request, invoice
from tokenroi_cli.domain.call import Permit, Stage
from tokenroi_cli.domain.errors import BudgetRefused, ProviderError, Rejected, StreamCut
from tokenroi_cli.domain.message import FinishReason, Reply, Request, StreamItem, Text
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import input_bound
from tokenroi_cli.money.gateway import Gateway, Listeners, Terms
from tokenroi_cli.money.ledger import Ledger

CLEAN = ("answer",)
FAULTY = (*["answer"] * 20, "cut", "silent", "refuse", "die unsent", "die unbilled", "die billed")


@dataclass
class Counter:
    """The provider's till."""

    bills: int
    """File descriptor, opened for appending."""
    random: Random
    ways: Iterator[str]
    """How each call goes."""

    def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
        permit.take()
        way = next(self.ways)
        self._die_if(way == "die unsent")
        permit.sent()
        self._die_if(way == "die unbilled")
        permit.stage = Stage.ANSWERED
        if way == "refuse":
            raise Rejected("bad request", status=400)
        usage = self._usage(request)
        os.write(self.bills, f"{permit.call.id} {invoice(usage)}\n".encode())
        self._die_if(way == "die billed")
        if way == "cut":
            raise StreamCut("cut")
        yield Reply((Text("ok"),), FinishReason.STOP, None if way == "silent" else usage)

    def _usage(self, request: Request) -> Usage:
        fresh = self.random.randint(1, input_bound(request) // 2)
        written = self.random.randint(0, input_bound(request) // 2)
        return Usage(fresh=fresh, cache_write_5m=written, output=self.random.randint(1, request.max_tokens))

    def _die_if(self, now: bool) -> None:
        if now:
            os.kill(os.getpid(), signal.SIGKILL)


def main(ledger: str, bills: str, cap: str, calls: str, seed: str, *more: str) -> None:
    patch = pytest.MonkeyPatch()
    for name in set(more) - {"faulty"}:
        MUTANTS[name](patch)
    random, fate = Random(int(seed)), Random(int(seed))
    ways = iter(lambda: fate.choice(FAULTY if "faulty" in more else CLEAN), None)
    numbers = count()
    gateway = Gateway(
        ledger=Ledger(Path(ledger), clock=lambda: NOON),
        prices=PRICES,
        provider=Counter(os.open(bills, os.O_WRONLY | os.O_APPEND), random, ways),
        terms=Terms(UNCAPPED, lambda model: True, lambda model: False, lambda model: False, zone=UTC),
        clock=lambda: NOON,
        ids=lambda: f"{os.getpid()}-{seed}-{next(numbers)}",
        listeners=Listeners(booked=lambda call, event: None),
    ).within(MONTH, usd(cap))
    for _ in range(int(calls)):
        request = a_request("x" * random.randint(0, 500), max_tokens=random.randint(10, 2000))
        with suppress(ProviderError, BudgetRefused):
            list(gateway.stream(request, PURPOSE))


if __name__ == "__main__":
    main(*sys.argv[1:])
