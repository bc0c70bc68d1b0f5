"""For whatever file and whatever edit of it: applied as meant, or refused with the tree untouched."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.test_edits import snapshot
from tokenroi_cli.workspace.edits import EditRefused, FileEdit, apply_edits
from tokenroi_cli.workspace.history.records import About
from tokenroi_cli.workspace.journal import Journals
from tokenroi_cli.workspace.undo import redo, undo

ENDS = st.sampled_from(["\n", "\r\n"])
WORDS = [
    "x = 1",
    "    return y",
    "\tif z:",
    "}",
    "",
    "  # \u201cnote\u201d",
    "na\u00efve()",
    "<b>&amp;</b>",
    "a\u2028b",
]
TEXTS = st.sampled_from(WORDS) | st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=6
)


@dataclass(frozen=True)
class Case:
    """A file, a stretch of its lines, what becomes of them, and how the model quotes them."""

    lines: list[tuple[str, str]]
    """(text, line end)."""
    first: int
    last: int
    """Exclusive."""
    new: list[str]
    misquoted: str

    @property
    def before(self) -> bytes:
        return "".join(text + end for text, end in self.lines).encode()

    @property
    def quoted(self) -> tuple[str, str]:
        old = [text for text, _ in self.lines[self.first : self.last]]
        new = list(self.new)
        if self.misquoted == "trailing":
            old, new = [line.rstrip() for line in old], [line.rstrip() for line in new]
        if self.misquoted == "dedented" and all(line.startswith("    ") or not line for line in old + new):
            old, new = [line[4:] for line in old], [line[4:] for line in new]
        return "".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in new)

    def is_meant(self, after: bytes) -> bool:
        """Every line outside is untouched, byte for byte; inside stand the new ones, blanks at ends aside."""
        head = "".join(text + end for text, end in self.lines[: self.first]).encode()
        tail = "".join(text + end for text, end in self.lines[self.last :]).encode()
        middle = after[len(head) : len(after) - len(tail)].decode()
        whole = after.startswith(head) and after.endswith(tail) and len(after) >= len(head) + len(tail)
        said = [line.removesuffix("\r").rstrip() for line in middle.split("\n")]
        return whole and said == [*(line.rstrip() for line in self.new), ""]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    lines = draw(st.lists(st.tuples(TEXTS, ENDS), min_size=1, max_size=12))
    first = draw(st.integers(0, len(lines) - 1))
    last = draw(st.integers(first + 1, len(lines)))
    kept = [text for text, _ in lines[first:last]]
    new = draw(st.lists(TEXTS | st.sampled_from(kept), min_size=1, max_size=6))
    return Case(lines, first, last, new, draw(st.sampled_from(["no", "trailing", "dedented"])))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_as_meant_or_untouched(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    root = tmp_path_factory.getbasetemp() / "property"
    root.mkdir(exist_ok=True)
    (root / "f").write_bytes(case.before)
    try:
        apply_edits(root, [FileEdit("f", (case.quoted,))])
    except EditRefused:
        assert (root / "f").read_bytes() == case.before
    else:
        assert case.is_meant((root / "f").read_bytes())
    assert [path.name for path in root.iterdir()] == ["f"]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "d/c", "d/e/f"]),
        st.tuples(st.binary(max_size=20), st.sampled_from([0o644, 0o755, 0o600])),
        min_size=1,
    ),
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "d/c", "d/e/f", "n/x"]), st.text(max_size=5), st.booleans())
    ),
)
def test_apply_then_undo_is_the_identity_and_redo_too(
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, tuple[bytes, int]],
    edits: list[tuple[str, str, bool]],
) -> None:
    base = tmp_path_factory.mktemp("case")
    root = base / "tree"
    for name, (data, mode) in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        (root / name).chmod(mode)
    before = snapshot(root)
    journals = Journals(base / "journal", root)
    journal = journals.begin(About("s", "s"))
    for name, text, delete in edits:
        try:
            apply_edits(root, [edit_of(root, name, text, delete=delete)], journal=journal)
        except EditRefused:
            continue
    journal.end()
    after = snapshot(root)
    if not journal.changes:
        assert after == before
        return
    assert undo(journals, "s").reversal.left == ()
    assert snapshot(root) == before
    assert redo(journals, "s").reversal.left == ()
    assert snapshot(root) == after


def edit_of(root: Path, name: str, text: str, *, delete: bool) -> FileEdit:
    """Deletes the file, replaces all of it, or makes it."""
    if delete:
        return FileEdit(name, delete=True)
    if not (root / name).exists():
        return FileEdit(name, create=text)
    return FileEdit(name, (((root / name).read_bytes().decode(errors="surrogateescape"), text),))
