"""Counts a person can take in."""

import pytest

from tokenroi_cli.views.counts import counted, tokens


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (12_345, "12.3k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_500, "1.0M"),
        (1_250_000, "1.2M"),
    ],
)
def test_tokens(count: int, shown: str) -> None:
    assert tokens(count) == shown


def test_counted() -> None:
    assert (counted(0, "call"), counted(1, "call"), counted(1_200, "call")) == (
        "0 calls",
        "1 call",
        "1,200 calls",
    )
