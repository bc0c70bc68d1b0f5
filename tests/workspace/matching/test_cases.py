"""What models lose while they copy does not keep an edit from its place, and nothing else gets in."""

import pytest

from tests.workspace.matching.cases import compose, indent, ladder, suspicion, unwrapping
from tokenroi_cli.workspace.matching.hunk import Text, Unmatched
from tokenroi_cli.workspace.matching.ladder import match

TABLES = {
    "ladder": ladder,
    "compose": compose,
    "indent": indent,
    "unwrapping": unwrapping,
    "suspicion": suspicion,
}
APPLIED = {
    f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.APPLIED.items()
}
REFUSED = {
    f"{table}: {name}": case for table, cases in TABLES.items() for name, case in cases.REFUSED.items()
}


def edited(text: str, old: str, new: str) -> str:
    """What a file becomes. Raises Unmatched."""
    found = match(Text(text), old, new)
    return text[: found.place.start] + found.text + text[found.place.end :]


@pytest.mark.parametrize(("text", "old", "new", "after"), APPLIED.values(), ids=APPLIED)
def test_applied_as_meant(text: str, old: str, new: str, after: str) -> None:
    assert edited(text, old, new) == after


@pytest.mark.parametrize(("text", "old", "new", "after"), APPLIED.values(), ids=APPLIED)
def test_not_applied_twice(text: str, old: str, new: str, after: str) -> None:
    """Refused, or nothing that would be changed."""
    try:
        assert edited(after, old, new) == after
    except Unmatched:
        return


@pytest.mark.parametrize(("text", "old", "new"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, old: str, new: str) -> None:
    with pytest.raises(Unmatched):
        edited(text, old, new)


@pytest.mark.parametrize("line", suspicion.PLACEHOLDERS)
def test_lines_that_stand_for_others_are_refused(line: str) -> None:
    with pytest.raises(Unmatched):
        edited("a\nb\n", "a\n", f"a\n{line}\n")


@pytest.mark.parametrize("line", suspicion.WORDS)
def test_lines_with_the_same_words_are_not(line: str) -> None:
    assert edited("a\nb\n", "a\n", f"a\n{line}\n") == f"a\n{line}\nb\n"
