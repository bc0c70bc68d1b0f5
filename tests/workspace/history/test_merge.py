"""Two changes of one text: brought together where they are apart, refused where they meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.workspace.history.merge import merge

BASE = b"1\n2\n3\n4\n5\n6\n7\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (b"1\n2\n3\n4\n5\n6\nseven\n", b"one\n2\n3\n4\n5\n6\n7\n", b"one\n2\n3\n4\n5\n6\nseven\n"),
        (b"1\n2\n3\n4\n5\n6\n7\n8\n", b"0\n" + BASE, b"0\n" + BASE + b"8\n"),
        (b"1\n3\n4\n5\n6\n7\n", b"1\n2\n3\n4\n5\n7\n", b"1\n3\n4\n5\n7\n"),
        (b"1\nII\n3\n4\n5\n6\n7\n", b"1\nII\n3\n4\n5\n6\nVII", b"1\nII\n3\n4\n5\n6\nVII"),
        (BASE, b"x", b"x"),
        (b"x", BASE, b"x"),
        (b"x", b"x", b"x"),
        (b"1\n2\n3\n4\r\n5\n6\n7\n", b"\xff\n2\n3\n4\n5\n6\n7\n", b"\xff\n2\n3\n4\r\n5\n6\n7\n"),
        (b"1\nII\n3\n4\n5\n6\n7\n", b"1\nzwei\n3\n4\n5\n6\n7\n", None),
        (b"1\nII\n3\n4\n5\n6\n7\n", b"1\n2\nIII\n4\n5\n6\n7\n", None),
        (b"1\nII\n3\n4\n5\n6\n7\n", b"1\n3\n4\n5\n6\n7\n", None),
        (b"1\n2\nour\n3\n4\n5\n6\n7\n", b"1\n2\ntheir\n3\n4\n5\n6\n7\n", None),
        (b"", b"1\n2\n3\n4\n5\n6\nVII\n", None),
        (BASE + b"\0", b"one\n2\n3\n4\n5\n6\n7\n", None),
    ],
)
def test_merge(ours: bytes, theirs: bytes, merged: bytes | None) -> None:
    assert merge(BASE, ours, theirs) == merged
    assert merge(BASE, theirs, ours) == merged


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n"]), max_size=8).map(b"".join)


@given(LINES, LINES, LINES)
def test_both_ways_are_one(base: bytes, ours: bytes, theirs: bytes) -> None:
    assert merge(base, ours, theirs) == merge(base, theirs, ours)


@given(LINES, LINES)
def test_who_changed_nothing_adds_nothing(base: bytes, other: bytes) -> None:
    assert merge(base, base, other) == merge(base, other, base) == merge(base, other, other) == other
