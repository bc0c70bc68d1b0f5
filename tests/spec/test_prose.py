"""What counts as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.spec.prose import CODE, code_spans, comments, prose


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("`a` b `c d`", ["a", "c d"]),
        ("`` a`b `` c", ["a`b"]),
        ("`a\nb`", ["a b"]),
        ("` a `", ["a"]),
        (r"\`a` b `c`", ["b"]),
        (r"`C:\` x", ["C:\\"]),
        ("`a", []),
        ("``a`", []),
    ],
)
def test_code_spans(text: str, codes: list[str]) -> None:
    assert [span.code for span in code_spans(text)] == codes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see [the log](a/b.md) now", "see the log now"),
        ("![alt text](a.png)", "alt text"),
        ("[a b](c (d) e)", "a b"),
        ("`[x y]` [x y]", f"{CODE} [x y]"),
        ("a <!-- b --> c", "a  c"),
        ("a <!-- b\nc --> d", "a \n d"),
        ("`a\nb` c", f"{CODE}\n c"),
        ("<https://a.b/[xy]> c", " c"),
        ("[the ref][r] and [r] and [other one]", "the ref and r and [other one]"),
    ],
)
def test_prose(text: str, words: str) -> None:
    assert prose(text, {"R"}) == words


def test_a_comment_in_code_is_code() -> None:
    assert comments("`<!-- a -->` <!-- b -->") == ("<!-- b -->",)


@given(st.text(st.sampled_from("`[]()<>!- \n\\ax")))
def test_line_breaks_stay(text: str) -> None:
    assert prose(text).count("\n") == text.count("\n")
