"""Columns, not characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.views.width import cells, fit, folded


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("漢字", 4), ("e\u0301", 1), ("ｗ", 2)])
def test_cells(text: str, columns: int) -> None:
    assert cells(text) == columns


def test_what_fits_stays_and_what_does_not_ends_in_dots() -> None:
    assert fit("abcdef", 6) == "abcdef"
    assert fit("abcdef", 5) == "abc.."
    assert fit("漢字漢字", 5) == "漢.."
    assert fit("abc", 1) == "."
    assert fit("abc", 0) == ""


@given(st.text(st.characters(codec="utf-8")), st.integers(min_value=0, max_value=30))
def test_fit_never_exceeds_its_width(text: str, width: int) -> None:
    assert cells(fit(text, width)) <= width


@given(st.text(), st.integers(min_value=1, max_value=10))
def test_folding_loses_nothing(text: str, width: int) -> None:
    pieces = folded(text, width)
    assert "".join(pieces) == text
    assert all(cells(piece) <= max(width, 2) for piece in pieces)
