"""Quoted text is found where it stands, and its replacement takes over the line ends of the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.workspace.matching.nearest import line_of, nearest
from tokenroi_cli.workspace.matching.placing import spelled
from tokenroi_cli.workspace.matching.raw import Place, places

TEXTS = st.lists(st.sampled_from(["\n", "\r\n", "\r", "a", "b", " "]), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "old", "found"),
    [
        ("one two", "two", ["two"]),
        ("aaa", "aa", ["aa", "aa"]),
        ("a\r\nb\r\nc", "a\nb", ["a\r\nb"]),
        ("a\r\nb\r\nc", "\nb\n", ["\r\nb\r\n"]),
        ("a\nb\nc", "a\r\nb", ["a\nb"]),
        ("a\nb\r\na\r\nb\n", "a\nb", ["a\nb", "a\r\nb"]),
        ("one", "two", []),
        ("a.b", "a?b", []),
    ],
)
def test_places(text: str, old: str, found: list[str]) -> None:
    assert [text[place.start : place.end] for place in places(text, old)] == found


@given(TEXTS, TEXTS.filter(bool), TEXTS)
def test_a_stretch_is_found_where_it_stands(before: str, old: str, after: str) -> None:
    text = before + old + after
    whole = not (before.endswith("\r") and old.startswith("\n")) and not (
        old.endswith("\r") and after.startswith("\n")
    )
    if whole:
        assert Place(len(before), len(before) + len(old)) in places(text, old)


@given(TEXTS)
def test_the_same_text_is_spelled_as_it_was(text: str) -> None:
    assert spelled(text, text, Place(0, len(text))) == text


@pytest.mark.parametrize(
    ("new", "replaced", "text", "expected"),
    [
        ("x\ny\n", "a\r\n", "a\r\nb\n", "x\r\ny\r\n"),
        ("x\r\ny\r\n", "a\n", "a\n", "x\ny\n"),
        ("x\ny", "a", "a\r\nb\r\n", "x\r\ny"),
        ("x\ny", "a", "a", "x\ny"),
        ("a\nx\nb\n", "a\nb\r\n", "", "a\nx\nb\r\n"),
        ("a\nx\nb\n", "a\r\nb\n", "", "a\r\nx\nb\n"),
    ],
)
def test_line_ends_of_a_replacement(new: str, replaced: str, text: str, expected: str) -> None:
    text = text or replaced
    assert spelled(new, text, Place(0, len(replaced))) == expected


def test_nearest_shows_the_lines_that_were_probably_meant() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 100)) + "def total(items):\n    return 1\n"
    assert nearest(text, "def total(items):\n        return 2\n").split("\n") == [
        *("   99| line 99", "  100| def total(items):", "  101|     return 1")
    ]
    assert "line 42" in nearest(text, "the line 42 of it")
    assert nearest("", "x") == ""


def test_line_numbers_count_line_feeds_only() -> None:
    assert line_of("a\u2028b\rc\nd", 6) == 2
