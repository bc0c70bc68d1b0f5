"""A ledger that cannot be trusted is refused in words, and spends nothing."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from tests.money.paying import COST, DAY, NOON, USAGE, Stream, a_call, capped, open_books, say
from tokenroi_cli.domain.call import Permit, Stage
from tokenroi_cli.domain.errors import BudgetRefused
from tokenroi_cli.domain.message import FinishReason, Reply, Request, Text, TextDelta
from tokenroi_cli.domain.money import Money, usd
from tokenroi_cli.domain.scope import BudgetMode
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.schema import MIGRATIONS
from tokenroi_cli.money.turnstile import passed


def opened(path: Path, patience_s: float = 1) -> Ledger:
    return Ledger(path, clock=lambda: NOON, patience_s=patience_s)


def spent(path: Path, calls: int = 100) -> None:
    """A ledger that has seen some calls."""
    with closing(opened(path)) as ledger:
        for number in range(calls):
            ledger.reserve(a_call(f"c{number}"), usd(1))


def fill(ledger: Ledger) -> None:
    """Reserves until it may not."""
    for number in range(1000):
        ledger.reserve(a_call(f"more {number}" * 20), usd(1))


def refused(path: Path) -> BudgetRefused:
    """What is said when the ledger is opened and used."""
    with pytest.raises(BudgetRefused) as caught, closing(opened(path, patience_s=0.05)) as ledger:
        ledger.reserve(a_call("one more"), usd(1))
    assert caught.value.reason == "ledger"
    assert caught.value.hint
    assert str(path) in caught.value.what
    return caught.value


def test_a_new_ledger_is_private_and_leaves_nothing_else_behind(path: Path) -> None:
    opened(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_ledger_that_was_removed_while_in_use_spends_nothing(path: Path, replaced: bool) -> None:
    with closing(opened(path)) as ledger:
        ledger.reserve(a_call("before"), usd(1))
        for file in path.parent.iterdir():
            file.unlink()
        if replaced:
            opened(path).close()
        with pytest.raises(BudgetRefused, match="removed or replaced") as caught:
            ledger.reserve(a_call("after"), usd(1))
    assert caught.value.reason == "ledger"


def test_what_was_booked_is_there_when_it_is_opened_again(path: Path) -> None:
    spent(path, calls=3)
    with closing(opened(path)) as ledger:
        assert [booked.call.id for booked in ledger.booked()] == ["c0", "c1", "c2"]


def test_writes_are_durable_and_readers_do_not_block(path: Path, ledger: Ledger) -> None:
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ledger._database._connection.execute("PRAGMA synchronous").fetchone()[0] == 2


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 4096, b"not a database, " * 1000, b"SQLite format 3\0" + b"x" * 5000]
)
def test_garbage_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "move it away" in refused(path).hint
    assert path.read_bytes() == content


@pytest.mark.parametrize("keep", [0, 1, 100, 4096, 20_000])
def test_a_truncated_ledger_is_refused(path: Path, keep: int) -> None:
    spent(path)
    os.truncate(path, keep)
    assert "move it away" in refused(path).hint


def test_a_database_of_somebody_else_is_refused_and_not_changed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE calls (id)")
    before = path.read_bytes()
    assert "not a ledger of tokenroi" in refused(path).what
    assert path.read_bytes() == before


def test_a_ledger_of_a_later_version_is_refused(path: Path) -> None:
    spent(path, calls=1)
    with closing(sqlite3.connect(path)) as later:
        later.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    assert refused(path).hint == "update tokenroi"


def test_a_missing_folder_or_a_folder_in_its_place_is_refused(path: Path) -> None:
    assert "its folder exists" in refused(path / "ledger.db").hint
    path.mkdir()
    assert "its folder exists" in refused(path).hint


def test_a_lost_ledger_is_not_silently_begun_anew_beside_what_is_left_of_it(path: Path) -> None:
    spent(path, calls=1)
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"what the last process did not get to copy back")
    path.unlink()
    assert str(log) in refused(path).hint
    log.unlink()
    lock = path.with_name(f"{path.name}.lock")
    assert str(lock) in refused(path).hint
    assert not path.exists()
    lock.unlink()
    spent(path, calls=1)


def test_a_ledger_that_somebody_holds_is_refused_when_patience_ends(path: Path) -> None:
    spent(path, calls=1)
    with closing(sqlite3.connect(path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert "another process" in refused(path).hint


def test_a_full_disk_leaves_the_reservation_charged(path: Path, ledger: Ledger) -> None:
    ledger.reserve(a_call("c1"), usd(1))
    connection = ledger._database._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(BudgetRefused) as full:
        fill(ledger)
    assert "disk space" in full.value.hint
    booked = list(ledger.booked())
    part = booked[0].call.scope[0]
    assert ledger.totals(part).in_flight == len(booked) * usd(1)


@pytest.fixture
def unwritable() -> Iterator[Path]:
    """A ledger that this process may read and not write, even when it runs as root."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        spent(path, calls=1)
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield path
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)


