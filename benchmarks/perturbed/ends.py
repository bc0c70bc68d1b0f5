"""Files with other line ends than the edit has, with a byte order mark, or with signs that look like ends."""

from dataclasses import replace
from random import Random

from perturbed.drafts import Case, Draft, Texts, joined, must_apply, quote, restyled, same, trimmed
from perturbed.history import Change


def crlf_file(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    return None if draft is None else must_apply(replace(draft, end="\r\n"), "both", draft.texts)


def crlf_edit(change: Change, rng: Random) -> Case | None:
    """The file has LF: so have the added lines, whatever the edit has."""
    draft = quote(change, rng)
    if draft is None:
        return None
    variant = rng.choice(("both", "both", "old only", "new only"))
    texts = tuple(
        (old if variant == "new only" else _crlf(old), new if variant == "old only" else _crlf(new))
        for old, new in draft.texts
    )
    return must_apply(draft, variant, texts, fold=trimmed) if texts != draft.texts else None


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def mixed_ends(change: Change, rng: Random) -> Case | None:
    """Few lines have the other end; none that is removed or stands beside a change.

    So that the ends of the neighbours and those of most lines say the same about an added line.
    """
    draft = quote(change, rng)
    if draft is None or len(draft.lines) < 10:
        return None
    near = _near_changes(draft)
    quoted = [at for at in draft.numbered(" ") if at not in near]
    free = [at for at in range(len(draft.lines)) if at not in near]
    inside = bool(quoted) and rng.random() < 0.6
    few = len(draft.lines) // 5
    chosen = rng.sample(
        quoted if inside else free, min(rng.randint(1, 3), len(quoted if inside else free), few)
    )
    if not chosen:
        return None
    end, odd = rng.choice((("\n", "\r\n"), ("\r\n", "\n")))
    made = replace(draft, end=end, odd_ends=dict.fromkeys(chosen, odd))
    return must_apply(made, "in the block" if inside else "somewhere", draft.texts)


def _near_changes(draft: Draft) -> set[int]:
    near: set[int] = set()
    for hunk in draft.hunks:
        at = hunk.start
        for row in hunk.rows:
            if row.sign != " ":
                near |= {at - 1, at, at + 1}
            at += row.sign != "+"
    return near


def byte_order_mark(change: Change, rng: Random) -> Case | None:
    """Kept, whether the edit quotes it or, as mostly, does not."""
    draft = quote(change, rng)
    if draft is None:
        return None
    marked = replace(draft, mark=True)
    if draft.hunks[0].start > 0:
        return must_apply(marked, "not quoted", draft.texts)
    (old, new), *others = draft.texts
    # Quoted in both or in neither: in the old text alone, it would be asked to go.
    if not draft.hunks[0].new or rng.random() < 0.7:
        return must_apply(marked, "first line", draft.texts)
    return must_apply(marked, "quoted in both", ((f"\ufeff{old}", f"\ufeff{new}"), *others))


def no_last_end(change: Change, rng: Random) -> Case | None:
    """The file's last line has no end, and keeps having none, although the edit's lines all have one."""
    draft = quote(change, rng, context=(0, 6))
    if draft is None or draft.hunks[-1].end != len(draft.lines) or draft.lines[-1] == "":
        return None
    last = draft.hunks[-1].rows[-1]
    # Where the last lines are removed, or an empty one is added, the wish may be about the end itself.
    if last.sign == "-" or last.text == "":
        return None
    made = replace(draft, last_end=False)
    variant = "kept line" if last.sign == " " else "new line"
    return must_apply(made, variant, draft.texts)


def lone_cr(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    if draft is None:
        return None
    made = replace(draft, end="\r")
    text = joined(draft.lines)
    # One line of all: `elsewhere` counts in LF, and the draft holds that already for the LF file.
    return must_apply(made, "both", draft.texts) if text.count("\n") > 2 else None


_SEPARATORS = ("\x0c", "\x0b", "\x1c", "\x1e", "\x85", "\u2028", "\u2029")
"""str.splitlines breaks lines at each of these; git, editors and line numbers do not."""


def odd_separators(change: Change, rng: Random) -> Case | None:
    """Inside of kept lines, and quoted as they are; also where a line end elsewhere is misquoted."""
    draft = quote(change, rng, context=(1, 4))
    if draft is None:
        return None
    kept = [at for at in draft.numbered(" ") if draft.lines[at]]
    if not kept:
        return None
    sign = rng.choice(_SEPARATORS)
    chosen = rng.sample(kept, rng.randint(1, min(2, len(kept))))
    made = draft.relined({at: _with(draft.lines[at], sign, rng) for at in chosen})
    name = f"U+{ord(sign):04X}"
    if rng.random() < 0.6:
        return must_apply(made, f"{name}", made.texts)
    return _trailing_too(made, f"{name} and white space", sign)


def _with(line: str, sign: str, rng: Random) -> str:
    at = rng.randint(0, len(line))
    # At the end of a line, it would be white space that a reader may overlook.
    return line[:at] + sign + line[at:] if at < len(line) else sign + line


def _trailing_too(draft: Draft, variant: str, sign: str) -> Case | None:
    """White space at the end of the lines without the sign: so that they are not found word for word."""
    if restyled(draft, trimmed):
        return None

    def add(text: str) -> str:
        return text if sign in text else text + " "

    texts: Texts = draft.told(add, add, same)
    return must_apply(draft, variant, texts, fold=trimmed)
