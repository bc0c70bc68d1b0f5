"""How a quoted block is indented against the file's: shifted, in tabs instead of spaces, in other steps."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from tokenroi_cli.workspace.matching.lines import lead_of

Reindent = Callable[[str], str | None]
"""A line as the model indents it -> as the file does; None where that cannot be told."""

_TAB_WIDTHS = (4, 8, 2, 3, 1)
_WIDEST = 16
"""Columns of a tab."""
_RATIOS = tuple(
    Fraction(a, b) for a, b in ((1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (3, 1), (1, 3), (3, 2), (2, 3))
)
_RATIOS += tuple(Fraction(a, b) for a, b in ((4, 3), (3, 4), (8, 1), (1, 8), (8, 3), (3, 8)))


def reindent(old: Sequence[str], there: Sequence[str]) -> Reindent | None:
    """The one rule that takes the indentation of each line of `old` to that of the line of `there` beside it.

    None when no shift, tab width or ratio does it for all, or does it for some while the others are right
    with tabs and spaces exchanged. Blank lines do not count.
    """
    pairs = [(lead_of(mine), lead_of(real)) for mine, real in zip(old, there, strict=True) if mine.strip()]
    if all(mine == real for mine, real in pairs):
        return lambda line: line
    known: dict[str, set[str]] = {}
    for mine, real in pairs:
        known.setdefault(mine, set()).add(real)
    exchanged = _exchanged(known)
    if exchanged is None and any(len(reals) > 1 for reals in known.values()):
        return None
    rule = exchanged or _rule({mine: next(iter(reals)) for mine, reals in known.items()})
    if rule is None:
        return None

    def mapped(line: str) -> str | None:
        lead = lead_of(line)
        if lead == line:
            return line
        reals = known.get(lead)
        wanted = rule(lead) if reals is None else next(iter(reals)) if len(reals) == 1 else None
        return None if wanted is None else wanted + line[len(lead) :]

    return mapped


def _exchanged(known: dict[str, set[str]]) -> Reindent | None:
    """Tabs for spaces or the reverse, on all lines or on some; what is indented as in the file stays."""
    wrong = [(mine, real) for mine, reals in known.items() for real in reals if mine != real]
    widths = {_width(mine, real) for mine, real in wrong}
    width = widths.pop() if len(widths) == 1 else 0
    if not width:
        return None
    with_tabs = any(real.count("\t") > mine.count("\t") for mine, real in wrong)
    if any((real.count("\t") > mine.count("\t")) != with_tabs for mine, real in wrong):
        return None
    right = [mine for mine, reals in known.items() if mine in reals]
    both = any("\t" not in lead and len(lead) >= width if with_tabs else "\t" in lead for lead in right)

    def mapped(lead: str) -> str | None:
        if ("\t" in lead or len(lead) < width) if with_tabs else "\t" not in lead:
            return lead
        columns = _columns(lead, width)
        whole = "\t" * (columns // width) + " " * (columns % width) if with_tabs else " " * columns
        return None if both else whole

    return mapped


def _width(mine: str, real: str) -> int:
    """Columns of a tab if the two are the same but for tabs and spaces; 0 if they are not."""
    tabs, spaces = real.count("\t") - mine.count("\t"), mine.count(" ") - real.count(" ")
    return spaces // tabs if tabs and spaces % tabs == 0 and 0 < spaces // tabs <= _WIDEST else 0


def _rule(known: dict[str, str]) -> Reindent | None:
    return _shift(known) or _steps(known)


def _shift(known: dict[str, str]) -> Reindent | None:
    """The same blanks more, or less, in front of every line."""
    mine, real = next(iter(known.items()))
    if real.endswith(mine):
        more = real[: len(real) - len(mine)]
        if all(after == more + before for before, after in known.items()):
            return lambda lead: more + lead
    if mine.endswith(real):
        less = mine[: len(mine) - len(real)]
        if all(before == less + after for before, after in known.items()):
            return lambda lead: lead.removeprefix(less) if lead.startswith(less) else None
    return None


def _steps(known: dict[str, str]) -> Reindent | None:
    """Columns times a ratio plus a shift; tabs where the file has them."""
    tabs = any("\t" in real for real in known.values())
    for width in _TAB_WIDTHS:
        columns = {_columns(mine, width): _columns(real, width) for mine, real in known.items()}
        if len({_columns(mine, width) for mine in known}) < len(known):
            continue
        for ratio in _ratios(columns):
            shifts = {after - ratio * before for before, after in columns.items()}
            if len(shifts) == 1:
                step = min(filter(None, columns), default=0) if ratio != 1 else 0
                return _stepped(step, ratio, shifts.pop(), (width if tabs else 0, width))
    return None


def _ratios(columns: dict[int, int]) -> tuple[Fraction, ...]:
    """One line says nothing of a ratio, unless it is one of the usual ones that needs no shift."""
    if len(columns) > 1:
        return _RATIOS
    ((before, after),) = columns.items()
    exact = [ratio for ratio in _RATIOS if before and ratio * before == after]
    return (*exact[:1], Fraction(1))


def _stepped(step: int, ratio: Fraction, shift: Fraction, tabs: tuple[int, int]) -> Reindent:
    """`step`: columns of the least indentation known; `tabs`: of a tab in the file, 0 for none, and here."""
    tab, width = tabs

    def mapped(lead: str) -> str | None:
        before = _columns(lead, width)
        wanted = ratio * before + shift
        if wanted < 0 or wanted.denominator != 1 or 0 < 2 * before < step:
            return None
        columns = int(wanted)
        return "\t" * (columns // tab) + " " * (columns % tab) if tab else " " * columns

    return mapped


def _columns(lead: str, width: int) -> int:
    return sum(width if sign == "\t" else 1 for sign in lead)
