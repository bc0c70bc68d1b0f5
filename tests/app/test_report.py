"""What a report says of calls that told no tokens, and of money that a script made up."""

import os
from pathlib import Path

import pytest

from tests.app.test_say import Quiet
from tokenroi_cli.app.report import Report, ReportOptions, report
from tokenroi_cli.app.say import SayOptions, say
from tokenroi_cli.app.workplace import open_workplace
from tokenroi_cli.domain.events import Alert, Event
from tokenroi_cli.domain.money import ZERO, usd

PRICES = """
[prices."scripted/mid"]
input = 1.00
output = 10.00

[prices."scripted/premium"]
input = 2.00
output = 20.00
"""
TOLD = '[[reply]]\ntext = "one"\nusage = { fresh = 1000, output = 100 }\n'
CUT = '[[reply]]\ntext = "cut"\nfinish = "none"\n'
DEAR = '[[reply]]\ntext = "one"\nusage = { fresh = 90000000, output = 100 }\n'


class Hearing(Quiet):
    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


def play(tmp_path: Path, replies: str, prompts: int = 1) -> tuple[Report, Hearing]:
    """Prompts answered by a script, and what the ledger holds then."""
    (tmp_path / "replies.toml").write_text(PRICES + replies)
    environ = {**os.environ, "TOKENROI_SCRIPT": str(tmp_path / "replies.toml")}
    heard = Hearing()
    workplace = open_workplace(tmp_path, heard, environ)
    for _ in range(prompts):
        say(workplace, SayOptions("hello"))
    workplace.close()
    return report(environ, ReportOptions()), heard


def test_tokens_that_were_told_are_repriced(tmp_path: Path) -> None:
    found, _ = play(tmp_path, TOLD)
    assert (found.repriced_premium, found.untold) == (usd("0.004"), 0)
    assert found.sums.scripted == found.sums.totals.settled == usd("0.002")


def test_a_call_that_told_no_tokens_has_no_price_on_premium(tmp_path: Path) -> None:
    found, _ = play(tmp_path, CUT)
    assert (found.repriced_premium, found.untold) == (None, 1)
    assert found.sums.totals.settled == ZERO
    assert found.sums.scripted == found.sums.totals.unknown > 0


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    found, _ = play(tmp_path, CUT + TOLD, prompts=2)
    assert (found.repriced_premium, found.untold) == (usd("0.004"), 1)


@pytest.mark.parametrize(("replies", "said"), [(TOLD, []), (DEAR, ["overrun"])])
def test_a_call_above_its_reservation_is_reported(tmp_path: Path, replies: str, said: list[str]) -> None:
    _, heard = play(tmp_path, replies)
    alerts = [event for event in heard.events if isinstance(event, Alert) and event.kind != "scripted"]
    assert [alert.kind for alert in alerts] == said
    assert all("scripted/mid cost $90.001" in alert.text and "frozen" in alert.text for alert in alerts)
