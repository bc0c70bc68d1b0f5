"""Misquotations of white space: at line ends, of indentation, of blank lines."""

from dataclasses import replace
from random import Random

from perturbed.drafts import (
    Case,
    Draft,
    Fold,
    Hunk,
    Row,
    Texts,
    both_ways,
    common_lead,
    joined,
    lead,
    must_apply,
    quote,
    restyled,
    same,
    squeezed,
    trimmed,
)
from perturbed.history import Change


def unperturbed(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    if draft is None:
        return None
    if rng.random() < 0.5:
        return must_apply(draft, "whole lines", draft.texts)
    # Without their last line end, two empty texts and an empty line look the same: nobody could tell.
    if not all(hunk.new and hunk.old[-1] and hunk.new[-1] for hunk in draft.hunks):
        return None
    return must_apply(draft, "no last line end", tuple((old[:-1], new[:-1]) for old, new in draft.texts))


def trailing_dropped(change: Change, rng: Random) -> Case | None:
    """The file has white space at some line ends; the edit has not, in the lines that it keeps or removes."""
    draft = quote(change, rng)
    if draft is None:
        return None
    numbers = draft.numbered(" ") + draft.numbered("-")
    chosen = numbers if rng.random() < 0.3 else rng.sample(numbers, 1)
    draft = draft.relined({at: draft.lines[at] + rng.choice((" ", "  ", "\t", "    ")) for at in chosen})
    if restyled(draft, trimmed):
        return None
    texts = draft.told(trimmed, trimmed, same)
    return must_apply(draft, "all lines" if chosen is numbers else "one line", texts, fold=trimmed)


def trailing_added(change: Change, rng: Random) -> Case | None:
    """Only to lines that are quoted: an added line with white space at its end is what the edit says."""
    draft = quote(change, rng)
    if draft is None or restyled(draft, trimmed):
        return None
    variant, extra = rng.choice(("old only", "both", "one line")), rng.choice((" ", "  ", "\t"))
    picked = rng.choice(draft.quoted)

    def add(text: str) -> str:
        return text if variant == "one line" and text != picked else text + extra

    texts = draft.told(add, same if variant == "old only" else add, same)
    return must_apply(draft, variant, texts, fold=trimmed)


def _clean(change: Change, rng: Random) -> Draft | None:
    """A draft for a misquoted indentation: no white space at line ends is changed or added."""
    draft = quote(change, rng)
    if draft is None or restyled(draft, trimmed) or any(text.isspace() for text in draft.added):
        return None
    return draft


def tabs_as_spaces(change: Change, rng: Random) -> Case | None:
    draft = _clean(change, rng)
    # A new line indented with tabs and spaces mixed has no certain way back.
    if draft is None or any(lead(text).strip("\t") for text in draft.added):
        return None
    width = rng.choice((2, 4, 8))
    variant = rng.choice(("both", "both", "old only", "whole text", "one line"))
    if variant == "whole text":
        # An added line with a tab inside has no way back either.
        if any("\t" in text.lstrip("\t") for text in draft.added):
            return None
        return _exchanged(draft, rng, variant, lambda text: text.expandtabs(width))
    return _exchanged(
        draft, rng, variant, lambda text: lead(text).replace("\t", " " * width) + text.lstrip(" \t")
    )


def spaces_as_tabs(change: Change, rng: Random) -> Case | None:
    draft = _clean(change, rng)
    if draft is None or any("\t" in lead(text) for text in draft.quoted + draft.added):
        return None
    depths = [len(lead(text)) for text in draft.quoted + draft.added if text.strip()]
    widths = [width for width in (2, 4, 8) if all(depth % width == 0 for depth in depths)]
    if not widths:
        return None
    width = rng.choice(widths)

    def tabbed(text: str) -> str:
        return "\t" * (len(lead(text)) // width) + text.lstrip(" ")

    return _exchanged(draft, rng, rng.choice(("both", "both", "old only", "one line")), tabbed)


def _exchanged(draft: Draft, rng: Random, variant: str, exchange: Fold) -> Case | None:
    indented = [text for text in draft.quoted if exchange(text) != text and text.strip()]
    if not indented:
        return None
    picked = rng.choice(indented)
    # What one indentation is in the other can only be learned from a quoted line that has one.
    for hunk in draft.hunks:
        if any(lead(text) for text in hunk.added) and not any(lead(t) and t.strip() for t in hunk.old):
            return None
    if variant in ("old only", "one line") and restyled(draft, squeezed):
        return None

    def one(text: str) -> str:
        return exchange(text) if text == picked else text

    texts = {
        "one line": draft.told(one, one, same),
        "old only": draft.told(exchange, same, same),
    }.get(variant, draft.told(exchange, exchange, exchange))
    return must_apply(draft, variant, texts, fold=squeezed)


def dedented(change: Change, rng: Random) -> Case | None:
    """Old and new without the indentation that all their lines have in common."""
    draft = _clean(change, rng)
    if draft is None:
        return None

    # One line stripped looks the same; a line of the new text without indentation then says which it was.
    if not all(_shows_dedent(hunk) for hunk in draft.hunks):
        return None

    def cut(hunk: Hunk) -> tuple[str, str]:
        common = common_lead([*hunk.old, *hunk.new])
        return joined([text.removeprefix(common) for text in hunk.old]), joined(
            [text.removeprefix(common) for text in hunk.new]
        )

    texts = tuple(cut(hunk) for hunk in draft.hunks)
    return None if both_ways(draft, texts) else must_apply(draft, "both", texts, fold=squeezed)


def _shows_dedent(hunk: Hunk) -> bool:
    common = common_lead([*hunk.old, *hunk.new])
    if sum(bool(text.strip()) for text in hunk.old) > 1 or len(hunk.new) < 2:
        return True
    return any(text.strip() and lead(text) == common for text in hunk.new[1:])


def stripped(change: Change, rng: Random) -> Case | None:
    """str.strip of both texts: the first line loses its indentation, the last one its end."""
    draft = _clean(change, rng)
    if draft is None:
        return None
    if not all(_shows_strip(hunk) for hunk in draft.hunks):
        return None
    variant = "one line" if all(len(hunk.old) == 1 for hunk in draft.hunks) else "block"
    texts = tuple((old.strip(), new.strip()) for old, new in draft.texts)
    if all(old.startswith(text) for (old, _), (text, _) in zip(draft.texts, texts, strict=True)):
        return None
    return must_apply(draft, variant, texts, fold=squeezed)


def _shows_strip(hunk: Hunk) -> bool:
    """Whether the second line says that only the first has lost something, and nothing was lost unseen.

    That would be a blank line at the edge of one text, or the indentation of a first line that has another
    one than the line it replaces.
    """
    if not hunk.new or len(hunk.old) == 1 < len(hunk.new):
        return False
    edges = (hunk.old[0], hunk.old[-1], hunk.new[0], hunk.new[-1])
    return all(text.strip() for text in edges) and lead(hunk.old[0]) == lead(hunk.new[0])


def shifted(change: Change, rng: Random) -> Case | None:
    """Every line of both texts by the same number of columns, to the right or to the left."""
    draft = _clean(change, rng)
    texts = None if draft is None else _shifted(draft, rng, old_only=False)
    if draft is None or texts is None or both_ways(draft, texts):
        return None
    return must_apply(draft, "both", texts, fold=squeezed)


def shifted_old(change: Change, rng: Random) -> Case | None:
    draft = _clean(change, rng)
    if draft is None or restyled(draft, squeezed) or not all(_has_context(hunk) for hunk in draft.hunks):
        return None
    texts = _shifted(draft, rng, old_only=True)
    return None if texts is None else must_apply(draft, "old only", texts, fold=squeezed)


def _has_context(hunk: Hunk) -> bool:
    """Only a kept line, right in the new text, says that the new text is indented as the file is."""
    return any(row.sign == " " and row.text.strip() for row in hunk.rows)


def _has_indented_context(hunk: Hunk) -> bool:
    return any(row.sign == " " and row.text.strip() and lead(row.text) for row in hunk.rows)


def _shifted(draft: Draft, rng: Random, *, old_only: bool) -> Texts | None:
    rows = [text for text in draft.quoted + ([] if old_only else draft.added) if text.strip()]
    with_tabs = any(lead(text).startswith("\t") for text in rows)
    step = "\t" * rng.choice((1, 1, 2)) if with_tabs else " " * rng.choice((1, 2, 3, 4, 8))
    to_left = rng.random() < 0.5
    if to_left and not all(text.startswith(step) for text in rows):
        return None

    def move(text: str) -> str:
        if not text.strip():
            return text
        return text.removeprefix(step) if to_left else step + text

    return draft.told(move, same, same) if old_only else draft.told(move, move, move)


def unit_doubled(change: Change, rng: Random) -> Case | None:
    return _rescaled(change, rng, 2, 1)


def unit_halved(change: Change, rng: Random) -> Case | None:
    return _rescaled(change, rng, 1, 2)


def _rescaled(change: Change, rng: Random, times: int, by: int) -> Case | None:
    draft = _clean(change, rng)
    if draft is None:
        return None
    old_only = rng.random() < 0.3
    if old_only and (restyled(draft, squeezed) or not all(map(_has_indented_context, draft.hunks))):
        return None
    for hunk in draft.hunks:
        depths = {len(lead(text)) for text in hunk.old if text.strip()}
        news = {len(lead(text)) for text in hunk.added if text.strip()}
        # One depth alone is as well explained by a shift, and says nothing about the others.
        if any("\t" in lead(text) for text in hunk.old + hunk.new) or (
            len(depths) < 2 and not news <= depths
        ):
            return None
        if by == 2 and any(depth % 4 for depth in depths | news):
            return None

    def scale(text: str) -> str:
        return " " * (len(lead(text)) * times // by) + text.lstrip(" ")

    texts = draft.told(scale, same, same) if old_only else draft.told(scale, scale, scale)
    if not old_only and both_ways(draft, texts):
        return None
    return must_apply(draft, "old only" if old_only else "both", texts, fold=squeezed)


def blank_missing(change: Change, rng: Random) -> Case | None:
    """A blank line of the file is quoted in neither text; both its neighbours are kept lines."""
    draft = quote(change, rng, context=(2, 6))
    return None if draft is None else _blanks(draft, rng, missing=True)


def blank_extra(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng, context=(2, 6))
    return None if draft is None else _blanks(draft, rng, missing=False)


def _blanks(draft: Draft, rng: Random, *, missing: bool) -> Case | None:
    """Beside a changed line, nobody could say on which side of the blank line the change belongs."""
    places = [
        (number, at)
        for number, hunk in enumerate(draft.hunks)
        for at, row in enumerate(hunk.rows)
        if bool(row.text.strip()) != missing and _amid_kept(hunk, at)
    ]
    certain = not restyled(draft, trimmed) and all(_alone_without_blanks(draft, hunk) for hunk in draft.hunks)
    if not places or not certain:
        return None
    number, at = rng.choice(places)
    hunk = draft.hunks[number]
    rows = hunk.rows[:at] + (() if missing else (Row(" ", ""),)) + hunk.rows[at + missing :]
    hunks = (*draft.hunks[:number], replace(hunk, rows=rows), *draft.hunks[number + 1 :])
    return must_apply(draft, "both", replace(draft, hunks=hunks).texts, fold=trimmed)


def _amid_kept(hunk: Hunk, at: int) -> bool:
    """Whether the row and the blank ones around it are kept, and those on both sides of them, too."""
    above, below = at - 1, at + 1
    while above > 0 and not hunk.rows[above].text.strip():
        above -= 1
    while below < len(hunk.rows) - 1 and not hunk.rows[below].text.strip():
        below += 1
    if above < 0 or below >= len(hunk.rows):
        return False
    edges = (hunk.rows[above].text.strip(), hunk.rows[below].text.strip())
    return all(edges) and all(row.sign == " " for row in hunk.rows[above : below + 1])


def _alone_without_blanks(draft: Draft, hunk: Hunk) -> bool:
    lines = [line.strip() for line in draft.lines if line.strip()]
    block = [line.strip() for line in hunk.old if line.strip()]
    return bool(block) and sum(lines[at : at + len(block)] == block for at in range(len(lines))) == 1
