"""Misquotations of signs: typography, composed letters, one letter of a line; and long stretches left out."""

import re
import string
import unicodedata
from dataclasses import replace
from difflib import SequenceMatcher
from random import Random
from typing import Literal

from perturbed.drafts import (
    Case,
    Draft,
    Hunk,
    Row,
    alone,
    must_apply,
    plain,
    quote,
    restyled,
    same,
    solid,
    squeezed,
)
from perturbed.history import Change

_PROSE = (".md", ".markdown", ".txt", ".rst", ".html", ".adoc")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|/\*|\*|--|;|<!--) .+")
_STRING = re.compile(r"\"[^\"\\]* [^\"\\]*\"|'[^'\\]* [^'\\]*'")
_GAP = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")


def _prose(change: Change, line: str) -> tuple[int, int] | None:
    """Where in the line somebody could have written prose: everywhere, in a comment, in a string."""
    if change.suffix in _PROSE:
        return 0, len(line)
    found = _COMMENT.search(line) or _STRING.search(line)
    return (found.start(), found.end()) if found else None


def _gap(change: Change, line: str, rng: Random) -> int | None:
    """A blank between two words of prose."""
    span = _prose(change, line)
    gaps = [found.start() for found in _GAP.finditer(line, *span)] if span else []
    return rng.choice(gaps) if gaps else None


def _typographic(line: str, at: int, rng: Random, *, spaced: bool) -> str:
    """The line with a typographic sign at one of its blanks; without `spaced`, no no-break space."""
    word = re.match(r"\w+", line[at + 1 :])
    end = at + 1 + (word.end() if word else 0)
    forms = [
        f"{line[:at]} — {line[at + 1 :]}",
        f"{line[:at]} – {line[at + 1 :]}",
        f"{line[:at]}… {line[at + 1 :]}",
        f"{line[:at]} “{line[at + 1 : end]}”{line[end:]}",
        f"{line[:at]} ‘{line[at + 1 : end]}’{line[end:]}",
        f"{line[:at]}’s {line[at + 1 :]}",
    ]
    return rng.choice([*forms, f"{line[:at]}\u00a0{line[at + 1 :]}"] if spaced else forms)


def typography_lost(change: Change, rng: Random) -> Case | None:
    """The file has typographic signs, the edit has those of a keyboard.

    In a removed line only where the added ones have no such sign: whether that was meant has no answer.
    """
    draft = quote(change, rng, context=(1, 4))
    if draft is None:
        return None
    kept = draft.numbered(" ")
    if not any(sign in text for text in draft.added for sign in ("'", '"', "-", "...")):
        kept = kept + draft.numbered("-")
    marked: dict[int, str] = {}
    for at in kept:
        gap = _gap(change, draft.lines[at], rng)
        if gap is not None:
            marked[at] = _typographic(draft.lines[at], gap, rng, spaced=at in draft.numbered(" "))
    if not marked:
        return None
    chosen = marked if rng.random() < 0.4 else dict([rng.choice(sorted(marked.items()))])
    made = draft.relined(chosen)
    hyphens = rng.random() < 0.25 and any("—" in text for text in chosen.values())

    def typed(text: str) -> str:
        return plain(text.replace("—", "--") if hyphens else text)

    variant = "em dash as two hyphens" if hyphens else "removed too" if _removed(made, chosen) else "kept"
    if restyled(made, solid):
        return None
    return must_apply(made, variant, made.told(typed, typed, same), fold=solid)


def _removed(draft: Draft, lines: dict[int, str]) -> bool:
    return any(at in lines for at in draft.numbered("-"))


def typography_gained(change: Change, rng: Random) -> Case | None:
    """The file has the signs of a keyboard, the quoted lines typographic ones."""
    draft = quote(change, rng, context=(1, 4))
    if draft is None or restyled(draft, solid):
        return None
    variant = rng.choice(("both", "both", "old only"))
    nbsp = rng.random() < 0.2

    def curl(text: str) -> str:
        return _GAP.sub("\u00a0", text, count=1) if nbsp else _curled(text)

    if variant == "old only" and not any(row.sign == " " for row in draft.rows):
        return None
    texts = draft.told(curl, same if variant == "old only" else curl, same)
    return must_apply(draft, f"{variant}, nbsp" if nbsp else variant, texts, fold=solid)


