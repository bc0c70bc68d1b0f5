"""Quoted text without what was put around it: a fence, line numbers, escapes of HTML or of JSON."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from tokenroi_cli.workspace.matching.hunk import Reading

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})([^`]*)")
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
_ESCAPED = re.compile(r'(?:[^\\"]|\\[\\"])*')
_QUOTE = re.compile(r"\\([\"'`$<>&#*_\[\]{}])")

Unwrap = Callable[[str], str | None]
"""The text without a wrapping; None when it has none."""


def unwrapped(old: str, new: str) -> Iterator[Reading]:
    """Readings of a hunk whose old text is wrapped, the likeliest first."""
    found: dict[str, list[str]] = {old: [new]}
    numbered: set[str] = set()
    pending: list[tuple[str, int]] = [(old, 0)]
    while pending:
        wrapped, depth = pending.pop(0)
        for unwrap in _UNWRAPS:
            bare = unwrap(wrapped)
            if bare is None or not bare.strip() or bare == wrapped:
                continue
            if bare not in found and depth == 0:
                pending.append((bare, 1))
            if unwrap in _NUMBERS or wrapped in numbered:
                numbered.add(bare)
            known = found.setdefault(bare, [])
            first = _also(unwrap, wrapped, (found[wrapped] or [new])[0])
            known += [each for each in (first,) if each is not None and each not in known]
    for bare, news in found.items():
        if bare != old:
            yield Reading(bare, (*news, *([] if new in news else [new])), bare in numbered)


def _unfenced(text: str) -> str | None:
    """The lines between a fence and the one that closes it, if the first of them is the first line."""
    body = _between_fences(text)
    is_open = False
    for line in (body or "").split("\n"):
        fence = _FENCE.fullmatch(line.rstrip("\r"))
        if fence and fence[1][:3] in text.strip()[:3]:
            if not is_open and not fence[2].strip():
                return None
            is_open = not is_open or bool(fence[2].strip())
    return None if is_open else body


def _between_fences(text: str) -> str | None:
    lines = text.strip("\n").split("\n")
    opened = _FENCE.fullmatch(lines[0].rstrip("\r"))
    if not opened or len(lines) < 2 or lines[-1].strip() != opened[1]:
        return None
    return "".join(f"{line}\n" for line in lines[1:-1])


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


def _also(unwrap: Unwrap, old: str, new: str) -> str | None:
    """The new text without the wrapping of the old one; of numbered lines, those that have a number."""
    if unwrap is _unfenced:
        return _between_fences(new)
    if unwrap is _without_quote_escapes:
        signs = {*_QUOTE.findall(old)}
        return _QUOTE.sub(lambda match: match[1] if match[1] in signs else match[0], new)
    if unwrap not in _NUMBERS:
        return unwrap(new)
    kinds = {_kind(match) for line in old.split("\n") if (match := _NUMBER.fullmatch(line))}
    lines = new.split("\n")
    found = [
        match if (match := _NUMBER.fullmatch(line)) and _kind(match) in kinds else None for line in lines
    ]
    strips = unwrap is _NUMBERS[0]
    return "\n".join(
        match[3].removeprefix(" " if strips else "") if match else line
        for line, match in zip(lines, found, strict=True)
    )


def _kind(match: re.Match[str]) -> str:
    return match[2].strip(" ")


def _counts(matches: list[re.Match[str]]) -> bool:
    numbers = [int(match[1]) for match in matches]
    kinds = {_kind(match) for match in matches}
    rises = all(after > before for before, after in pairwise(numbers))
    return rises and len(kinds) == 1


def _without_entities(text: str) -> str | None:
    if not _ENTITY.search(text):
        return None
    return _ENTITY.sub(lambda match: _ENTITIES.get(match[0], _ENTITIES.get(match[0].lower(), match[0])), text)


def _without_json_escapes(text: str) -> str | None:
    """A text that is one string of JSON, on one line."""
    line = text.rstrip("\n")
    if "\\" not in line or "\n" in line:
        return None
    try:
        return str(json.loads(f'"{line}"')) + text[len(line) :]
    except ValueError:
        return None


def _without_string_escapes(text: str) -> str | None:
    """Quotes and backslashes, if each of them is escaped."""
    if not _ESCAPED.fullmatch(text) or "\\" not in text:
        return None
    return re.sub(r"\\([\\\"])", r"\1", text)


def _without_escaped_quotes(text: str) -> str | None:
    return text.replace('\\"', '"') if '\\"' in text else None


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
    _without_json_escapes,
    _without_string_escapes,
    _without_escaped_quotes,
    _without_quote_escapes,
    _without_doubled_backslashes,
    _without_line_escapes,
    _without_escapes,
)
