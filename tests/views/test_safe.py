"""Nothing that a terminal would obey, and nothing that it would hide, reaches it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.views.safe import exact, line, prose, well_formed

TRICKS = (
    "\x1b]52;c;ZXZpbA==\x07",  # clipboard
    "\x1b[2J\x1b[H",  # clear the screen
    "\x9b31m",  # 8-bit CSI
    "a\u202eb",  # right to left
    "a\u200bb\u2060c\ufeff",  # invisible
    "\U000e0041\U000e0042",  # tags
    "\x00\x08\x7f",
    "\ud800",
)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("shown", [prose, line, exact])
def test_a_trick_is_shown_as_an_escape(shown: type[str], trick: str) -> None:
    text = shown(trick)
    assert text.isprintable()
    assert "\\" in text


def test_prose_keeps_what_text_is_made_of() -> None:
    assert prose("def f():\n\treturn 'é 漢 👩‍🚀'\r\n") == "def f():\n\treturn 'é 漢 👩‍🚀'\n"


@given(st.text(), st.integers(min_value=0))
def test_a_stream_may_be_cut_anywhere(text: str, at: int) -> None:
    cut = at % (len(text) + 1)
    assert prose(text[:cut]) + prose(text[cut:]) == prose(text)


@given(st.text())
def test_no_control_character_comes_through(text: str) -> None:
    allowed = {"\n", "\t"}
    assert not {c for c in prose(text) if unicodedata.category(c) in ("Cc", "Cs")} - allowed
    assert not {c for c in line(text) if unicodedata.category(c) in ("Cc", "Cs")}


def test_a_line_is_one_line_of_at_most_its_width() -> None:
    assert line("  rm\n-rf\t\tx ") == "rm -rf x"
    assert line("abcdefgh", 6) == "abc..."
    assert line("abcdef", 6) == "abcdef"
    assert line("abc", 2) == "..."


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_must_be_approved_has_one_meaning(one: str, other: str) -> None:
    assert exact(one).isprintable()
    assert one == other or exact(one) != exact(other)


def test_an_exact_line_is_plain_where_it_can_be() -> None:
    assert exact(r"grep '\.py$' é") == r"grep '\.py$' é"
    assert exact("ls \\\x1b[A") == "escaped 'ls \\\\\\x1b[A'"
    assert exact("escaped 'ls'") == '''escaped "escaped 'ls'"'''


def test_input_becomes_text_that_can_be_written() -> None:
    assert well_formed("a\udc80é") == "a?é"