def test_a_read_only_ledger_is_refused(unwritable: Path) -> None:
    refused(unwritable)


def test_many_processes_may_begin_the_same_ledger(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.money.paying import *; "
        "ledger = Ledger(Path(sys.argv[1]), clock=lambda: NOON); ledger.reserve(a_call(sys.argv[2]), usd(1))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), f"c{n}"]) for n in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    with closing(opened(path)) as ledger:
        assert sorted(booked.call.id for booked in ledger.booked()) == [f"c{n}" for n in range(4)]
    assert sorted(entry.name for entry in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


@pytest.fixture
def full(path: Path) -> Iterator[Callable[[], None]]:
    """Call it, and no file of this process may grow beyond the ledger's log any more: the disk is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        log = path.with_name(f"{path.name}-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, limits[1]))

    yield fill
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


FULL_AT = ("reserved", "sent", "answered", "told")


@pytest.mark.parametrize("step", FULL_AT)
def test_a_disk_that_is_full_at_any_step_loses_no_money(
    path: Path, ledger: Ledger, full: Callable[[], None], step: str
) -> None:
    """Refused before it is sent, or charged in full after: and the caller hears of it in words."""
    sent: list[str] = []

    def fills(request: Request, permit: Permit) -> Stream:
        if step == "sent":
            full()
        permit.sent()
        sent.append(permit.call.id)
        permit.stage = Stage.ANSWERED
        if step == "answered":
            full()
        yield TextDelta("ok")
        if step == "told":
            full()
        yield Reply((Text("ok"),), FinishReason.STOP, USAGE)

    ledger.reserve(a_call("before"), Money(1))
    ledger.release("before")
    if step == "reserved":
        full()
    books = open_books(ledger, fills, config=capped(BudgetMode.SOFT, day="0.0001"))
    with pytest.raises(BudgetRefused) as caught:
        say(books)
    assert caught.value.reason == "ledger"
    assert "disk" in caught.value.hint
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
    ledger.close()
    with closing(opened(path)) as after:
        after.recover(lambda _owner: False)
        assert after.totals(DAY).spent >= (COST if sent else 0)
        assert after.totals(DAY).in_flight == 0
        assert (step in ("answered", "told")) is bool(sent)


def test_nothing_new_is_reserved_when_the_disk_is_nearly_full(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.reserve(a_call("before"), usd(1))
    monkeypatch.setattr("tokenroi_cli.money.database.LEAST_FREE", 2**80)
    with pytest.raises(BudgetRefused, match="are free") as caught:
        ledger.reserve(a_call("after"), usd(1))
    assert caught.value.reason == "ledger"
    ledger.sent("before")
    ledger.settle("before", usd("0.5"), None)


def test_the_end_of_a_call_waits_longer_for_a_ledger_that_somebody_holds(path: Path) -> None:
    """The answer is there and paid for: it is booked when the other lets go, however late that is."""
    with closing(opened(path, patience_s=0.05)) as ledger:
        ledger.reserve(a_call("c1"), usd(1))
        ledger.sent("c1")
        with closing(sqlite3.connect(path, check_same_thread=False)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            Timer(0.4, holder.rollback).start()
            assert ledger.settle("c1", usd("0.5"), None).amount == usd("0.5")
        assert ledger.totals(DAY).settled == usd("0.5")


def test_who_holds_the_turnstile_for_ever_is_waited_for_as_long_as_patience_lasts(path: Path) -> None:
    spent(path, calls=1)
    with passed(path.with_name(f"{path.name}.lock"), 1):
        assert "another process" in refused(path).hint


def test_a_turnstile_that_was_removed_is_made_again(path: Path) -> None:
    with closing(opened(path)) as ledger:
        ledger.reserve(a_call("c1"), usd(1))
        path.with_name(f"{path.name}.lock").unlink()
        ledger.reserve(a_call("c2"), usd(1))
