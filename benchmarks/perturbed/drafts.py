"""An edit quoted rightly from a true change, and the case made of it by one misquotation."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from perturbed.history import Change, Region
from tokenroi_cli.workspace.edits import FileEdit

MOST_ROWS = 60
"""Of a hunk: beyond that a model would write the file anew."""
_DOTS = re.compile(r"\W*(\.\.\.|…)\W*")
Tree = dict[str, bytes]
"""Files by their path below the project's root."""
Texts = tuple[tuple[str, str], ...]
"""The hunks of a FileEdit."""
Fold = Callable[[str], str]
"""A line as somebody sees it who overlooks what the class of a case asks to be overlooked."""


@dataclass(frozen=True, slots=True)
class Row:
    sign: str
    """" " of a context line, "-" of a removed one, "+" of an added one."""
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    start: int
    """The line of the file that its first row is."""
    rows: tuple[Row, ...]

    @property
    def old(self) -> tuple[str, ...]:
        return tuple(row.text for row in self.rows if row.sign != "+")

    @property
    def new(self) -> tuple[str, ...]:
        return tuple(row.text for row in self.rows if row.sign != "-")

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(row.text for row in self.rows if row.sign == "+")

    @property
    def end(self) -> int:
        return self.start + len(self.old)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file, and hunks that quote it byte for byte; each hunk's old text occurs once in it."""

    repository: str
    path: str
    lines: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    """In the order of the file; they neither overlap nor touch."""
    end: str = "\n"
    """Of the lines."""
    odd_ends: Mapping[int, str] = field(default_factory=dict)
    """Of the lines that have another one."""
    mark: bool = False
    """Whether a byte order mark begins it."""
    last_end: bool = True
    """Whether its last line has an end."""

    @property
    def texts(self) -> Texts:
        return tuple((joined(hunk.old), joined(hunk.new)) for hunk in self.hunks)

    @property
    def before(self) -> bytes:
        return self._bytes([(text, at) for at, text in enumerate(self.lines)])

    @property
    def after(self) -> bytes:
        """Unchanged lines with their own bytes, added ones with the line end that the file has."""
        rows: list[tuple[str, int]] = []
        at = 0
        for hunk in self.hunks:
            rows += [(self.lines[number], number) for number in range(at, hunk.start)]
            at = hunk.start
            for row in hunk.rows:
                if row.sign != "-":
                    rows.append((row.text, -1 if row.sign == "+" else at))
                at += row.sign != "+"
        rows += [(self.lines[number], number) for number in range(at, len(self.lines))]
        return self._bytes(rows)

    def _bytes(self, rows: list[tuple[str, int]]) -> bytes:
        ends = [self.odd_ends.get(number, self.end) for _, number in rows]
        if ends and not self.last_end:
            ends[-1] = ""
        text = "".join(text + end for (text, _), end in zip(rows, ends, strict=True))
        return (("\ufeff" if self.mark else "") + text).encode()

    def told(self, old: Fold, kept: Fold, added: Fold) -> Texts:
        """The hunks as somebody wrote them: the old text, and of the new one the kept and the added lines."""
        in_new = {" ": kept, "+": added}
        return tuple(
            (
                joined([old(text) for text in hunk.old]),
                joined([in_new[row.sign](row.text) for row in hunk.rows if row.sign != "-"]),
            )
            for hunk in self.hunks
        )

    def relined(self, lines: Mapping[int, str]) -> "Draft":
        """The same change of a file in which these lines read otherwise."""
        texts = tuple(lines.get(at, text) for at, text in enumerate(self.lines))
        hunks = []
        for hunk in self.hunks:
            at, rows = hunk.start, []
            for row in hunk.rows:
                rows.append(row if row.sign == "+" else Row(row.sign, texts[at]))
                at += row.sign != "+"
            hunks.append(Hunk(hunk.start, tuple(rows)))
        return replace(self, lines=texts, hunks=tuple(hunks))

    def numbered(self, sign: str) -> list[int]:
        """The lines of the file that are rows of this sign, " " or "-"."""
        found = []
        for hunk in self.hunks:
            at = hunk.start
            for row in hunk.rows:
                if row.sign == sign:
                    found.append(at)
                at += row.sign != "+"
        return found

    @property
    def rows(self) -> list[Row]:
        return [row for hunk in self.hunks for row in hunk.rows]

    @property
    def quoted(self) -> list[str]:
        return [row.text for row in self.rows if row.sign != "+"]

    @property
    def added(self) -> list[str]:
        return [row.text for row in self.rows if row.sign == "+"]


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of apply_edits, of which tree, and what must become of it."""

    origin: str
    variant: str
    tree: Tree
    edits: tuple[FileEdit, ...]
    after: Tree | None
    """None: it must refuse."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links below the root and where they lead."""
    again: bool = False
    """Asked twice: `after` must come of the first time, and the second must be refused."""


