"""Lines that an edit keeps stay byte for byte, and added ones end as those around them."""

import pytest

from tests.workspace.matching.hunks import edited
from tokenroi_cli.workspace.matching.hunk import Unmatched

APPLIED = {
    "mixed: an added line between two of CRLF in a block of both": (
        "a\r\nb\n c\r\nd\r\n",
        "a\nb\n c\nd\n",
        "a\nb\n c\nx\nd\n",
        "a\r\nb\n c\r\nx\r\nd\r\n",
    ),
    "mixed: a replaced line keeps its end": ("a\nb\r\nc\n", "a\nb\nc\n", "a\nx\nc\n", "a\nx\r\nc\n"),
    "mixed: between unlike ends, that of the file": (
        "a\r\nb\nc\r\nd\r\n",
        "a\nb\n",
        "a\nx\nb\n",
        "a\r\nx\r\nb\nc\r\nd\r\n",
    ),
    "mixed: a piece of a CRLF line becomes two": ("a\nb = 1\r\nc\n", "1", "1\nd", "a\nb = 1\r\nd\r\nc\n"),
    "mixed: of two like lines the upper stays": (
        "```\r\n\na\n```\n\n#\n",
        "```\n\na\n```\n\n#\n",
        "```\n\n#\n",
        "```\r\n\n#\n",
    ),
    "mixed, and blanks at line ends": ("a \r\nb\nc\nd\n", "a\nb\nc\n", "a\nx\nb\nc\n", "a \r\nx\nb\nc\nd\n"),
    "CR: white space that changes": ("a\t\rb\rc\r", "a\t\nb\n", "a\nb\n", "a\rb\rc\r"),
    "CR: a blank line gets blanks": (
        "a\r\rb\r",
        "a\n\nb\n",
        "a\n    \nc\n    \nb\n",
        "a\r    \rc\r    \rb\r",
    ),
    "CR: one line of a file": ("a\rb\rc\r", "b", "x\ny", "a\rx\ry\rc\r"),
    "CR: no end at the end": ("a\rb", "b\n", "c\n", "a\rc"),
    "CRLF: no end at the end": ("a\r\nb", "a\nb\n", "a\nc\nd\n", "a\r\nc\r\nd"),
    "no end at the end, a line added behind": ("a\nb", "b\n", "b\nc\n", "a\nb\nc"),
    "BOM and CRLF": ("\ufeffa\r\nb\r\n", "a\nb\n", "x\nb\n", "\ufeffx\r\nb\r\n"),
    "BOM, dedented": ("\ufeff  a = 1\n  b\n", "a = 1\nb\n", "a = 2\nb\n", "\ufeff  a = 2\n  b\n"),
    "NEL in a kept line, beside blank lines": (
        "s\x85t x \n\x85} y\nz\n",
        "s\x85t x\n\x85} y\n",
        "s\x85t x\n\nw\n\x85} y\n",
        "s\x85t x \n\nw\n\x85} y\nz\n",
    ),
    "LS alone on a line": ("a \n\u2028\nb\n", "a\n\u2028\nb\n", "a\n\u2028\nc\n", "a \n\u2028\nc\n"),
    "VT in a changed line": ("a\x0bb \nc\n", "a\x0bb\nc\n", "a\x0bd\nc\n", "a\x0bd\nc\n"),
    "line separators for line ends": ("a\u2028b\u2028c\n", "a\nb\n", "a\nx\n", "a\u2028x\u2028c\n"),
    "FF before a function": (
        "x\n\x0c\ndef f(): \n    a\n",
        "\x0c\ndef f():\n",
        "\x0c\ndef g():\n",
        "x\n\x0c\ndef g():\n    a\n",
    ),
    "a file of one line": ("x = 1", "x = 1\n", "x = 2\n", "x = 2"),
    "blanks behind the quoted line": ("a = 1  \nb\n", "a = 1", "a = 2", "a = 2  \nb\n"),
    "blanks at the end of the first line of a block": (
        "f(  \n  a)\n",
        "f(\n  a)",
        "f(\n  b)",
        "f(  \n  b)\n",
    ),
    "a blank line with blanks before the block": ("x\n    \nfoo()\n", "\nfoo()\n", "bar()\n", "x\nbar()\n"),
    "the end of a line and what follows": ("f(a,\n  b)\n", ",\n  b)", ",\n  c)", "f(a,\n  c)\n"),
    "new lines all get the blanks of all old ones": ("a\nb\n", "a  \nb  \n", "a  \nx  \nb  \n", "a\nx\nb\n"),
    "one new line with blanks keeps them": ("a\nb\n", "a  \nb  \n", "a  \nx  \ny\nb  \n", "a\nx  \ny\nb\n"),
    "a blank behind a backslash is content": ("a\nb\n", "a \nb \n", "a \nx \\ \nb \n", "a\nx \\ \nb\n"),
    "blanks that the old text has rightly, taken off": (
        "a  \n\tb\nc \n",
        "a  \n\tb\nc\n",
        "a\n\tb\nc\n",
        "a\n\tb\nc \n",
    ),
    "blanks taken off a dedented line": ("    a  \n    b\n", "a  \nb\n", "a\nc\n", "    a\n    c\n"),
    "a blank line missing, new lines that bring their own": (
        "a\n\nb\n",
        "a\nb\n",
        "a\n\nx\nb\n",
        "a\n\nx\n\nb\n",
    ),
    "a blank line missing, new lines that end with one": (
        "a\n\nb\n",
        "a\nb\n",
        "a\nx\n\nb\n",
        "a\n\nx\n\nb\n",
    ),
    "a blank line too many behind new lines": ("e\nz\n", "e\n\nz\n", "e\n\nd\ne2\n\nz\n", "e\n\nd\ne2\nz\n"),
}
REFUSED = {
    "a blank line missing right at the change": ("a\n\nb\n", "a\nb\n", "a\nx\nb\n"),
    "two lines would be one: the end is left out": ("bar\nfoo\nbaz\n", "\nfoo\n", ""),
    "two lines would be one: the beginning": ("bar\nfoo\nbaz\n", "\nfoo\n", "x\n"),
    "two lines would be one: the tail of a line goes with its end": ("a, b\nc\n", ", b\n", ""),
    "only blank lines change, and are quoted wrongly": ("a\n\nb\n\nc\n", "a\nb\n\nc\n", "a\nb\nc\n"),
    "one line and a blank one to go, quoted wrongly": ("a\nb: off\nc\n", "b: off\n\n", ""),
}


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
