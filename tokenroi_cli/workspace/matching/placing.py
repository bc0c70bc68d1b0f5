"""What a new text is in the place of an old one that stands there as it is: its indentation and line ends."""

from itertools import pairwise

from tokenroi_cli.workspace.matching.diffing import changes
from tokenroi_cli.workspace.matching.lines import added_ends, end_of, lead_of, usual_end
from tokenroi_cli.workspace.matching.raw import Place, as_lf, begun, ends_line

_STEP = 4
"""Columns that a block is deeper by at most, mostly."""

_NEAR = 2000
"""Characters behind a place that say where it is."""


def in_its_place(text: str, old: str, new: str, place: Place) -> tuple[Place, str] | None:
    """What `new` replaces, and how it is spelled there: line ends of the file, indentation once.

    None where the file's indentation, which `old` leaves out, could be meant for all lines or for the first.
    """
    before = begun(text, place.start)
    if before.isspace() and not old[0].isspace() and (new.strip() or ends_line(text, old, place.end)):
        indented = _after_its_blanks(old, new, before, text[place.end : place.end + _NEAR])
        if indented is None:
            return None
        place, new = Place(place.start - len(before), place.end), indented
    return place, spelled(new, text, place)


def _after_its_blanks(old: str, new: str, lead: str, follows: str) -> str | None:
    """`new` with the blanks that its first line begins with, and `old` does not.

    The model left them out on the first line only, or on every line; what it shows of the others decides.
    """
    lines = as_lf(new).split("\n")
    filled = [line for line in lines if line.strip()]
    many = "\n" in old.strip("\n")
    if not filled:
        return new if many else None
    if all(line.startswith(lead) for line in filled):
        return new if filled[1:] or filled[0].strip() != old.strip() else None
    if many:
        return lead + new if lines[0].strip() else new
    kept = next((line for line in filled[1:] if line.strip() == old.strip()), "")
    if filled[0].startswith(lead) and filled[0].strip() != old.strip():
        return _indented(lines, lead) if kept and not lead_of(kept) else None
    if filled[0].startswith(lead):
        return new
    if _is_first_only(lines, filled, lead):
        return _deeper(lines, filled, lead, follows) if _opens(filled[0]) and filled[1:] else lead + new
    unclear = filled[1:] and all(map(lead_of, filled[1:])) and not _opens(filled[0])
    if unclear or (not old.endswith("\n") and _goes_on_outside(lines, lead, follows)):
        return None
    return _indented(lines, lead)


def _is_first_only(lines: list[str], filled: list[str], lead: str) -> bool:
    """Whether all lines but the first are indented as in the file, and not just deeper than the first."""
    deeper = _opens(filled[0]) and lead_of("".join(filled[1:2])) == lead
    return bool(lines[0].strip()) and all(line.startswith(lead) for line in filled[1:]) and not deeper


def _deeper(lines: list[str], filled: list[str], lead: str, follows: str) -> str | None:
    """The same for a first line that opens a block, and a next one that is deeper than the file has it.

    Where it would be in either reading, the line that follows in the file decides.
    """
    literal, next_lead = lead + "\n".join(lines), lead_of(filled[1])
    if "\t" in next_lead or len(next_lead) > _STEP:
        return literal
    below = lead_of(next((line for line in follows.splitlines() if line.strip()), ""))
    if below == next_lead:
        return literal
    return _indented(lines, lead) if below == lead + next_lead else None


def _opens(line: str) -> bool:
    return line.rstrip().endswith((":", "{", "(", "[", ",", "=", "\\", "=>", "->", "do", "then"))


def _indented(lines: list[str], lead: str) -> str:
    return "\n".join(lead + line if line.strip() else line for line in lines)


def _goes_on_outside(lines: list[str], lead: str, follows: str) -> bool:
    """Whether new lines without indentation could be meant to stand behind the block that ends here."""
    apart = any(line[:1].strip() and not above.strip() for above, line in pairwise(lines))
    below = next((line for line in follows.splitlines() if line.strip()), "")
    return apart and not lead_of(below).startswith(lead)


def spelled(new: str, text: str, place: Place) -> str:
    """`new` with the line ends of the stretch that it replaces; lines that it keeps keep their own."""
    lines, old = _split(as_lf(new)), _split(text[place.start : place.end])
    out: list[str] = []
    before = _ending(text[max(0, place.start - 2) : place.start])
    behind = _ending(text[place.end : text.find("\n", place.end) + 1])
    usual = usual_end(text)
    for tag, first, last, from_new, to_new in changes([as_lf(line) for line in old], lines):
        if tag == "equal":
            out += old[first:last]
            continue
        around = (_ending(out[-1]) if out else before, _ending(old[last]) if last < len(old) else behind)
        gone = [end for line in old[first:last] if (end := _ending(line))]
        ends = added_ends(to_new - from_new, gone, around, usual)
        out += [_ended(line, end) for line, end in zip(lines[from_new:to_new], ends, strict=True)]
    return "".join(out)


def _split(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ending(line: str) -> str:
    return end_of(line) if line.endswith("\n") else ""


def _ended(line: str, ending: str) -> str:
    return line[:-1] + ending if line.endswith("\n") else line
