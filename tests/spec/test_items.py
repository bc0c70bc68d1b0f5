"""Lines of file lists and of Validation, in the ways in which people and models write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.spec import FileItem, ValidationItem
from tokenroi_cli.spec.items import file_items, says_none, validation_items


@pytest.mark.parametrize(
    ("text", "path", "purpose"),
    [
        ("`src/a.py` — what and why", "src/a.py", "what and why"),
        ("`src/a.py` – what", "src/a.py", "what"),
        ("src/a.py - why", "src/a.py", "why"),
        ("src/a.py -- why", "src/a.py", "why"),
        ("src/a.py: why", "src/a.py", "why"),
        ("`src/a.py`: why: because", "src/a.py", "why: because"),
        ("src/a.py—why", "src/a.py", "why"),
        ("src/a.py -> why", "src/a.py", "why"),
        ("`src/a.py`", "src/a.py", ""),
        ("src/a.py:", "src/a.py", ""),
        ("src/a.py", "src/a.py", ""),
        ("`src/a.py` (new) — why", "src/a.py", "(new) — why"),
        ("src/a.py (new)", "src/a.py", "(new)"),
        ("**`src/a.py`** — why", "src/a.py", "why"),
        ("**src/a.py** — why", "src/a.py", "why"),
        ("[ ] `src/a.py` — why", "src/a.py", "why"),
        ("[src/a.py](src/a.py) — why", "src/a.py", "why"),
        ("[`src/a.py`](src/a.py) — why", "src/a.py", "why"),
        ("Create: `src/a.py` — why", "src/a.py", "why"),
        ("Modify `src/a.py:3-9`", "src/a.py", ""),
        ("Delete `src/a.py`", "src/a.py", "Delete"),
        ("`src/a.py:10-40` — why", "src/a.py", "why"),
        ("`src/a.py:10` — why", "src/a.py", "why"),
        ("`src/a.py#L10-L40` — why", "src/a.py", "why"),
        ("src/a.py:10-40 - why", "src/a.py", "why"),
        ("`./src/a.py` — why", "src/a.py", "why"),
        ("src/with-dash.py - why", "src/with-dash.py", "why"),
        ("`my file - old.py` — why", "my file - old.py", "why"),
        ("my file.py - why", "my file.py", "why"),
        ("app/[id]/page.tsx — why", "app/[id]/page.tsx", "why"),
        ("`src/a.py` <!-- note --> — why,\n  and more", "src/a.py", "why, and more"),
        ("__init__.py — exports", "__init__.py", "exports"),
        ("none.py — why", "none.py", "why"),
        ("src/a.py — see `b.py`, `c.py`", "src/a.py", "see `b.py`, `c.py`"),
        (r"C:\x.py — why", r"C:\x.py", "why"),
        ("— why", "", "why"),
    ],
)
def test_one_file(text: str, path: str, purpose: str) -> None:
    assert file_items(text, 7) == (FileItem(path, purpose, 7),)


@pytest.mark.parametrize(
    "text",
    [
        "`a.py`, `b/c.py` — why",
        "`a.py` and `b/c.py` — why",
        "`a.py`, and `b/c.py`: why",
        "a.py, b/c.py - why",
    ],
)
def test_several_files_of_one_purpose(text: str) -> None:
    assert file_items(text, 1) == (FileItem("a.py", "why", 1), FileItem("b/c.py", "why", 1))


@pytest.mark.parametrize(
    "text", ["None", "none.", "_None_", "**None**", "N/A", "(none)", "None — all is new", "nothing"]
)
def test_none(text: str) -> None:
    assert says_none(text)
    assert file_items(text, 1) == ()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[ ] `make` passes", [("`make` passes", "make")]),
        ("[x] `pytest -q`", [("`pytest -q`", "pytest -q")]),
        ("[X] reads\n  well", [("reads well", None)]),
        ("[ ]", [("", None)]),
        ("[ ] `a b` and `c d` pass", [("`a b` and `c d` pass", "a b"), ("`a b` and `c d` pass", "c d")]),
        ("`make` passes", []),
        ("[link](x) passes", []),
        ("[] `make` passes", []),
    ],
)
def test_checkboxes(text: str, items: list[tuple[str, str | None]]) -> None:
    assert validation_items(text, 3) == tuple(ValidationItem(words, command, 3) for words, command in items)


@given(st.text())
def test_any_text_is_an_item_of_some_kind(text: str) -> None:
    for item in file_items(text, 1):
        assert "\n" not in item.path + item.purpose
    assert all(item.line == 1 for item in validation_items("[ ] " + text, 1))
