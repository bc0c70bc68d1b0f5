"""An edit that breaks a file which could be read says so; one that was broken before is nobody's news."""

import pytest

from tokenroi_cli.agent.tools.syntax import broken
from tokenroi_cli.workspace.edits import ChangedFile


def changed(path: str, before: str | None, after: str | None) -> ChangedFile:
    encoded = [None if text is None else text.encode() for text in (before, after)]
    return ChangedFile(path, 0, 0, before is None, after is None, *encoded)


@pytest.mark.parametrize(
    ("path", "good", "bad", "words"),
    [
        ("a.py", "x = 1\n", "y = 2\nx = (\n", "line 2: '(' was never closed"),
        ("a.json", '{"a": 1}', '{"a": }', "line 1"),
        ("a.toml", "a = 1\r\n", "a = \r\n", "line 1"),
        ("a.yaml", "a: 1\nb: [1]\n", "a: 1\nb: [1\n", "line 3"),
        ("a.YML", "a: 1\n---\nb: 2\n", "a: b: c\n", "line 1"),
    ],
)
def test_a_file_that_breaks(path: str, good: str, bad: str, words: str) -> None:
    said = broken(changed(path, good, bad))
    assert said is not None
    assert words in said
    assert broken(changed(path, None, bad)) == said
    assert broken(changed(path, bad, bad)) is None
    assert broken(changed(path, bad, good)) is None
    assert broken(changed(path, good, good)) is None
    assert broken(changed(path, good, None)) is None


@pytest.mark.parametrize(
    ("path", "after"),
    [("a.txt", "x = ("), ("a.py", "x = '\\d'\n"), ("Makefile", "\tx"), ("a.yaml", "!x {a: 1}")],
)
def test_what_is_no_trouble(path: str, after: str) -> None:
    assert broken(changed(path, "", after)) is None


def test_nesting_does_no_harm() -> None:
    assert broken(changed("a.json", "[]", "[" * 100_000)) is not None
