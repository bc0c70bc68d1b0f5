"""The bar keeps what costs money, whatever the width."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.golden import assert_golden
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.views.status_bar import status_bar
from tokenroi_cli.views.width import cells


@dataclass(frozen=True)
class Status:
    tier: Tier | None = Tier.MID
    model: str = "anthropic/claude-sonnet-5-5"
    context_tokens: int = 12_345
    spent: Money = usd("0.0123")  # noqa: RUF009 (a number)
    cap: Money | None = usd("5")  # noqa: RUF009
    hard: bool = True
    unknown: Money = ZERO
    scripted: bool = False


STATES = {
    "plain": Status(),
    "unknown": Status(unknown=usd("0.2511"), hard=False),
    "scripted": Status(scripted=True, model="scripted/mid"),
    "everything": Status(unknown=usd("0.2511"), scripted=True),
    "no cap": Status(cap=None, tier=None),
}


@pytest.mark.parametrize("width", [40, 80, 120])
def test_golden(width: int) -> None:
    bars = [f"{name:10} |{status_bar(status, width)}" for name, status in STATES.items()]
    assert_golden(f"status_bar/{width}.txt", "\n".join(bars) + "\n")


def test_parts_are_lost_in_a_fixed_order() -> None:
    status = Status()
    seen = list(dict.fromkeys(status_bar(status, width) for width in range(80, 10, -1)))
    assert seen[:5] == [
        "mid | claude-sonnet-5-5 | 12.3k ctx | $0.0123 of $5.00 hard",
        "mid | 12.3k ctx | $0.0123 of $5.00 hard",
        "mid | $0.0123 of $5.00 hard",
        "$0.0123 of $5.00 hard",
        "$0.0123 of $5.00",
    ]


@given(st.integers(min_value=0, max_value=200), st.sampled_from(list(STATES.values())))
def test_it_never_exceeds_the_width(width: int, status: Status) -> None:
    assert cells(status_bar(status, width)) <= width


@given(st.integers(min_value=40, max_value=200))
def test_unknown_money_and_the_script_are_never_dropped(width: int) -> None:
    bar = status_bar(STATES["everything"], width)
    assert "SCRIPTED" in bar
    assert "$0.0123" in bar
    assert "$0.2511" in bar


def test_a_model_name_cannot_command_the_terminal() -> None:
    assert "\x1b" not in status_bar(replace(Status(), model="x/\x1b[2J"), 120)
