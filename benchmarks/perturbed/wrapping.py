"""Texts wrapped or escaped on their way into the edit: fences, line numbers, HTML, escapes of strings."""

import html
import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from random import Random

from perturbed.drafts import Case, Draft, Fold, Hunk, joined, must_apply, quote, same
from perturbed.history import Change


def fenced(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    # In a file that has fences of its own, these might be quoted ones; and an empty fence says nothing.
    if draft is None or "```" in joined(draft.lines) or not all(hunk.new for hunk in draft.hunks):
        return None
    language = rng.choice(("", PurePosixPath(change.path).suffix.lstrip("."), "text"))
    end = rng.choice(("\n", ""))

    def fence(text: str) -> str:
        return f"```{language}\n{text}```{end}"

    texts = tuple((fence(old), fence(new)) for old, new in draft.texts)
    return must_apply(draft, "both", texts, fold=same)


_NUMBERS: dict[str, Callable[[int], str]] = {
    "  12| ": lambda number: f"{number:>4}| ",
    "12: ": lambda number: f"{number}: ",
    "12 tab": lambda number: f"{number}\t",
    "   12 arrow": lambda number: f"{number:>5}→",
    "   12 arrow tab": lambda number: f"{number:>6}\t",
    "12 | ": lambda number: f"{number:>3} | ",
}
_NUMBERED = re.compile(r"\s*\d+\s*([|:→\t]|$)")


def line_numbers(change: Change, rng: Random) -> Case | None:
    """True numbers before the quoted lines, and in the new text numbers that go on from there, or none."""
    draft = quote(change, rng)
    if draft is None or any(_NUMBERED.match(text) for text in draft.quoted + draft.added):
        return None
    variant = rng.choice(sorted(_NUMBERS))
    number, in_new = _NUMBERS[variant], rng.random() < 0.5

    def counted(hunk: Hunk, lines: tuple[str, ...]) -> str:
        return joined([number(hunk.start + 1 + at) + line for at, line in enumerate(lines)])

    texts = tuple(
        (counted(hunk, hunk.old), counted(hunk, hunk.new) if in_new else joined(hunk.new))
        for hunk in draft.hunks
    )
    return must_apply(draft, f"{variant} {'both' if in_new else 'old only'}", texts, fold=same)


def html_escaped(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    if draft is None or any(re.search(r"&#?\w+;", text) for text in draft.quoted + draft.added):
        return None
    quotes = rng.random() < 0.4

    def escape(text: str) -> str:
        return html.escape(text, quote=quotes)

    return _escaped(draft, "quotes too" if quotes else "both", escape)


def over_escaped(change: Change, rng: Random) -> Case | None:
    """As if the texts had been put into a string once too often."""
    draft = quote(change, rng)
    # What is escaped in the file already has no certain way back.
    if draft is None or any(r"\"" in text or "\\\\" in text for text in draft.quoted + draft.added):
        return None
    variant = rng.choice(("quotes", "backslashes", "one line"))
    if variant == "quotes":
        return _escaped(draft, variant, lambda text: text.replace('"', r"\""))
    if variant == "backslashes":
        return _escaped(draft, variant, lambda text: text.replace("\\", "\\\\"))
    return _escaped(draft, variant, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])


def _escaped(draft: Draft, variant: str, escape: Fold) -> Case | None:
    """Only where each old text shows it: in the new one alone, it would be what the file is to have."""
    texts = tuple((escape(old), escape(new)) for old, new in draft.texts)
    if any(old == told for (old, _), (told, _) in zip(draft.texts, texts, strict=True)):
        return None
    return must_apply(draft, variant, texts, fold=same)
