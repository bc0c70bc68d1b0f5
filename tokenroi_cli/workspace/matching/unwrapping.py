"""Quoted text without what was put around it: a fence, line numbers, escapes of HTML or of JSON."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

_FENCE = re.compile(r"\s*(`{3,}|~{3,})[^\n`]*\n(.*?)(?:\n?[ \t]*\1[ \t]*\n?)?\s*", re.DOTALL)
_NUMBER = re.compile(
    r"[ \t]*(?:L|line )?(\d{1,7})(\u2192|\t|[ ]?[|:\u2502]|[.)](?=[ \t]|$)|[ ])(.*)", re.DOTALL
)
_ENTITIES = {
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
    "&quot;": '"',
    "&#39;": "'",
    "&#x27;": "'",
    "&apos;": "'",
}
_ENTITIES |= {"&#34;": '"', "&nbsp;": "\u00a0", "&#x2F;": "/", "&#x60;": "`", "&#x3D;": "="}
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)), re.IGNORECASE)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_MEANING = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/", "`": "`", "$": "$"}
_QUOTE = re.compile(r"\\([\"'`$<>&#*_\[\]{}])")

Unwrap = Callable[[str], str | None]
"""The text without a wrapping; None when it has none."""


def unwrapped(old: str, new: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Readings of a hunk whose old text is wrapped: (old, new texts, the likeliest first)."""
    seen = {old}
    pending: list[tuple[str, tuple[str, ...], int]] = [(old, (new,), 0)]
    while pending:
        wrapped, news, depth = pending.pop(0)
        for unwrap in _UNWRAPS:
            bare = unwrap(wrapped)
            if bare is None or bare in seen or not bare.strip():
                continue
            seen.add(bare)
            first = _also(unwrap, news[0])
            readings = news if first is None or first == news[0] else (first, *news)
            yield bare, readings
            if depth == 0:
                pending.append((bare, readings, 1))


def _unfenced(text: str) -> str | None:
    found = _FENCE.fullmatch(text)
    if not found:
        return None
    body = found[2]
    return body if not body or body.endswith("\n") else body + "\n"


def _unnumbered(keep_blank: bool) -> Unwrap:
    """Numbers as in a listing, one more on each line; with or without the blank that follows them."""

    def unwrap(text: str) -> str | None:
        lines = text.split("\n")
        found = [_NUMBER.fullmatch(line) for line in lines]
        filled = [match for line, match in zip(lines, found, strict=True) if line.strip()]
        matched = [match for match in filled if match]
        if not matched or len(matched) < len(filled) or not _counts(matched):
            return None
        strips = not keep_blank and all(match[3][:1] in ("", " ") for match in matched)
        if not keep_blank and not strips:
            return None
        return "\n".join(
            match[3][strips:] if match else line for line, match in zip(lines, found, strict=True)
        )

    return unwrap


def _also(unwrap: Unwrap, new: str) -> str | None:
    """The new text without the wrapping of the old one; of numbered lines, those that have a number."""
    if unwrap not in _NUMBERS:
        return unwrap(new)
    strict = unwrap(new)
    if strict is not None:
        return strict
    lines = new.split("\n")
    found = [_NUMBER.fullmatch(line) for line in lines]
    strips = unwrap is _NUMBERS[0]
    return "\n".join(match[3][strips:] if match else line for line, match in zip(lines, found, strict=True))


def _counts(matches: list[re.Match[str]]) -> bool:
    numbers = [int(match[1]) for match in matches]
    kinds = {match[2].strip(" ") for match in matches}
    rises = all(after > before for before, after in pairwise(numbers))
    return rises and len(kinds) == 1


def _without_entities(text: str) -> str | None:
    if not _ENTITY.search(text):
        return None
    return _ENTITY.sub(lambda match: _ENTITIES.get(match[0], _ENTITIES.get(match[0].lower(), match[0])), text)


def _without_quote_escapes(text: str) -> str | None:
    return _QUOTE.sub(r"\1", text) if _QUOTE.search(text) else None


def _without_doubled_backslashes(text: str) -> str | None:
    return text.replace("\\\\", "\\") if "\\\\" in text else None


def _without_escapes(text: str) -> str | None:
    """As a JSON string is read, once; an escape that JSON does not know stays."""
    if "\\" not in text:
        return None
    return _ESCAPE.sub(lambda match: _meaning(match[0], match[1]), text)


def _meaning(whole: str, escape: str) -> str:
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _MEANING.get(escape, whole)


def _without_line_escapes(text: str) -> str | None:
    """`\\n` for line ends in a text of one line; other escapes stay."""
    if "\\n" not in text or "\n" in text.strip("\n"):
        return None
    return re.sub(r"(?<!\\)\\(n|t)", lambda match: _MEANING[match[1]], text)


def _without_cdata(text: str) -> str | None:
    found = re.fullmatch(r"\s*<!\[CDATA\[\n?(.*)\]\]>\s*", text, re.DOTALL)
    return found[1] if found else None


_NUMBERS = (_unnumbered(keep_blank=False), _unnumbered(keep_blank=True))

_UNWRAPS: tuple[Unwrap, ...] = (
    _unfenced,
    _without_cdata,
    *_NUMBERS,
    _without_entities,
    _without_quote_escapes,
    _without_doubled_backslashes,
    _without_line_escapes,
    _without_escapes,
)
