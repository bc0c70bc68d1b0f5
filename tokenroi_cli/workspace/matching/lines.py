"""Text as lines that remember their own ends, whatever ends a line in it."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

PLAIN_ENDS = ("\n", "\r\n", "\r")
"""What ends a line and says nothing else; a form feed or U+2028 is content to whoever wrote it."""


@dataclass(frozen=True)
class Lines:
    """A text cut at every line break that Unicode knows."""

    whole: tuple[str, ...]
    """With their ends; joined they are the text again."""

    @classmethod
    def of(cls, text: str) -> "Lines":
        return cls(tuple(text.splitlines(keepends=True)))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Without their ends."""
        return tuple(line[: len(line) - len(end_of(line))] for line in self.whole)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset in characters of each line, and of the end of the text."""
        offsets = [0]
        for line in self.whole:
            offsets.append(offsets[-1] + len(line))
        return tuple(offsets)

    def between(self, first: int, last: int) -> "Lines":
        """Lines first:last, exclusive."""
        return Lines(self.whole[first:last])


def end_of(line: str) -> str:
    """What ends a line: one break, a CRLF being one, or nothing."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1:] if line and line[-1:].splitlines() == [""] else ""


def usual_end(*texts: str) -> str:
    """The line end that the first of the texts which has one uses most; LF when none has."""
    for text in texts:
        counts = Counter(end for line in text.splitlines(keepends=True) if (end := end_of(line)))
        plain = [(count, end) for end, count in counts.items() if end in PLAIN_ENDS]
        if plain:
            return max(plain, key=lambda pair: (pair[0], pair[1] == "\n"))[1]
    return "\n"


def lead_of(text: str) -> str:
    """The blanks that a line begins with."""
    return text[: len(text) - len(text.lstrip(" \t"))]
