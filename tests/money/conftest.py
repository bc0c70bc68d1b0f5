"""Fixtures of the money tests: a real ledger in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.money.paying import NOON
from tokenroi_cli.money.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path, clock=lambda: NOON)
    yield ledger
    ledger.close()
