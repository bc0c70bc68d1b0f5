"""Where a hunk belongs, and what stands there afterwards: the first rung on which it fits decides.

From the text as it is to what models lose while they copy; whatever fits two places is refused, and a line
that the edit removes must be the file's own but for white space, quotes and Unicode forms.
"""

from tokenroi_cli.workspace.matching.compose import Unmapped, agreement, composed
from tokenroi_cli.workspace.matching.hunk import (
    MADE_BEFORE,
    WHOLE_LINES,
    Fit,
    Match,
    Reading,
    Text,
    Unmatched,
)
from tokenroi_cli.workspace.matching.lines import Lines
from tokenroi_cli.workspace.matching.raw import Place, as_lf, in_its_place, meant, places, stands_already
from tokenroi_cli.workspace.matching.rungs import RUNGS
from tokenroi_cli.workspace.matching.suspicion import check_cut, check_lonely, check_new, check_news, closed
from tokenroi_cli.workspace.matching.unwrapping import unwrapped

_COMPARED = 20
"""Places whose outcomes are compared; more are too many to be one."""


def match(file: Text, old: str, new: str) -> Match:
    """The one place that `old` means in the file, and what `new` is there. Raises Unmatched."""
    check_new(old, new)
    readings = [Reading(old, (new,))]
    found = _raw(file, readings)
    if found is None:
        readings += [Reading(*pair) for pair in unwrapped(old, new)]
        found = _raw(file, readings[1:])
    if found is not None:
        return found
    for rung in RUNGS:
        fits = [fit for reading in readings for fit in rung(file, reading)]
        if fits:
            return _one(file, fits)
    pieces = places(file.text, old)
    if pieces:
        raise Unmatched(
            "the old text stands only in the middle of longer lines or words", WHOLE_LINES, pieces
        )
    raise Unmatched("the old text is not in the file")


def _raw(file: Text, readings: list[Reading]) -> Match | None:
    """The text as it is, line ends aside."""
    found = [(reading, place) for reading in readings for place in meant(file.text, reading.old)]
    spots = tuple(dict.fromkeys(place for _, place in found))
    if not spots:
        return None
    if len(spots) > 1:
        what = f"the old text stands at {len(spots)} places"
        raise Unmatched(what, "quote more lines around the one that is meant", spots)
    reading, place = found[0]
    new = _likeliest(file, reading, place)
    if stands_already(file.text, reading.old, new, place):
        raise Unmatched("the new text stands there already", MADE_BEFORE, (place,))
    check_cut(file.text, reading.old, new, place)
    return Match(place, in_its_place(file.text, reading.old, new, place))


def _likeliest(file: Text, reading: Reading, place: Place) -> str:
    """Of the spellings of the new text, the one that shares most lines with what it replaces."""
    there = {*as_lf(file.text[place.start : place.end]).split("\n"), *as_lf(reading.old).split("\n")}
    known = {line for line in there if line.strip()}
    return max(reading.news, key=lambda new: sum(line in known for line in as_lf(new).split("\n")))


def _one(file: Text, fits: list[Fit]) -> Match:
    """The one result of a rung. Raises Unmatched when there are several, or none that changes anything."""
    windows: dict[object, Fit] = {}
    for fit in fits:
        windows.setdefault((fit.window.first, fit.window.last, *fit.window.pairs.items()), fit)
    found = list(windows.values())
    spots = tuple(dict.fromkeys(file.place(fit.window) for fit in found))
    several = Unmatched(
        f"the old text is not in the file as quoted, and {len(spots)} places come near",
        "quote the lines exactly, and more of them around the one that is meant",
        spots,
    )
    if len(found) > _COMPARED:
        raise several
    matches = [_match(file, fit) for fit in found]
    if len({_around(file.text, matches, match) for match in matches}) > 1:
        raise several
    return matches[0]


def _around(text: str, matches: list[Match], match: Match) -> str:
    """What the stretch that all the matches lie in becomes by one of them."""
    first, last = min(each.place.start for each in matches), max(each.place.end for each in matches)
    return text[first : match.place.start] + match.text + text[match.place.end : last]


def _match(file: Text, fit: Fit) -> Match:
    place = file.place(fit.window)
    new = max(map(Lines.of, fit.reading.news), key=lambda lines: agreement(fit.block, lines))
    try:
        text = composed(fit.block, new)
    except Unmapped as line:
        what = (
            f"the block is indented otherwise in the file, and the new text has a line outside of it: {line}"
        )
        raise Unmatched(what, WHOLE_LINES, (place,)) from line
    there = file.text[place.start : place.end]
    if text == there:
        raise Unmatched("the new text stands in the file already", MADE_BEFORE, (place,))
    check_news(file, fit.block, new, place)
    check_lonely(fit.block, new, place)
    check_cut(file.text, closed(there), closed(text), place)
    return Match(place, text)
