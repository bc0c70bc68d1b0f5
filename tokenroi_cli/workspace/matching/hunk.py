"""What a hunk is on its way to its place."""

from dataclasses import dataclass
from functools import cached_property

from tokenroi_cli.workspace.matching.framing import Block
from tokenroi_cli.workspace.matching.keys import Key, exact
from tokenroi_cli.workspace.matching.lines import Lines, has_odd_breaks, usual_end
from tokenroi_cli.workspace.matching.raw import Place
from tokenroi_cli.workspace.matching.windows import Keyed, Window

WHOLE_LINES = "quote whole lines, as they stand in the file"

MADE_BEFORE = "the edit was made before; read the file"


class Unmatched(Exception):
    """The hunk has no one place. `places`: where it could belong, in characters."""

    def __init__(self, what: str, hint: str = "", places: tuple[Place, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.places = places


@dataclass(frozen=True, slots=True)
class Match:
    """What a hunk replaces, and by what."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A hunk as it may be meant: the old text, and the new text in one or several spellings."""

    old: str
    news: tuple[str, ...]
    in_lines: bool = False
    """Whether it was numbered, line by line: no piece of a line is meant."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A place where a reading fits, and how its lines are spelled there."""

    reading: Reading
    window: Window
    block: Block


class Text:
    """A file's text, with what the rungs need of it made at most once."""

    def __init__(self, text: str, *, at_every_break: bool = False) -> None:
        self.text = text
        self._at_every_break = at_every_break
        self._keyed: dict[Key, Keyed] = {}
        self._usual = ""

    @property
    def lines(self) -> Lines:
        return self.keyed(exact).lines

    @property
    def usual_end(self) -> str:
        self._usual = self._usual or usual_end(self.text)
        return self._usual

    @cached_property
    def is_plain(self) -> bool:
        """Whether lines count as the same only if they begin the same: in ASCII, there is no typography."""
        return self.text.isascii() and not has_odd_breaks(self.text)

    def may_have(self, old: Lines) -> bool:
        """Whether the longest of these lines begins a line of a plain text; spares its index."""
        longest = max(old.texts, key=len, default="").rstrip()
        return self.text.startswith(longest) or any(f"{end}{longest}" in self.text for end in "\n\r")

    def keyed(self, key: Key) -> Keyed:
        if key not in self._keyed:
            known = next(iter(self._keyed.values()), None)
            self._keyed[key] = Keyed(known.lines if known else self.cut(self.text), key)
        return self._keyed[key]

    def cut(self, text: str) -> Lines:
        """The lines of another text, cut as those of this one."""
        return Lines.of(text, at_every_break=self._at_every_break)

    @cached_property
    def at_every_break(self) -> "Text | None":
        """The same text in more lines, if it has signs that only Unicode takes for line ends."""
        return Text(self.text, at_every_break=True) if has_odd_breaks(self.text) else None

    def place(self, window: Window) -> Place:
        """In characters; a byte order mark is no part of the first line."""
        starts = self.lines.starts
        first = 1 if window.first == 0 and self.text.startswith("\ufeff") else starts[window.first]
        return Place(first, starts[window.last])

    def there(self, window: Window) -> Lines:
        """The lines of a window, without a byte order mark."""
        lines = self.lines.between(window.first, window.last)
        if window.first == 0 and self.text.startswith("\ufeff"):
            return Lines((lines.whole[0][1:], *lines.whole[1:]))
        return lines
