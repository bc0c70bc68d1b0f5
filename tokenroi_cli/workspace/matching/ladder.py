"""Where a hunk belongs, and what stands there afterwards: the first rung on which it fits decides.

From the text as it is to what models lose while they copy; whatever fits two places is refused, and a line
that the edit removes must be the file's own but for white space, quotes and Unicode forms.
"""

from typing import TypeVar

from tokenroi_cli.workspace.matching.compose import composed
from tokenroi_cli.workspace.matching.framing import Unmapped, agreement
from tokenroi_cli.workspace.matching.hunk import (
    MADE_BEFORE,
    WHOLE_LINES,
    Fit,
    Match,
    Reading,
    Text,
    Unmatched,
)
from tokenroi_cli.workspace.matching.placing import in_its_place
from tokenroi_cli.workspace.matching.raw import (
    Place,
    as_lf,
    begun,
    is_whole,
    meant,
    places,
    stands_already,
)
from tokenroi_cli.workspace.matching.rungs import RUNGS
from tokenroi_cli.workspace.matching.suspicion import (
    check_blanks,
    check_cut,
    check_doubled,
    check_lonely,
    check_made,
    check_new,
    check_news,
    closed,
)
from tokenroi_cli.workspace.matching.unwrapping import unwrapped

_What = TypeVar("_What")
_Found = tuple[Reading, Place, _What]
"""What of a hunk is found where."""

_COMPARED = 20
"""Places whose outcomes are compared; more are too many to be one."""


def match(file: Text, old: str, new: str) -> Match:
    """The one place that `old` means in the file, and what `new` is there. Raises Unmatched."""
    check_new(old, new)
    readings = [Reading(old, (new,))]
    found = _raw(file, readings)
    if found is not None and old[0] in "\r\n" and begun(file.text, found.place.start):
        _check_lines(file, readings[0])
    if found is None:
        readings += unwrapped(old, new)
        found = _raw(file, readings[1:]) or _by_lines(file, readings)
    if found is None and file.at_every_break is not None:
        found = _by_lines(file.at_every_break, readings)
    if found is not None:
        return found
    pieces = places(file.text, old)
    if pieces:
        raise Unmatched(
            "the old text stands only in the middle of longer lines or words", WHOLE_LINES, pieces
        )
    raise Unmatched("the old text is not in the file")


def _check_lines(file: Text, reading: Reading) -> None:
    """Raises Unmatched where a text that begins with the end of a line also fits lines of its own."""
    fits = next((fits for rung in RUNGS if (fits := list(rung(file, reading)))), [])
    if fits:
        what = "the old text stands behind a line, and as lines of its own it comes near others"
        raise Unmatched(what, WHOLE_LINES, tuple(file.place(fit.window) for fit in fits))


def _by_lines(file: Text, readings: list[Reading]) -> Match | None:
    """The first rung on which a reading fits decides, the one as quoted before those that are unwrapped."""
    for rung in RUNGS:
        fits = list(rung(file, readings[0])) or [fit for other in readings[1:] for fit in rung(file, other)]
        if fits:
            found = _unrivalled([(fit.reading, file.place(fit.window), fit) for fit in fits])
            return _one(file, [fit for *_, fit in found])
    return None


def _raw(file: Text, readings: list[Reading]) -> Match | None:
    """The text as it is, line ends aside."""
    found = [
        (reading, place, place)
        for reading in readings
        for place in meant(file.text, reading.old)
        if not reading.in_lines or is_whole(file.text, reading.old, place)
    ]
    if not found:
        return None
    found = _unrivalled(found)
    spots = tuple(dict.fromkeys(place for _, place, _ in found))
    if len(spots) > 1:
        what = f"the old text stands at {len(spots)} places"
        raise Unmatched(what, "quote more lines around the one that is meant", spots)
    reading, place, _ = found[0]
    new = _likeliest(file, reading, place)
    if stands_already(file.text, reading.old, new, place):
        raise Unmatched("the new text stands there already", MADE_BEFORE, (place,))
    check_cut(file.text, reading.old, new, place)
    spelled = in_its_place(file.text, reading.old, new, place)
    if spelled is None:
        what = "the lines are indented in the file, and the texts do not tell how the new ones are to be"
        raise Unmatched(what, WHOLE_LINES, (place,))
    if spelled[0] != place:
        check_made(file.text, reading.old, new, place)
    return Match(*spelled)


def _unrivalled(found: list[_Found[_What]]) -> list[_Found[_What]]:
    """Without what less likely readings find where the likeliest one does: the same, unwrapped further."""
    first = [each for each in found if each[0].old == found[0][0].old]
    return first + [
        each
        for each in found
        if not any(each[1].start < one.end and one.start < each[1].end for _, one, _ in first)
    ]


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
    new = max(map(file.cut, fit.reading.news), key=lambda lines: agreement(fit.block, lines))
    try:
        text = composed(fit.block, new)
    except Unmapped as unclear:
        raise Unmatched(str(unclear), WHOLE_LINES, (place,)) from unclear
    there = file.text[place.start : place.end]
    if text == there or stands_already(file.text, there, text, place):
        raise Unmatched("the new text stands in the file already", MADE_BEFORE, (place,))
    check_news(file, fit.block, new, place)
    if fit.block.is_reindented:
        check_made(file.text, fit.reading.old, "".join(new.whole), place)
    check_doubled(fit.block, new, text, place)
    check_lonely(fit.block, new, place)
    check_blanks(fit.block, new, place)
    check_cut(file.text, closed(there), closed(text), place)
    return Match(place, text)
