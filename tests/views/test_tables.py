"""Tables line up whatever is in them."""

from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.views.tables import table
from tokenroi_cli.views.width import cells


def test_text_to_the_left_figures_to_the_right() -> None:
    assert table(("model", "calls"), [("mid", "2"), ("漢字", "12")], "lr") == (
        "model  calls\nmid        2\n漢字      12"
    )


def test_without_rows_the_headers_remain() -> None:
    assert table(("a", "b"), [], "lr") == "a  b"


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5))
def test_every_row_is_one_line_and_ends_in_one_column(rows: list[tuple[str, str, str]]) -> None:
    shown = table(("one", "two", "three", "|"), [(*row, "|") for row in rows], "lrll").split("\n")
    assert len(shown) == len(rows) + 1
    assert len({cells(row) for row in shown}) == 1
