"""Text as lines that remember their own ends, whatever ends a line in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

PLAIN_ENDS = ("\n", "\r\n", "\r")
"""What ends a line and says nothing else; a form feed or U+2028 is content to whoever wrote it."""
_ODD_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Lines:
    """A text cut at its line ends."""

    whole: tuple[str, ...]
    """With their ends; joined they are the text again."""

    @classmethod
    def of(cls, text: str, *, at_every_break: bool = False) -> "Lines":
        """`at_every_break`: also where only Unicode, and no editor, ends a line."""
        if at_every_break or not has_odd_breaks(text):
            return cls(tuple(text.splitlines(keepends=True)))
        return cls(tuple(_LINE.findall(text)))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Without their ends."""
        return tuple(
            # Most lines end so; to ask for every other end costs more than all the rest.
            line[:-1] if line[-1:] == "\n" and line[-2:-1] != "\r" else line[: len(line) - len(end_of(line))]
            for line in self.whole
        )

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


def has_odd_breaks(text: str) -> bool:
    """Whether `text` has signs that str.splitlines takes for line ends and editors do not."""
    return any(sign in text for sign in _ODD_BREAKS)


def end_of(line: str) -> str:
    """What ends a line: one break, a CRLF being one, or nothing."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1:] if line and line[-1:].splitlines() == [""] else ""


def usual_end(text: str) -> str:
    """The line end that the text uses most; LF when it has none."""
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda end: counts[end])


def added_ends(count: int, gone: Sequence[str], around: tuple[str, str], usual: str) -> list[str]:
    """Line ends of `count` new lines: of the lines that they replace, else of those around, else usual.

    `gone`: of the replaced lines; `around`: of the lines before and after, or "".
    """
    plain = [end for end in gone if end in PLAIN_ENDS]
    near = {end for end in (plain or around) if end in PLAIN_ENDS} or {usual}
    if len(near) > 1:
        near = {end for end in around if end in PLAIN_ENDS}
    one = near.pop() if len(near) == 1 else usual
    if len(gone) == count:
        return [end or one for end in gone]
    return [one] * count


def lead_of(text: str) -> str:
    """The blanks that a line begins with."""
    return text[: len(text) - len(text.lstrip(" \t"))]