def joined(lines: tuple[str, ...] | list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def quote(
    change: Change, rng: Random, *, context: tuple[int, int] = (0, 4), hunks: tuple[int, int] = (1, 3)
) -> Draft | None:
    """Regions of the change with some context, grown until each old text occurs once; None if none does."""
    count = max(
        hunks[0], rng.choice((1, 1, 1, rng.randint(*hunks))) if hunks[0] == 1 else rng.randint(*hunks)
    )
    if count > len(change.regions):
        return None
    chosen = sorted(rng.sample(change.regions, count))
    text = joined(change.before)
    spans = [
        _span(change.before, text, region, rng.randint(*context), rng.randint(*context)) for region in chosen
    ]
    if None in spans:
        return None
    groups = _merged([span for span in spans if span], chosen)
    made = tuple(_hunk(change, *group) for group in groups)
    if len(made) < hunks[0] or any(len(hunk.rows) > MOST_ROWS for hunk in made):
        return None
    # Dots that are truly meant look like lines left out: no reader could tell.
    if any(_DOTS.fullmatch(text) for hunk in made for text in hunk.added):
        return None
    # A later span can have grown back over several earlier ones: such a draft is not worth untangling.
    if any(one.end >= other.start for one, other in pairwise(made)):
        return None
    return Draft(change.repository, change.path, change.before, made)


Group = tuple[int, int, list[Region]]
"""Regions and the lines that one hunk quotes around them."""


def _merged(spans: list[tuple[int, int]], regions: list[Region]) -> list[Group]:
    """Spans that overlap or touch are one hunk."""
    groups: list[Group] = []
    for (start, end), region in zip(spans, regions, strict=True):
        if groups and start <= groups[-1][1]:
            first, last, others = groups.pop()
            groups.append((min(first, start), max(last, end), [*others, region]))
        else:
            groups.append((start, end, [region]))
    return groups


def _span(
    lines: tuple[str, ...], text: str, region: Region, above: int, below: int
) -> tuple[int, int] | None:
    start, end = max(0, region[0] - above), min(len(lines), region[1] + below)
    while end - start <= MOST_ROWS:
        old = joined(lines[start:end])
        if old.strip() and occurs_once(text, old):
            return start, end
        if (start, end) == (0, len(lines)):
            return None
        start, end = max(0, start - 1), min(len(lines), end + 1)
    return None


def _hunk(change: Change, start: int, end: int, regions: list[Region]) -> Hunk:
    rows: list[Row] = []
    at = start
    for i1, i2, j1, j2 in regions:
        rows += [Row(" ", line) for line in change.before[at:i1]]
        rows += [Row("-", line) for line in change.before[i1:i2]]
        rows += [Row("+", line) for line in change.after[j1:j2]]
        at = i2
    rows += [Row(" ", line) for line in change.before[at:end]]
    return Hunk(start, tuple(rows))


def occurs_once(text: str, part: str) -> bool:
    first = text.find(part)
    return first >= 0 and text.find(part, first + 1) < 0


def must_apply(draft: Draft, variant: str, texts: Texts, *, fold: Fold | None = None) -> Case | None:
    """The case, or None where no reader could decide it.

    With `fold`, the edit must be misquoted, and each old text must fit one place only for a reader who
    overlooks what the fold overlooks. An old text that stands word for word somewhere else is a quotation of
    that place, whatever was meant.
    """
    if draft.before == draft.after or any(old == new for old, new in texts):
        return None
    if fold is not None and (
        texts == draft.texts or not all(alone(draft, hunk, fold) for hunk in draft.hunks)
    ):
        return None
    if any(elsewhere(draft, hunk, old) for hunk, (old, _) in zip(draft.hunks, texts, strict=True)):
        return None
    edit = FileEdit(draft.path, texts)
    return Case(origin(draft), variant, {draft.path: draft.before}, (edit,), {draft.path: draft.after})


def must_refuse(draft: Draft, variant: str, texts: Texts) -> Case:
    return Case(origin(draft), variant, {draft.path: draft.before}, (FileEdit(draft.path, texts),), None)


def origin(draft: Draft) -> str:
    return f"{draft.repository}:{draft.path}:{draft.hunks[0].start + 1}"


def alone(draft: Draft, hunk: Hunk, fold: Fold) -> bool:
    """Whether the hunk's old lines, folded, fit one place of the file, and are not all empty."""
    block = [fold(line) for line in hunk.old]
    return any(block) and len(fits([fold(line) for line in draft.lines], block)) == 1


def fits(lines: list[str], block: list[str]) -> list[int]:
    size = len(block)
    return [
        at for at in range(len(lines) - size + 1) if lines[at] == block[0] and lines[at : at + size] == block
    ]


def elsewhere(draft: Draft, hunk: Hunk, old: str) -> bool:
    """Whether this old text stands literally in the file at a place that is not the hunk's."""
    text = draft.before.decode()
    first = text.find(old)
    if first < 0:
        return False
    line = text.count("\n", 0, first)
    in_hunk = hunk.start <= line < hunk.end or "\n" not in text
    return not in_hunk or text.find(old, first + 1) >= 0


def restyled(draft: Draft, fold: Fold) -> bool:
    """Whether a changed line is, but for what the fold overlooks, another line of its hunk.

    Then the change itself is of the kind that the class asks to be overlooked and cannot be told from it, or
    nobody can say which of the two lines is the kept one, and whose bytes are to be kept.
    """
    for hunk in draft.hunks:
        seen: dict[str, set[str]] = {}
        for row in hunk.rows:
            seen.setdefault(fold(row.text), set()).add(row.text)
        if any(len(seen[fold(row.text)]) > 1 for row in hunk.rows if row.sign != " "):
            return True
    return False


def both_ways(draft: Draft, texts: Texts) -> bool:
    """Whether a line of a new text stands in the file just so, where its old text has it otherwise.

    Then both readings hold: that the two texts are misquoted alike, and that the old one alone is.
    """
    for hunk, (old, new) in zip(draft.hunks, texts, strict=True):
        wrong = set(hunk.old) - set(old.split("\n"))
        if any(line in wrong for line in new.split("\n") if line.strip()):
            return True
    return False


def lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]


def common_lead(texts: list[str]) -> str:
    leads = [lead(text) for text in texts if text.strip()]
    shared = min(leads, key=len, default="")
    while not all(each.startswith(shared) for each in leads):
        shared = shared[:-1]
    return shared


def same(text: str) -> str:
    return text


def trimmed(text: str) -> str:
    return text.rstrip()


def squeezed(text: str) -> str:
    """All white space alike, and none at the ends."""
    return " ".join(text.split())


_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)


def plain(text: str) -> str:
    """Typographic signs as a keyboard has them."""
    return text.translate(_PLAIN)


def solid(text: str) -> str:
    """Without white space, typography and composition of letters; runs of hyphens are one."""
    signs = "".join(plain(unicodedata.normalize("NFC", text)).split())
    while "--" in signs:
        signs = signs.replace("--", "-")
    return signs
