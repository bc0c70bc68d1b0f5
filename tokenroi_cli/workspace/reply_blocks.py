"""How the markers and fences of a reply pair up: its blocks, and what stands in its fences."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.reply_marks import Fence, Marker, fence_on, marker_on

_HINT = (
    "send all of it again: the file's path alone on a line, then <<<<<<< SEARCH, the lines as they stand, "
    "=======, the new lines, >>>>>>> REPLACE; more signs in all three, or a longer fence, where the text "
    "itself holds such lines"
)

_LONGEST = 20
"""Signs: longer fences count as this long."""

_POSITION = re.compile(r":(?:start|end)_line:\s*\d+\s*")
"""Some models are taught to say where a block stands, in lines that are never code."""


class ReplyRefused(TokenroiError):
    """Nothing can be applied of the reply, because half a reply never is. `what` names the line at fault."""

    reason = "reply_refused"

    def __init__(self, line: int, why: str, *, end: int) -> None:
        super().__init__(f"nothing of the reply was applied: line {line + 1}: {why}", _HINT)
        self.end = end
        """The line after what was refused."""


@dataclass(frozen=True, slots=True)
class Block:
    old: str
    new: str
    end: int
    """The line of the closing marker."""


class Marks:
    """The markers and fences of a reply's lines, each found in the time of a bisection."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.markers: dict[int, Marker] = {}
        self.fences: dict[int, Fence] = {}
        self._levels: dict[tuple[str, str, int], int] = defaultdict(int)
        self._at_level: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
        self._of_length: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for number, line in enumerate(lines):
            start = line.lstrip()[:1]
            if start and start in "<=>+-`~":
                self._take(number, line)
        self._ordered = list(self.markers.values())
        self._marked = list(self.markers)
        self._fenced = list(self.fences)
        self._plain = [line for line, marker in self.markers.items() if marker.is_unmistakable]

    def _take(self, number: int, line: str) -> None:
        marker = marker_on(number, line)
        if marker is not None:
            self.markers[number] = marker
            return
        match = fence_on(line)
        if match is not None:
            self._take_fence(number, match)

    def _take_fence(self, number: int, match: re.Match[str]) -> None:
        indent, sign, info = match["indent"], match["signs"][0], match["info"].strip()
        length = min(len(match["signs"]), _LONGEST)
        level = 0
        for shorter in range(3, length + 1):
            key = (indent, sign, shorter)
            level = self._levels[key] = self._levels[key] + (1 if info else -1)
            self._at_level[(*key, level)].append(number)
            self._of_length[key].append(number)
        self.fences[number] = Fence(number, indent, sign, length, info, level)

    def holds_markers(self, first: int, end: int) -> bool:
        """Whether a marker that can be nothing else stands on one of the lines `first` to `end` - 1."""
        index = bisect_right(self._plain, first - 1)
        return index < len(self._plain) and self._plain[index] < end

    def holds_fences(self, first: int, end: int) -> bool:
        """Whether a fence opens or closes on one of the lines `first` to `end` - 1."""
        index = bisect_left(self._fenced, first)
        return index < len(self._fenced) and self._fenced[index] < end

    def closing(self, fence: Fence) -> int | None:
        """The line that closes the fence. One with an info string inside of it opens another."""
        lines = self._at_level.get((fence.indent, fence.sign, fence.length, fence.level - 1), [])
        index = bisect_right(lines, fence.line)
        return lines[index] if index < len(lines) else None

    def next_like(self, fence: Fence, line: int) -> Fence | None:
        """The next fence after the line that could open or close as `fence` does."""
        lines = self._of_length[fence.indent, fence.sign, fence.length]
        index = bisect_right(lines, line)
        return self.fences[lines[index]] if index < len(lines) else None

    def text(self, fence: Fence, end: int) -> str:
        """What stands in the fence that closes on line `end`."""
        return _joined(_unindented(self.lines[fence.line + 1 : end], fence.indent))

    def next_text(self, line: int) -> int:
        """The first line from `line` on that is not blank; the number of lines if there is none."""
        while line < len(self.lines) and not self.lines[line].strip():
            line += 1
        return line

    def opener(self, line: int) -> Marker | None:
        marker = self.markers.get(line)
        return marker if marker is not None and marker.plain and marker.sign == "<" else None

    def block(self, opener: Marker, around: Fence | None) -> Block:
        """The block that the marker opens; refused unless it can be read in one way only."""
        end, dividers = self._ending(opener, around)
        if not dividers:
            dividers = [marker.line for marker in self._between(opener.line, end) if marker.sign == "="]
        if len(dividers) != 1:
            kinds = "more than one line that could be its divider" if dividers else "no divider"
            raise ReplyRefused(opener.line, f"a block with {kinds}", end=end + 1)
        [divider] = dividers
        lines = _unindented(self.lines[opener.line + 1 : end], opener.indent)
        size = divider - opener.line - 1
        return Block(_joined(_unpositioned(lines[:size])), _joined(lines[size + 1 :]), end)

    def _between(self, first: int, end: int) -> Iterator[Marker]:
        for index in range(bisect_right(self._marked, first), len(self._ordered)):
            if self._ordered[index].line >= end:
                return
            yield self._ordered[index]

    def _ending(self, opener: Marker, around: Fence | None) -> tuple[int, list[int]]:
        """The line of the closing marker, and the dividers of the block itself.

        Only what has the opener's length and indentation counts, so longer markers may enclose shorter ones;
        a conflict or a block of the same length is content as long as it is whole.
        """
        depth = 0
        is_nested = False
        dividers: list[int] = []
        for marker in self._between(opener.line, len(self.lines)):
            if (marker.indent, marker.length) != (opener.indent, opener.length):
                continue
            if marker.sign == "=":
                dividers += [] if depth else [marker.line]
            elif marker.sign == "<":
                end = None if is_nested or not marker.plain else self._other_closer(opener, marker.line)
                if end is not None:
                    return end, [line for line in dividers if line < end]
                is_nested = True
                depth += 1
            elif depth:
                depth -= 1
            elif marker.plain:
                return marker.line, dividers
        end = None if is_nested else self._other_closer(opener, len(self.lines))
        if end is None or not self._is_fence_end(end + 1, around):
            why = "a block that is cut off: no closing marker of its length"
            raise ReplyRefused(opener.line, why, end=len(self.lines))
        return end, [line for line in dividers if line < end]

    def _other_closer(self, opener: Marker, end: int) -> int | None:
        """A closing marker of another length. It takes its word and being the only one.

        Where the reply may have been cut off after it, it proves nothing: the right one was perhaps to come.
        """
        found = [
            marker.line
            for marker in self._between(opener.line, end)
            if marker.sign == ">" and marker.plain and marker.word
        ]
        return found[0] if len(found) == 1 else None

    def _is_fence_end(self, line: int, around: Fence | None) -> bool:
        fence = self.fences.get(self.next_text(line))
        return fence is not None and around is not None and fence.ends(around)


def _unindented(lines: Sequence[str], indent: str) -> Sequence[str]:
    """The lines without the indentation of the marks around them, if it stands before all of them."""
    bare = indent.rstrip()
    if not all(line.startswith(indent) or line.rstrip() in ("", bare) for line in lines):
        return lines
    return [line[len(indent) :] for line in lines]


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _unpositioned(lines: Sequence[str]) -> Sequence[str]:
    count = 0
    while count < len(lines) and _POSITION.fullmatch(lines[count]):
        count += 1
    is_ruled = 0 < count < len(lines) and set(lines[count].strip()) == {"-"}
    return lines[count + is_ruled :]
