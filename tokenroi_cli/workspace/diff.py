"""What became of a file, as git writes it down: a patch that `git apply` takes."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tokenroi_cli.workspace.content import is_binary

_CONTEXT = 3
_MATCHED = 5_000
"""Lines: a longer changed stretch counts as replaced whole; looking for what it kept could take minutes."""

Region = tuple[int, int, int, int]
"""Old lines first:last became new lines first:last, 0-based and exclusive."""


@dataclass(frozen=True, slots=True)
class Version:
    """A file at one time."""

    data: bytes
    mode: str
    """As git writes it: `100644`, `100755`, `120000` for a link whose target is the data."""


def unified(path: str, before: Version | None, after: Version | None) -> str:
    """The patch from one version of a file to the next; None: there is no file. Empty when they are equal.

    Of a file that is no UTF-8 text it only says that it differs.
    """
    if before == after:
        return ""
    old, new = (version.data if version else b"" for version in (before, after))
    left, right = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    head = f"diff --git {left} {right}\n{_mode_lines(before, after)}"
    left, right = left if before else "/dev/null", right if after else "/dev/null"
    if old == new:
        return head
    texts = _text(old), _text(new)
    if texts[0] is None or texts[1] is None:
        return f"{head}Binary files {left} and {right} differ\n"
    return f"{head}--- {left}\n+++ {right}\n" + "".join(_hunks(lines(texts[0]), lines(texts[1])))


def line_counts(before: bytes, after: bytes) -> tuple[int, int]:
    """How many lines were added and removed."""
    old, new = (lines(data.decode("utf-8", "surrogateescape")) for data in (before, after))
    regions = changes(old, new)
    return sum(region[3] - region[2] for region in regions), sum(region[1] - region[0] for region in regions)


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    group: list[Region] = []
    for change in changes(old, new):
        if group and change[0] - group[-1][1] > 2 * _CONTEXT:
            yield _hunk(group, old, new)
            group = []
        group.append(change)
    if group:
        yield _hunk(group, old, new)


def _hunk(group: Sequence[Region], old: list[str], new: list[str]) -> str:
    """Changes that are near each other, with the lines around them."""
    first, last = max(0, group[0][0] - _CONTEXT), min(len(old), group[-1][1] + _CONTEXT)
    body = []
    at = first
    for old_first, old_last, new_first, new_last in group:
        body += [" " + line for line in old[at:old_first]]
        body += ["-" + line for line in old[old_first:old_last]]
        body += ["+" + line for line in new[new_first:new_last]]
        at = old_last
    body += [" " + line for line in old[at:last]]
    lines = "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in body
    )
    start = group[0][2] - (group[0][0] - first)
    length = sum(not line.startswith("-") for line in body)
    return f"@@ -{_span(first, last - first)} +{_span(start, length)} @@\n{lines}"


def _span(first: int, length: int) -> str:
    return f"{first + bool(length)},{length}"


def changes(old: list[str], new: list[str]) -> list[Region]:
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle[0]) + len(middle[1]) > _MATCHED:
        return [(head, head + len(middle[0]), head, head + len(middle[1]))]
    codes = SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
    return [
        (head + code[1], head + code[2], head + code[3], head + code[4])
        for code in codes
        if code[0] != "equal"
    ]


def _same(old: list[str], new: list[str]) -> int:
    """How many lines both begin with."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(old), len(new)))


def lines(text: str) -> list[str]:
    """With their ends; only a line feed ends a line."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def _text(data: bytes) -> str | None:
    if is_binary(data):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mode_lines(before: Version | None, after: Version | None) -> str:
    if before is None:
        return f"new file mode {after.mode}\n" if after else ""
    if after is None:
        return f"deleted file mode {before.mode}\n"
    return "" if before.mode == after.mode else f"old mode {before.mode}\nnew mode {after.mode}\n"


def _quoted(path: str) -> str:
    """As git spells an unusual name: in quotes, other bytes than plain ASCII as octal escapes."""
    plain = all(" " <= sign <= "~" and sign not in '"\\' for sign in path)
    if plain:
        return path
    octal = (chr(byte) if chr(byte) in _PLAIN else f"\\{byte:03o}" for byte in os.fsencode(path))
    return f'"{"".join(octal)}"'


_PLAIN = frozenset(chr(code) for code in range(0x20, 0x7F)) - frozenset('"\\')