def _curled(text: str) -> str:
    text = re.sub(r"(?<=\w)'", "’", text)
    text = re.sub(r'(^|[\s(\[{=:,])"', r"\1“", text).replace('"', "”")
    text = re.sub(r"(^|[\s(\[{=:,])'", r"\1‘", text).replace("'", "’")
    return text.replace("...", "…").replace(" - ", " – ")


Form = Literal["NFC", "NFD"]
_WORDS = ("café", "naïve", "über", "señor", "crème brûlée", "Ångström", "Việt Nam", "가나")


def composed_otherwise(change: Change, rng: Random) -> Case | None:
    """NFC in the file and NFD in the quoted lines, or the other way round."""
    draft = quote(change, rng, context=(1, 4))
    if draft is None:
        return None
    forms: tuple[Form, Form] = ("NFC", "NFD")
    in_file, in_edit = forms if rng.random() < 0.5 else forms[::-1]
    numbers = rng.sample(draft.numbered(" ") + draft.numbered("-"), 1)
    gap = _gap(change, draft.lines[numbers[0]], rng)
    if gap is None or not all(text.isascii() for text in draft.added):
        return None
    word = unicodedata.normalize(in_file, rng.choice(_WORDS))
    line = draft.lines[numbers[0]]
    made = draft.relined({numbers[0]: f"{line[:gap]} {word} {line[gap + 1 :]}"})

    def compose(text: str) -> str:
        return unicodedata.normalize(in_edit, text)

    variant = f"{in_file} in the file, {'removed' if _removed(made, {numbers[0]: ''}) else 'kept'}"
    if restyled(made, solid):
        return None
    return must_apply(made, variant, made.told(compose, compose, same), fold=solid)


def one_sign(change: Change, rng: Random) -> Case | None:
    """One letter of one kept line is wrong, in a block of four or more that fits nowhere else nearly."""
    draft = quote(change, rng, context=(2, 5), hunks=(1, 1))
    if draft is None or restyled(draft, solid) or sum(map(bool, map(str.strip, draft.quoted))) < 4:
        return None
    hunk = draft.hunks[0]
    kept = [at for at, row in enumerate(hunk.rows) if row.sign == " " and len(squeezed(row.text)) >= 8]
    if not kept or _rival(draft, hunk):
        return None
    at = rng.choice(kept)
    wrong = _misspelled(hunk.rows[at].text, rng)
    old_only = rng.random() < 0.4
    rows = [*hunk.rows[:at], Row(" ", wrong), *hunk.rows[at + 1 :]]
    told = replace(draft, hunks=(Hunk(hunk.start, tuple(rows)),)).texts
    # A line that is right in the new text alone reads as a correction, and comes to the same.
    texts = ((told[0][0], draft.texts[0][1]),) if old_only else told
    return must_apply(draft, "old only" if old_only else "both", texts, fold=solid)


def _misspelled(text: str, rng: Random) -> str:
    letters = [at for at, sign in enumerate(text) if sign.isalpha() and sign.isascii()]
    if not letters:
        return text
    at = rng.choice(letters)
    other = rng.choice([sign for sign in string.ascii_lowercase if sign != text[at].lower()])
    return text[:at] + rng.choice(("", other, text[at] * 2)) + text[at + 1 :]


def _rival(draft: Draft, hunk: Hunk) -> bool:
    """Whether another place of the file has half of the block's lines, or lines like them."""
    block, lines = [solid(line) for line in hunk.old], [solid(line) for line in draft.lines]
    size = len(block)
    for start in range(len(lines) - size + 1):
        if start == hunk.start:
            continue
        window = lines[start : start + size]
        if not any(one == other for one, other in zip(block, window, strict=True) if one):
            continue
        if sum(_like(one, other) for one, other in zip(block, window, strict=True)) * 2 >= size:
            return True
    return False


