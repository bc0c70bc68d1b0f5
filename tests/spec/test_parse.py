"""A spec is read as a reader of markdown would read it, and given back byte for byte."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.spec.example import SPEC, line_of
from tokenroi_cli.domain.errors import SpecError
from tokenroi_cli.domain.spec import FileItem, Section, Spec, Stamp, ValidationItem
from tokenroi_cli.spec.errors import MalformedSpec, NotASpec
from tokenroi_cli.spec.lines import lines_of
from tokenroi_cli.spec.parse import MAX_CHARACTERS, decode, parse
from tokenroi_cli.spec.render import render

PIECES = st.sampled_from(
    [
        *(
            "\ufeff",
            "---",
            "# Task: Do it",
            "## Goal",
            "## Files to Modify",
            "## Validation",
            "## Mine",
            "# Other",
        ),
        *(
            "- `a.py` — why",
            "- [ ] `make` passes",
            "```",
            "~~~",
            "> ## Goal",
            "    code",
            "<!-- a",
            "-->",
            "Goal",
        ),
        *(
            "====",
            "1. [x] `a b`",
            "id: x",
            "a: {b: c}",
            "",
            " ",
            "\t",
            "\\",
            "[x]: y",
            "## Goal ##",
            "##",
            "`",
        ),
        *("- ", "  - nested", "\x0b", "\x0c", "\x85", "\u2028", "\u200b", "é", "\x1b[0m"),
    ]
)
TEXTS = st.lists(st.tuples(PIECES | st.text(max_size=9), st.sampled_from(["\n", "\r\n", "\r", ""]))).map(
    lambda pieces: "".join(piece + end for piece, end in pieces)
)


def spec_of(text: str) -> Spec | None:
    try:
        return parse(text, "specs/x.md")
    except SpecError:
        return None


@given(TEXTS)
@example("\ufeff---\r\nid: x\r\n---\r\n# Task: x\r\n\r\n## Mine\r\nno newline at the end")
@example("# Task: x\r## Goal\rold Mac\r")
def test_rendering_gives_the_text_back_and_sections_are_made_of_its_lines(text: str) -> None:
    spec = spec_of(text)
    if spec is None:
        return
    assert render(spec) == text
    lines = lines_of(text)
    assert "".join(lines) == text
    for section in spec.sections:
        below = lines[section.line : section.line + len(lines_of(section.body))]
        assert "".join(below) == section.body
    found = [item.line for item in (*spec.modify, *spec.create)] + [item.line for item in spec.validation]
    assert all(1 <= line <= len(lines) for line in found)


@given(TEXTS, st.sampled_from(["\r\n", "\r"]))
def test_line_endings_change_nothing_but_themselves(text: str, ending: str) -> None:
    plain = re.sub(r"\r\n|\r", "\n", text)
    spec, other = spec_of(plain), spec_of(plain.replace("\n", ending))
    assert (spec is None) == (other is None)
    if spec and other:
        assert (other.title, other.modify, other.validation) == (spec.title, spec.modify, spec.validation)
        assert [(s.title, s.line) for s in other.sections] == [(s.title, s.line) for s in spec.sections]
        assert other.stamp == spec.stamp


def test_a_whole_spec() -> None:
    spec = parse(SPEC, "specs/001-retry.md")
    assert spec.title == "Add retry to fetch()"
    assert spec.stamp == Stamp(
        id="2026-11-22-retry-fetch",
        base="3cbc393",
        files={"src/fetch.py": "sha256:ab", "src/core/loader.py": "sha256:cd"},
        planned_by="anthropic/claude-opus-5-5",
        cap_usd="0.50",
        estimate_usd={"mid": ("0.08", "0.31"), "premium": ("0.40", "1.60")},
        feature="fetching",
    )
    assert [section.title for section in spec.sections] == [
        *("Goal", "Context", "Files to Modify", "Files to Create", "Detailed Spec", "Validation")
    ]
    assert spec.section("Goal") == Section(
        "Goal", "\n`fetch()` tries three times before it raises `FetchError`.\n\n", line_of(SPEC, "## Goal")
    )
    first = line_of(SPEC, "- `src/fetch.py`")
    assert spec.modify == (
        FileItem("src/fetch.py", "retries with a delay, because the mirror drops connections", first),
        FileItem("src/core/loader.py", "passes `attempts` on", first + 1),
    )
    assert spec.files == ("src/fetch.py", "src/core/loader.py", "tests/test_retry.py")
    box = line_of(SPEC, "- [ ]")
    assert spec.validation == (
        ValidationItem("`pytest -q tests/test_retry.py` passes", "pytest -q tests/test_retry.py", box),
        ValidationItem("`ruff check src` exits 0", "ruff check src", box + 1),
        ValidationItem("The delays are 1 s and 2 s", None, box + 2),
    )


def test_code_quotes_and_comments_hold_no_headings_and_no_checkboxes() -> None:
    text = (
        "# Task: x\n\n## Validation\n\n```md\n## Goal\n- [ ] `no` runs\n```\n\n    - [ ] `no` runs\n\n"
        "> ## Context\n> - [ ] `no` runs\n\n<!--\n## Mine\n- [ ] `no` runs\n-->\n\n- [ ] `yes` runs\n"
    )
    spec = parse(text, "x.md")
    assert [section.title for section in spec.sections] == ["Validation"]
    assert spec.commands == ("yes",)


def test_nested_boxes_count_and_nested_files_do_not() -> None:
    text = (
        "## Files to Modify\n- `a.py` — x\n  - `b.py` — detail\n## Validation\n1. all of\n   - [x] `make a`\n"
    )
    spec = parse(text, "x.md")
    assert spec.files == ("a.py",)
    assert spec.commands == ("make a",)


def test_a_second_section_of_a_name_counts_as_much_as_the_first() -> None:
    text = "# Task: x\n## Validation\n- [ ] `make a`\n## Goal\nx\n## Validation\n- [ ] `make b`\n"
    assert parse(text, "x.md").commands == ("make a", "make b")


def test_headings_are_known_in_any_case_and_comments_in_them_are_not_read() -> None:
    spec = parse(
        "# task:  Do it <!-- a -->\n## FILES to modify: <!-- b -->\n- a.py\n### Part\n- b.py\n", "x.md"
    )
    assert (spec.title, spec.files) == ("Do it", ("a.py", "b.py"))
    assert [section.title for section in spec.sections] == ["Files to Modify"]


def test_unknown_sections_are_kept() -> None:
    spec = parse("# Task: x\n## Risks\nnone\n# Appendix\nmore\n", "x.md")
    assert spec.sections == (Section("Risks", "none\n", 2), Section("Appendix", "more\n", 4))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\ufeff \r\n", "is empty"),
        ("# Task: x\n\0", "NUL"),
        ("# Readme\n\nWords.\n", "no `# Task:` title"),
        ("---\ntitle: [unclosed\n---\n# A page of something else\n", "no `# Task:` title"),
        ("word " * MAX_CHARACTERS, "longer than"),
    ],
)
def test_what_is_no_spec(text: str, words: str) -> None:
    with pytest.raises(NotASpec, match=words) as caught:
        parse(text, "notes.md")
    assert caught.value.exit_code == 10
    assert caught.value.what.startswith("notes.md ")


def test_bytes_that_are_no_text() -> None:
    assert decode("\ufeff# Task: é\r\n".encode(), "x.md") == "\ufeff# Task: é\r\n"
    with pytest.raises(NotASpec, match=r"x\.md is not UTF-8"):
        decode(b"\x89PNG\r\n\xff", "x.md")


def test_a_spec_that_is_too_long_is_refused_with_its_line() -> None:
    with pytest.raises(MalformedSpec, match=r"x\.md:2: the spec is longer than"):
        parse("\n# Task: x\n" + "word " * MAX_CHARACTERS, "x.md")


@pytest.mark.parametrize(
    "text",
    ["# Task: x\n" + hostile for hostile in ("- " * 90_000, "> " * 90_000, "[" * 180_000, "`a" * 90_000)]
    + ["# Task: x\n" + " ".join("`" * n for n in range(1, 600)), "# Task: x\n" + "<!-- " * 40_000],
    ids=["lists", "quotes", "brackets", "ticks", "runs of ticks", "comments"],
)
def test_hostile_markdown_is_read(text: str) -> None:
    assert parse(text, "x.md").title == "x"
