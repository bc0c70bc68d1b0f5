"""When two lines count as the same: what a model loses or decorates while it copies."""

import unicodedata
from collections.abc import Callable

Key = Callable[[str], str]
"""Lines with equal keys count as the same."""

QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"')
QUOTES |= dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4"), "'")
BLANKS = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"), " "
)
BLANKS |= dict.fromkeys(map(ord, "\u202f\u205f\u3000"), " ")
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), "")
SHORT_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
LONG_DASHES = map(ord, "\u2014\u2015")
ELLIPSIS = {ord("\u2026"): "..."}

_SINGLE = {**QUOTES, **BLANKS, **UNSEEN, **SHORT_DASHES, **ELLIPSIS, **dict.fromkeys(LONG_DASHES, "-")}
_DOUBLE = {**_SINGLE, ord("\u2014"): "--", ord("\u2015"): "--", ord("\u2013"): "--"}
_MIXED = {**_SINGLE, ord("\u2014"): "--", ord("\u2015"): "--"}

DASHES = "\u2013\u2014\u2015"
"""What TYPOGRAPHY's keys tell apart."""


def exact(text: str) -> str:
    """All but the line's end."""
    return text


def trailing(text: str) -> str:
    """All but white space at the end."""
    return text.rstrip()


def _plain(table: dict[int, str]) -> Key:
    def key(text: str) -> str:
        if text.isascii():
            return text.rstrip()
        return unicodedata.normalize("NFC", text).translate(table).rstrip()

    return key


def _loose(typography: Key) -> Key:
    def key(text: str) -> str:
        return " ".join(typography(text).split())

    return key


TYPOGRAPHY: tuple[Key, ...] = (_plain(_SINGLE), _plain(_MIXED), _plain(_DOUBLE))
"""All but typographic characters: a dash is written in ASCII as one sign or as two."""

BLANK: tuple[Key, ...] = tuple(_loose(key) for key in TYPOGRAPHY)
"""All but these and how much white space there is, indentation included."""


def plain_spelling(text: str) -> str:
    """`text` with ASCII for typographic characters."""
    return text if text.isascii() else text.translate(_SINGLE)
