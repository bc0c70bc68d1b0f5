"""What booking a call costs: reserve, sent, settle; in one process, in eight, in a ledger of a million rows.

Usage: python benchmarks/ledger.py [ROWS]

Wall time of this machine and its disk (every step is fsynced); compare figures of one run only.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection

from tokenroi_cli.domain.call import Call, CallEvent, CallState, Owner, OwnerKind, Purpose
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.price import Price, Rates
from tokenroi_cli.domain.scope import Budget, ScopePart
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money import statements
from tokenroi_cli.money.bounds import input_bound
from tokenroi_cli.money.ledger import Ledger

CALLS = 300
"""Of each process."""
AIM_MS = 5.0
"""Reserve, p50, in a ledger of a million rows."""
DAY, MONTH = ScopePart("day", "2026-11-22+00:00"), ScopePart("month", "2026-11")
PRICE = Price("m", Rates(usd(2), usd("0.1"), usd("2.5"), usd(4), usd(10)))
PURPOSE = Purpose(Route(TaskKind.EXECUTE, Tier.MID, "anthropic/claude-sonnet-5-5", None, "a benchmark"), "s1")
BUDGETS = (Budget(DAY, usd(900_000)), Budget(MONTH, usd(900_000)))


def now() -> datetime:
    return datetime.now(UTC)


def a_call(call_id: str, session: str = "s1") -> Call:
    scope = (MONTH, DAY, ScopePart("project", "/home/me/work"), ScopePart("session", session))
    at = now().isoformat(timespec="milliseconds")
    return Call(call_id, at, PURPOSE, scope, Owner(OwnerKind.PROCESS, "b:1:1"), PRICE)


Steps = tuple[float, float, float]
"""Milliseconds of reserve, sent and settle of one call."""


def book(ledger: Ledger, name: str, calls: int) -> Iterator[Steps]:
    for number in range(calls):
        call = a_call(f"{name}-{number}")
        began = time.perf_counter()
        ledger.reserve(call, usd("0.01"), BUDGETS)
        reserved = time.perf_counter()
        ledger.sent(call.id)
        sent = time.perf_counter()
        ledger.settle(call.id, usd("0.005"), Usage(fresh=100, output=10))
        settled = time.perf_counter()
        yield (reserved - began) * 1000, (sent - reserved) * 1000, (settled - sent) * 1000


def shown(label: str, taken: list[Steps]) -> None:
    for step, milliseconds in zip(("reserve", "sent", "settle"), zip(*taken, strict=True), strict=True):
        cuts = statistics.quantiles(milliseconds, n=100)
        print(f"{label:<34} {step:<8} p50 {cuts[49]:7.2f} ms   p99 {cuts[98]:8.2f} ms")


def in_one(path: Path) -> None:
    with closing(Ledger(path, clock=now)) as ledger:
        shown("one process", list(book(ledger, "one", CALLS)))


def in_eight(path: Path) -> None:
    command = [sys.executable, __file__, "--work", str(path)]
    working = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(8)]
    lines = [line for process in working for line in process.communicate()[0].splitlines()]
    numbers = (map(float, line.split()) for line in lines)
    shown("eight processes", [(next(steps), next(steps), next(steps)) for steps in numbers])


def fill(path: Path, rows: int) -> None:
    """So many settled calls, written as they would have been, in a few large transactions."""
    with closing(Ledger(path, clock=now)) as ledger:
        for first in range(0, rows, 50_000):
            with ledger._database.write() as db:
                for number in range(first, min(first + 50_000, rows)):
                    add_settled(db, number)


def add_settled(db: Connection, number: int) -> None:
    call = a_call(f"old-{number}", f"s{number // 100}")
    event = CallEvent(call.id, CallState.RESERVED, usd("0.01"), call.at)
    statements.reserve(db, call, event)
    usage = Usage(fresh=9, output=1)
    statements.end(db, CallEvent(call.id, CallState.SETTLED, Money(5 * 10**9), call.at, usage))


def bounds() -> None:
    """The input bound: milliseconds per megabyte of the worst text there is."""
    from tokenroi_cli.domain.message import Message, Request, Role, Text

    for name, letter in (("ASCII", "x"), ("U+FDFA", "\ufdfa"), ("mixed", "aé漢\U0001f600")):
        text = letter * (2**20 // len(letter.encode()))
        request = Request("m", "", (), (Message(Role.USER, (Text(text),)),), 100)
        began = time.perf_counter()
        input_bound(request)
        print(f"{'input bound of 1 MB of ' + name:<43} {(time.perf_counter() - began) * 1000:7.1f} ms")


def main() -> None:
    if sys.argv[1:2] == ["--work"]:
        with closing(Ledger(Path(sys.argv[2]), clock=now)) as ledger:
            for steps in book(ledger, sys.argv[3], CALLS):
                print(*steps)
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        in_one(Path(folder, "one.db"))
        in_eight(Path(folder, "eight.db"))
        old = Path(folder, "old.db")
        fill(old, rows)
        with closing(Ledger(old, clock=now)) as ledger:
            taken = list(book(ledger, "new", CALLS))
            shown(f"one process, {rows:,} rows before", taken)
            began = time.perf_counter()
            count = ledger.count()
            print(f"count of {count:,} calls {'':<18} {(time.perf_counter() - began) * 1000:7.2f} ms")
        middle = statistics.median(reserve for reserve, _, _ in taken)
        size = old.stat().st_size / rows
        print(f"reserve, p50: {middle:.2f} ms (aim: below {AIM_MS} ms); {size:.0f} bytes a call")
    bounds()


if __name__ == "__main__":
    main()
