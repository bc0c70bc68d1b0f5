"""Front matter: written in one shape, read as strings, bounded."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spec.example import SPEC
from tests.spec.test_parse import TEXTS
from tokenroi_cli.domain.errors import SpecError
from tokenroi_cli.domain.spec import Stamp
from tokenroi_cli.spec.errors import MalformedSpec
from tokenroi_cli.spec.front_matter import MAX_CHARACTERS, MAX_DEPTH
from tokenroi_cli.spec.paths import fault
from tokenroi_cli.spec.stamp import hash_text, read_stamp, stamped, unstamped

HASH = "sha256:" + "0f" * 32

FULL = Stamp(
    id="2026-11-22-retry-fetch",
    base="3cbc39319aa6e0e1d8c5d3e9b2b0a5f5a1c3d4e5",
    files={"src/fetch.py": HASH, "docs/a b.md": HASH},
    planned_by="anthropic/claude-opus-5-5",
    cap_usd="0.50",
    estimate_usd={"mid": ("0.08", "0.31"), "premium": ("0.40", "1.60")},
    feature="fetching",
    extra={"accepted": {"at": "2026-11-22T10:00:00Z", "files": {"src/fetch.py": HASH}}, "owner": "Ann"},
)
FULL_TEXT = f"""\
---
tokenroi: 1
id: 2026-11-22-retry-fetch
base: 3cbc39319aa6e0e1d8c5d3e9b2b0a5f5a1c3d4e5
files: {{src/fetch.py: {HASH}, docs/a b.md: {HASH}}}
planned_by: anthropic/claude-opus-5-5
cap_usd: "0.50"
estimate_usd: {{mid: ["0.08", "0.31"], premium: ["0.40", "1.60"]}}
feature: fetching
accepted: {{at: "2026-11-22T10:00:00Z", files: {{src/fetch.py: {HASH}}}}}
owner: Ann
---
# Task: x
"""

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200)
AMOUNTS = st.decimals(0, 999, places=2).map(str)
STAMPS = st.builds(
    Stamp,
    id=WORDS,
    base=st.none() | WORDS,
    files=st.dictionaries(WORDS.filter(lambda path: fault(path) is None), st.just(HASH) | WORDS, max_size=3),
    planned_by=st.none() | WORDS,
    cap_usd=st.none() | AMOUNTS,
    estimate_usd=st.dictionaries(WORDS, st.tuples(AMOUNTS, AMOUNTS), max_size=2),
    feature=st.none() | WORDS,
    extra=st.dictionaries(
        st.just("accepted") | WORDS.map("x-{}".format), WORDS | st.lists(WORDS), max_size=2
    ),
)


def test_the_shape_and_order_of_front_matter() -> None:
    assert stamped("# Task: x\n", FULL) == FULL_TEXT
    assert read_stamp(FULL_TEXT, "specs/x.md") == FULL


def test_a_stamp_takes_the_place_of_the_one_before_and_keeps_unknown_keys() -> None:
    again = stamped(FULL_TEXT, Stamp(id="b", extra={"team": "core"}))
    assert again == "---\ntokenroi: 1\nid: b\nowner: Ann\nteam: core\n---\n# Task: x\n"


@given(TEXTS, STAMPS)
def test_what_is_stamped_is_read_back_and_the_body_stays(text: str, stamp: Stamp) -> None:
    try:
        found = read_stamp(text, "x.md")
    except SpecError:
        return
    written = stamped(text, stamp)
    assert unstamped(written) == unstamped(text)
    assert written.startswith("\ufeff") == text.startswith("\ufeff")
    assert stamped(written, stamp) == written
    foreign: Mapping[str, object] = {
        key: value for key, value in (found.extra if found else {}).items() if key != "accepted"
    }
    read = read_stamp(written, "x.md")
    assert read == Stamp(
        **{name: getattr(stamp, name) for name in Stamp.__slots__ if name != "extra"},
        extra={**foreign, **stamp.extra},
    )


def test_the_body_begins_below_the_front_matter() -> None:
    assert unstamped("---\nid: a\n---\n\ufeff# Task: x\n") == "\ufeff# Task: x\n"
    assert unstamped("\ufeff# Task: x\n") == "# Task: x\n"


def test_line_endings_and_bom_are_the_files() -> None:
    assert (
        stamped("\ufeff# Task: x\r\n", Stamp(id="a"))
        == "\ufeff---\r\ntokenroi: 1\r\nid: a\r\n---\r\n# Task: x\r\n"
    )


@pytest.mark.parametrize(
    "value", ["yes", "1e3", "0x1F", "2026-11-22", "~", "1_000", "0123", "!!int 5", "null"]
)
def test_every_scalar_is_read_as_a_string(value: str) -> None:
    stamp = read_stamp(f"---\nid: {value}\nfiles: {{a: {value}}}\n---\n", "x.md")
    plain = value.removeprefix("!!int ")
    assert stamp == Stamp(id=plain, files={"a": plain})


def test_a_spec_without_an_id_is_known_by_its_file() -> None:
    assert read_stamp("---\n---\n# Task: x\n", "specs/001-retry.md") == Stamp(id="001-retry")
    assert read_stamp("# Task: x\n", "specs/001-retry.md") is None


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read_stamp("---\n\n# Task: x\n", "x.md") is None
    assert read_stamp(" ---\nid: x\n---\n", "x.md") is None
    assert read_stamp("----\nid: x\n---\n", "x.md") is None


@pytest.mark.parametrize(
    ("head", "line", "words"),
    [
        ("id: a\nfiles: {a: b", 4, "is not YAML"),
        ("id: a\n\tb: c", 3, "is not YAML"),
        ("id: a: b", 2, "is not YAML"),
        ("id: a\nid: b", 3, "says `id` twice"),
        ("files: {a: b, a: c}", 2, "says `a` twice"),
        ("id: a\nbase: \x01", 3, "control character"),
        ("id: &a b\nbase: *a", 3, "alias"),
        ("just words", 2, "`key: value`"),
        ("- a\n- b", 2, "`key: value`"),
        ("id: a\n? [b, c]\n: d", 3, "no plain text"),
        ("x: " + "[" * 40_000, 2, f"deeper than {MAX_DEPTH}"),
        ("x: " + "- " * 40_000, 2, "YAML|deeper"),
        ("x: " + "a" * MAX_CHARACTERS, 1, "longer than"),
        ("id: a\ntokenroi: 2", 3, "newer tokenroi"),
        ("id: [a]", 2, "one word"),
        ("id: a\nfiles: [a]", 3, "mapping"),
        ("id: a\nfiles: {a: {b: c}}", 3, "one word"),
        ("id: a\ncap_usd: much", 3, "amount in USD"),
        ("id: a\ncap_usd: -1", 3, "amount in USD"),
        ("id: a\ncap_usd: NaN", 3, "amount in USD"),
        ("id: a\ncap_usd: 1e999999999", 3, "amount in USD"),
        ("id: a\nestimate_usd: {mid: 0.08}", 3, "low and a high"),
        ("id: a\nestimate_usd: {mid: [0.08, [1]]}", 3, "amount in USD"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_front_matter_that_cannot_be_read(head: str, line: int, words: str) -> None:
    with pytest.raises(MalformedSpec, match=words) as caught:
        read_stamp(f"---\n{head}\n---\n# Task: x\n", "specs/x.md")
    assert caught.value.line == line
    assert caught.value.what.startswith(f"specs/x.md:{line}: ")
    assert caught.value.exit_code == 10


def test_front_matter_without_an_end() -> None:
    with pytest.raises(MalformedSpec, match="not closed"):
        read_stamp('---\ncap_usd: "0.50"\n# Task: x\n', "x.md")


def test_a_bomb_of_aliases_is_refused_at_its_first_alias() -> None:
    levels = "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]\n" for n in range(1, 30))
    with pytest.raises(MalformedSpec, match="alias"):
        read_stamp(f"---\nk0: &k0 [lol]\n{levels}---\n{SPEC}", "x.md")


def test_hashes_read_crlf_as_lf_in_text_only() -> None:
    assert hash_text(b"a\r\nb\r\n") == hash_text(b"a\nb\n")
    assert hash_text(b"a\rb") != hash_text(b"a\nb")
    assert hash_text(b"\0a\r\nb") != hash_text(b"\0a\nb")
    late = b" " * 8192 + b"\0"
    assert hash_text(late + b"\r\n") == hash_text(late + b"\n")
    assert hash_text(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", ".git/config", ".git", "a/", "a\\b"])
def test_a_path_outside_of_the_repository_is_malformed(path: str) -> None:
    text = f"---\ntokenroi: 1\nid: a\nfiles: {{{path}: {HASH}}}\n---\n# Task: x\n"
    with pytest.raises(MalformedSpec) as caught:
        read_stamp(text, "spec.md")
    assert caught.value.what.startswith("spec.md:4: `files` names ")