def _like(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() > 0.75


_HASH = (".py", ".rb", ".sh", ".yml", ".yaml", ".toml", ".mk", ".cfg")


def left_out(change: Change, rng: Random) -> Case | None:
    """The middle of a long kept stretch is one line of dots in both texts."""
    draft = quote(change, rng, context=(7, 14), hunks=(1, 1))
    if draft is None or any("..." in text or "…" in text for text in draft.quoted + draft.added):
        return None
    hunk = draft.hunks[0]
    spans = [(start, end) for start, end in _kept_spans(hunk) if end - start >= 7]
    if not spans:
        return None
    start, end = rng.choice(spans)
    first = start + rng.randint(2, 3)
    last = end - rng.randint(2, 3)
    if last - first < 2:
        return None
    variant, line = _ellipsis(change, rng)
    gap = Row(" ", _lead_of(hunk.rows[first].text) + line)
    rows = (*hunk.rows[:first], gap, *hunk.rows[last:])
    # Each part must stand at one place only, else nobody knows how much was left out.
    parts = (Hunk(hunk.start, hunk.rows[:first]), Hunk(hunk.start, hunk.rows[last:]))
    if not all(alone(draft, part, solid) for part in parts):
        return None
    told = replace(draft, hunks=(Hunk(hunk.start, rows),)).texts
    return must_apply(draft, variant, told, fold=solid)


def _lead_of(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _kept_spans(hunk: Hunk) -> list[tuple[int, int]]:
    spans, at = [], 0
    while at < len(hunk.rows):
        end = at
        while end < len(hunk.rows) and hunk.rows[end].sign == " ":
            end += 1
        spans.append((at, end))
        at = max(end, at + 1)
    return spans


def _ellipsis(change: Change, rng: Random) -> tuple[str, str]:
    if rng.random() < 0.4:
        return "dots", "..."
    if change.suffix in _HASH:
        return "comment", rng.choice(("# ...", "# ... existing code ...", "# ... rest of the code ..."))
    return "comment", rng.choice(("// ...", "// ... existing code ...", "/* ... */"))


MARKERS = ("<<<<<<< HEAD", "=======", ">>>>>>> branch", "||||||| merged")
REGEX = (r"^(a|b)*[^x]{2,}?$ \1 \g<0> $& .* [", r"(?P<name>\d+)|\\$", "%s {0} ${name} $1 %(x)s")
BACKSLASHES = (r"C:\new\table\u0041\x41", r"'\n' \t \\ \\\\ \0", "\\", r"echo \"a\\b\" \ ")


def loose(text: str) -> str:
    return f"{text} "


def special_content(change: Change, rng: Random) -> Case | None:
    """Conflict markers, signs of regular expressions and backslashes, kept, removed and added."""
    draft = quote(change, rng)
    if draft is None:
        return None
    variant, lines = rng.choice((("markers", MARKERS), ("regex", REGEX), ("backslashes", BACKSLASHES)))
    numbers = draft.numbered(" ") + draft.numbered("-")
    at = rng.choice(numbers)
    line = rng.choice(lines)
    made = draft.relined({at: line if variant == "markers" else _lead_of(draft.lines[at]) + line})
    made = _with_added(made, rng.choice([other for other in lines if other != line]), rng)
    if rng.random() < 0.5:
        return must_apply(made, variant, made.texts)
    if restyled(made, squeezed):
        return None
    told = made.told(loose, loose, same)
    return must_apply(made, f"{variant} and white space", told, fold=squeezed)


def _with_added(draft: Draft, line: str, rng: Random) -> Draft:
    """The draft with one more added line, beside one that is added anyway or at the end of the first hunk."""
    hunk = draft.hunks[0]
    places = [at for at, row in enumerate(hunk.rows) if row.sign == "+"] or [len(hunk.rows) - 1]
    at = rng.choice(places) + 1
    rows = (*hunk.rows[:at], Row("+", line), *hunk.rows[at:])
    return replace(draft, hunks=(Hunk(hunk.start, rows), *draft.hunks[1:]))
