"""What a refusal shows: the lines of the file that were probably meant, numbered."""

from collections import Counter

from tokenroi_cli.workspace.matching.raw import as_lf

_SHOWN = 12
"""Lines of the file that a refusal quotes."""


def line_of(text: str, offset: int) -> int:
    """1-based; carriage returns count only where nothing else ends a line."""
    return text.count("\n" if "\n" in text else "\r", 0, offset) + 1


def nearest(text: str, old: str) -> str:
    """The lines of `text`, numbered, that come nearest to `old`; empty for an empty text."""
    lines = as_lf(text).removesuffix("\n").split("\n")
    wanted = as_lf(old).strip("\n").split("\n")
    first = _best_start([line.strip() for line in lines], [line.strip() for line in wanted])
    first = max(0, first - 1)
    last = min(len(lines), first + min(len(wanted) + 2, _SHOWN))
    return (
        "\n".join(f"{number + 1:5}| {lines[number][:200]}" for number in range(first, last)) if text else ""
    )


def _best_start(lines: list[str], wanted: list[str]) -> int:
    """The line index at which most of `wanted` would stand, or the one that shares most words with it."""
    positions: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line:
            positions.setdefault(line, []).append(index)
    votes = Counter(
        index - offset for offset, line in enumerate(wanted) for index in positions.get(line, ())[:50]
    )
    if votes:
        return max(0, votes.most_common(1)[0][0])
    words = set(" ".join(wanted).split())
    return max(range(len(lines)), key=lambda index: len(words & set(lines[index].split())))
