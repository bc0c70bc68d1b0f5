"""Edits that are ambiguous or stale, or lead where no edit may go: each must be refused, no byte written."""

import re
import string
from dataclasses import replace
from random import Random

from perturbed.drafts import (
    Case,
    Draft,
    Hunk,
    Row,
    Tree,
    fits,
    joined,
    lead,
    must_apply,
    must_refuse,
    occurs_once,
    origin,
    quote,
    solid,
    squeezed,
)
from perturbed.history import Change
from perturbed.trees import quoted_files
from tokenroi_cli.workspace.edits import FileEdit


def twice(change: Change, rng: Random) -> Case | None:
    """The block stands a second time in the file, word for word."""
    draft = quote(change, rng, hunks=(1, 1))
    if draft is None or draft.before == draft.after:
        return None
    variant = rng.choice(("at the end", "at the top", "somewhere"))
    made = _doubled(draft, list(draft.hunks[0].old), variant, rng)
    return must_refuse(made, variant, draft.texts)


def _doubled(draft: Draft, copy: list[str], variant: str, rng: Random) -> Draft:
    hunk = draft.hunks[0]
    outside = [*range(hunk.start + 1), *range(hunk.end, len(draft.lines) + 1)]
    at = {"at the end": len(draft.lines), "at the top": 0}.get(variant, rng.choice(outside))
    return replace(draft, lines=(*draft.lines[:at], *copy, *draft.lines[at:]))


def twice_indented(change: Change, rng: Random) -> Case | None:
    """Two copies that differ in their indentation only, and the quoted text is indented as neither is."""
    draft = quote(change, rng, hunks=(1, 1))
    if draft is None or draft.before == draft.after:
        return None
    if not any(text.strip() for text in draft.hunks[0].old):
        return None
    step = "\t" if any(text.startswith("\t") for text in draft.quoted) else " " * rng.choice((2, 4))
    copy = [step + text if text.strip() else text for text in draft.hunks[0].old]
    made = _doubled(draft, copy, "at the end", rng)

    def told(lines: tuple[str, ...]) -> str:
        return joined([step * 2 + text if text.strip() else text for text in lines])

    old, new = told(draft.hunks[0].old), told(draft.hunks[0].new)
    # With other lines of the file, the block could stand a third time at just this indentation.
    if (
        old in joined(made.lines)
        or len(fits([squeezed(x) for x in made.lines], [squeezed(x) for x in copy])) < 2
    ):
        return None
    return must_refuse(made, "shifted", ((old, new),))


_OPERATORS = {
    "==": "!=",
    "!=": "==",
    "<=": "<",
    ">=": ">",
    "&&": "||",
    "||": "&&",
    " + ": " - ",
    " - ": " + ",
}
_OPERATORS |= {" < ": " > ", " > ": " < ", " and ": " or ", " or ": " and ", "++": "--", " = ": " += "}


def _other_digit(text: str, rng: Random) -> str:
    places = [at for at, sign in enumerate(text) if sign.isascii() and sign.isdigit()]
    if not places:
        return text
    at = rng.choice(places)
    other = rng.choice([sign for sign in string.digits if sign != text[at]])
    return text[:at] + other + text[at + 1 :]


def _other_name(text: str, rng: Random) -> str:
    """One letter of a name or word is another one, or the whole word is."""
    words = list(re.finditer(r"[A-Za-z_]{3,}", text))
    if not words:
        return text
    word = rng.choice(words)
    if rng.random() < 0.4:
        return text[: word.start()] + "other_" + word.group() + text[word.end() :]
    at = rng.randrange(word.start(), word.end())
    other = rng.choice([sign for sign in string.ascii_lowercase if sign != text[at].lower()])
    return text[:at] + other + text[at + 1 :]


def _other_operator(text: str, rng: Random) -> str:
    found = [sign for sign in _OPERATORS if sign in text]
    if not found:
        return text
    sign = rng.choice(found)
    return text.replace(sign, _OPERATORS[sign], 1)


def _one_more(text: str, rng: Random) -> str:
    return text + rng.choice(string.ascii_lowercase + string.digits) if text[-1:].isalnum() else text


def _one_less(text: str, rng: Random) -> str:  # noqa: ARG001 - the five have one signature
    """Cut inside of a word: its rest stands there and would be kept."""
    return text[:-1] if text[-2:].isalnum() and len(text) > 3 else text


_STALE = {
    "digit": _other_digit,
    "name": _other_name,
    "operator": _other_operator,
    "one letter more": _one_more,
    "one letter less": _one_less,
}


