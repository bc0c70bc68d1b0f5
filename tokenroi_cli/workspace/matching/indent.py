"""How a quoted block is indented against the file's: shifted, in tabs instead of spaces, in other steps."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from tokenroi_cli.workspace.matching.lines import lead_of

Reindent = Callable[[str], str | None]
"""A line as the model indents it -> as the file does; None where that cannot be told."""

_TAB_WIDTHS = (4, 8, 2, 3, 1)
_RATIOS = tuple(
    Fraction(a, b) for a, b in ((1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (3, 1), (1, 3), (3, 2), (2, 3))
)
_RATIOS += tuple(Fraction(a, b) for a, b in ((4, 3), (3, 4), (8, 1), (1, 8), (8, 3), (3, 8)))


def reindent(old: Sequence[str], there: Sequence[str]) -> Reindent | None:
    """The one rule that takes the indentation of each line of `old` to that of the line of `there` beside it.

    None when no shift, tab width or ratio does it for all. Blank lines do not count.
    """
    pairs = [(lead_of(mine), lead_of(real)) for mine, real in zip(old, there, strict=True) if mine.strip()]
    known = dict(pairs)
    if any(known[mine] != real for mine, real in pairs):
        return None
    if all(mine == real for mine, real in pairs):
        return lambda line: line
    rule = _rule(known)
    if rule is None:
        return None

    def mapped(line: str) -> str | None:
        lead = lead_of(line)
        if lead == line:
            return line
        wanted = known[lead] if lead in known else rule(lead)
        return None if wanted is None else wanted + line[len(lead) :]

    return mapped


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
                return _stepped(ratio, shifts.pop(), width if tabs else 0, width)
    return None


def _ratios(columns: dict[int, int]) -> tuple[Fraction, ...]:
    """One line says nothing of a ratio, unless it is one of the usual ones that needs no shift."""
    if len(columns) > 1:
        return _RATIOS
    ((before, after),) = columns.items()
    exact = [ratio for ratio in _RATIOS if before and ratio * before == after]
    return (*exact[:1], Fraction(1))


def _stepped(ratio: Fraction, shift: Fraction, tab: int, width: int) -> Reindent:
    def mapped(lead: str) -> str | None:
        wanted = ratio * _columns(lead, width) + shift
        if wanted < 0 or wanted.denominator != 1:
            return None
        columns = int(wanted)
        return "\t" * (columns // tab) + " " * (columns % tab) if tab else " " * columns

    return mapped


def _columns(lead: str, width: int) -> int:
    return sum(width if sign == "\t" else 1 for sign in lead)
