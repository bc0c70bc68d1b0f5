"""A reply that repeats itself is noticed, one that only looks alike is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.policy.repetition import HIDDEN, SPOKEN, TIMES, Repetition, period

PARAGRAPH = "I will now read the file once more, since I have to be sure of what it says. "


def heard(text: str, stretch: int = SPOKEN, size: int = 7) -> int | None:
    """Characters after which the repetition was noticed."""
    listening = Repetition(stretch)
    for at in range(0, len(text), size):
        if listening.heard(text[at : at + size]):
            return at + size
    return None


@pytest.mark.parametrize("unit", ["the ", "\n", "a", PARAGRAPH, PARAGRAPH * 12, "0, "])
def test_the_same_words_over_and_over(unit: str) -> None:
    """Noticed once nothing else stands in a stretch, an eighth of it later at the latest."""
    text = "Let me see. " + unit * (3 * SPOKEN // len(unit))
    found = heard(text)
    assert found is not None
    assert SPOKEN < found <= SPOKEN + SPOKEN // 8 + 20


@pytest.mark.parametrize("size", [1, 4, 1000, 10**6])
def test_the_size_of_the_pieces_does_not_matter(size: int) -> None:
    assert heard("yes, " * 4000, size=size)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{number}. step\n" for number in range(2000)),
        "".join(f"| {number} | 0 | 0 |\n" for number in range(2000)),
        ("-" * 3000 + "\n" + "a line of text\n" * 5) * 2,
        "x = 0\n" * 600,
        PARAGRAPH * 40,
    ],
)
def test_what_is_merely_alike_or_short_is_no_loop(text: str) -> None:
    assert heard(text) is None


def test_a_file_may_hold_more_equal_lines_than_an_answer() -> None:
    lines = "0, 0, 0, 0,\n" * 700
    assert heard(lines)
    assert heard(lines, HIDDEN) is None
    assert heard(lines * 3, HIDDEN)


@given(st.text("ab", min_size=1, max_size=40))
def test_the_period_is_the_smallest_shift_under_which_the_text_stays(text: str) -> None:
    shifts = (shift for shift in range(1, len(text) + 1) if text[shift:] == text[: len(text) - shift])
    assert period(text) == next(shifts)


def test_a_unit_must_come_round_often_enough() -> None:
    unit = "".join(f"{number:04d}" for number in range(SPOKEN // TIMES // 4))
    assert heard(unit * 9)
    assert heard((unit + "more") * 9) is None