def stale(change: Change, rng: Random) -> Case | None:
    """A line that the edit removes stands otherwise in the file."""
    draft = quote(change, rng, context=(0, 6), hunks=(1, 1))
    return None if draft is None else _stale(draft, rng, bare=False)


def stale_bare(change: Change, rng: Random) -> Case | None:
    """One line for one line, without line ends: what is one letter short stands word for word in the file."""
    draft = quote(change, rng, context=(0, 0), hunks=(1, 1))
    if draft is None or len(draft.hunks[0].old) != 1 or len(draft.hunks[0].new) != 1:
        return None
    return _stale(draft, rng, bare=True)


def _stale(draft: Draft, rng: Random, *, bare: bool) -> Case | None:
    hunk = draft.hunks[0]
    removed = [at for at, row in enumerate(hunk.rows) if row.sign == "-" and row.text.strip()]
    if not removed:
        return None
    at, variant = rng.choice(removed), rng.choice(sorted(_STALE))
    wrong = _STALE[variant](hunk.rows[at].text, rng)
    rows = (*hunk.rows[:at], Row("-", wrong), *hunk.rows[at + 1 :])
    told = Hunk(hunk.start, rows)
    # Where the file has the wrong line, too, it would be another right quotation.
    if solid(wrong) == solid(hunk.rows[at].text) or solid(wrong) in [solid(line) for line in draft.lines]:
        return None
    old, new = joined(told.old), joined(told.new)
    if squeezed(old) == squeezed(new):
        return None
    return must_refuse(draft, variant, ((old[:-1], new[:-1]),) if bare else ((old, new),))


def empty_old(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng, hunks=(1, 1))
    if draft is None or not draft.added:
        return None
    old = rng.choice(("", "", "\n", "  \n", "\n\n"))
    return must_refuse(draft, repr(old), ((old, joined(draft.added)),))


_FOR_HASH = ("# ... rest unchanged ...", "# ... existing code ...", "# (unchanged)", "# ...")
_FOR_SLASH = ("// ... existing code ...", "// ... rest unchanged ...", "/* unchanged */", "// ...")
_FOR_ALL = ("...", "[rest of the function unchanged]", "[... unchanged ...]", "…")
_SLASH = (
    ".js",
    ".ts",
    ".tsx",
    ".jsx",
    ".go",
    ".rs",
    ".c",
    ".h",
    ".java",
    ".kt",
    ".css",
    ".scss",
    ".php",
    ".cc",
)


def placeholder(change: Change, rng: Random) -> Case | None:
    """In the new text alone, a line of words stands for lines that the old text quotes and nobody removes."""
    draft = quote(change, rng, context=(3, 8), hunks=(1, 1))
    if draft is None or re.search(r"\.\.\.|…|unchanged|existing code", joined(draft.quoted + draft.added)):
        return None
    rows = list(draft.hunks[0].rows)
    spans = [
        (start, start + size)
        for size in (3, 4, 5, 8)
        for start in range(len(rows) - size + 1)
        if all(row.sign == " " for row in rows[start : start + size])
        and sum(bool(row.text.strip()) for row in rows[start : start + size]) >= 2
    ]
    if not spans:
        return None
    start, end = rng.choice(spans)
    fitting = _FOR_SLASH if change.suffix in _SLASH else _FOR_HASH
    words = rng.choice(rng.choice((fitting, fitting, _FOR_ALL)))
    gone = [Row("-", row.text) for row in rows[start:end]]
    told = [*rows[:start], *gone, Row("+", lead(rows[start].text) + words), *rows[end:]]
    made = replace(draft, hunks=(Hunk(draft.hunks[0].start, tuple(told)),))
    return must_refuse(draft, words, made.texts)


def replayed(change: Change, rng: Random) -> Case | None:
    """Asked a second time, after it worked."""
    draft = quote(change, rng)
    made = None if draft is None else must_apply(draft, "", draft.texts)
    if draft is None or made is None:
        return None
    after = draft.after.decode()
    if all(old not in after for old, _ in draft.texts):
        variant = "old text gone"
    elif all(occurs_once(after, old) for old, _ in draft.texts):
        variant = "old text still there"
    else:
        variant = "some old text gone"
    return Case(made.origin, variant, made.tree, made.edits, made.after, again=True)


