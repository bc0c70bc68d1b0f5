"""How many columns a text takes: wide characters take two, combining ones none."""

import re
import unicodedata


def cells(text: str) -> int:
    """Columns on a terminal."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def fit(text: str, width: int) -> str:
    """`text`, or what of it fits in `width` columns with `..` at its end."""
    if cells(text) <= width:
        return text
    dots = ".."[: max(width, 0)]
    taken, kept = cells(dots), ""
    for character in text:
        taken += _cell(character)
        if taken > width:
            break
        kept += character
    return kept + dots


def folded(text: str, width: int) -> list[str]:
    """`text` broken at exactly `width` columns (at least one character a piece), nothing lost."""
    pieces, piece, taken = list[str](), "", 0
    for character in text:
        if piece and taken + _cell(character) > width:
            pieces.append(piece)
            piece, taken = "", 0
        piece += character
        taken += _cell(character)
    return [*pieces, piece]


def wrapped(text: str, width: int) -> list[str]:
    """Rows of at most `width` columns, broken between words where they can be; the spaces at a break go."""
    rows, row = list[str](), ""
    for word in re.findall(r"\s*\S+|\s+\Z", text):
        if cells(row + word) <= width:
            row += word
            continue
        *full, rest = folded(word.lstrip() if row else word, width)
        rows += [*([row] if row else []), *full]
        row = rest
    return [*rows, row]


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