def cut_old(change: Change, rng: Random) -> Case | None:
    """The old text ends in the middle of a line that the new one has whole: the line's rest would stay."""
    draft = quote(change, rng, context=(1, 4), hunks=(1, 1))
    if draft is None or draft.before == draft.after or len(draft.hunks[0].old) < 2:
        return None
    (old, new), last = draft.texts[0], draft.hunks[0].rows[-1]
    at = _inside(last.text, rng) if last.sign == " " else None
    if at is None:
        return None
    short = old[: len(old) - 1 - len(last.text) + at]
    end = rng.choice(("\n", ""))
    return must_refuse(draft, "new with end" if end else "new without end", ((short, new[:-1] + end),))


def cut_both(change: Change, rng: Random) -> Case | None:
    """Both texts end in the middle of a changed line: the end of the old one would follow that of the new."""
    draft = quote(change, rng, context=(1, 4), hunks=(1, 1))
    if draft is None or draft.before == draft.after:
        return None
    hunk = draft.hunks[0]
    changed = [at for at, row in enumerate(hunk.rows) if row.sign != " "]
    rows = hunk.rows[: changed[-1] + 1]
    short = Hunk(hunk.start, rows)
    if (
        len(short.old) < 2
        or rows[-1].sign != "+"
        or "-" not in [row.sign for row in rows[-len(short.added) - 1 :]]
    ):
        return None
    ends = [_inside(short.old[-1], rng), _inside(short.new[-1], rng)]
    if ends[0] is None or ends[1] is None:
        return None
    old = joined(short.old[:-1]) + short.old[-1][: ends[0]]
    new = joined(short.new[:-1]) + short.new[-1][: ends[1]]
    return must_refuse(draft, "changed line", ((old, new),))


def _inside(text: str, rng: Random) -> int | None:
    """A place between two letters of the text."""
    places = [at for at in range(1, len(text)) if text[at - 1].isalnum() and text[at].isalnum()]
    return rng.choice(places) if places else None


def cut_at_line(change: Change, rng: Random) -> Case | None:
    """The old text lacks its last lines, which the new one has: they would stand there twice."""
    draft = quote(change, rng, context=(3, 6), hunks=(1, 1))
    if draft is None or draft.before == draft.after:
        return None
    hunk = draft.hunks[0]
    changed = [at for at, row in enumerate(hunk.rows) if row.sign != " "]
    most = len(hunk.rows) - changed[-1] - 1
    if most < 2:
        return None
    lost = rng.randint(2, most)
    # A closing bracket or a blank line twice in a row may well be meant.
    if sum(len(row.text.strip()) >= 8 for row in hunk.rows[-lost:]) < 2:
        return None
    old = joined(hunk.old[:-lost])
    if not old.strip() or not occurs_once(draft.before.decode(), old):
        return None
    return must_refuse(draft, f"{lost} lines", ((old, draft.texts[0][1]),))


_GARBAGE = "this line stands in no file at all: 8341\n"


def one_bad_hunk(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng, hunks=(2, 6))
    if draft is None:
        return None
    texts = list(draft.texts)
    at = rng.randrange(len(texts))
    variant = rng.choice(("unknown line", "overlap", "empty"))
    bad = {
        "unknown line": (_GARBAGE + texts[at][0], texts[at][1]),
        "overlap": (texts[at - 1][0], "something else\n"),
        "empty": ("", "something else\n"),
    }[variant]
    told = [*texts[:at], bad, *texts[at + 1 :]] if variant == "unknown line" else [*texts, bad]
    return must_refuse(draft, variant, tuple((old, new) for old, new in told))


def one_bad_file(change: Change, rng: Random) -> Case | None:
    drafts = quoted_files(change, rng)
    if len(drafts) < 2:
        return None
    tree: Tree = {draft.path: draft.before for draft in drafts}
    edits = [FileEdit(draft.path, draft.texts) for draft in drafts]
    at = rng.randrange(len(edits))
    path = edits[at].path
    variant = rng.choice(("unknown line", "no such file", "create over", "delete nothing", "out of the tree"))
    edits[at] = {
        "unknown line": FileEdit(path, ((_GARBAGE, "x\n"),)),
        "no such file": FileEdit(f"nowhere/{rng.randint(0, 99)}.none", edits[at].hunks),
        "create over": FileEdit(path, create="x\n"),
        "delete nothing": FileEdit("nowhere/at/all.none", delete=True),
        "out of the tree": FileEdit("../outside/kept.txt", (("kept\n", "taken\n"),)),
    }[variant]
    return Case(origin(drafts[at]), variant, tree, tuple(edits), None)
