"""What a reader sees as words: code spans, link targets and comments do not count."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

CODE = "\ufffc"
"""Stands in prose for each code span: one token, and no word."""

_TICKS = re.compile("`+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)")
_REFERENCE = re.compile(r"!?\[([^\[\]]+)\](?:\[([^\[\]]*)\])?")


@dataclass(frozen=True, slots=True)
class CodeSpan:
    start: int
    """Offset of the first backtick."""
    end: int
    """Offset after the last backtick."""
    code: str


def code_spans(text: str) -> Iterator[CodeSpan]:
    """Code spans by CommonMark's rule: a run of backticks closes at the next run of the same length."""
    runs = list(_TICKS.finditer(text))
    closing = _next_of_same_length(runs)
    index = 0
    while index < len(runs):
        closes = closing[index]
        if closes is None or _is_escaped(text, runs[index].start()):
            index += 1
            continue
        yield CodeSpan(
            runs[index].start(), runs[closes].end(), _code(text[runs[index].end() : runs[closes].start()])
        )
        index = closes + 1


def prose(text: str, references: Set[str] = frozenset()) -> str:
    """`text` as words: each code span is CODE, a link is its text, comments are gone. Line breaks stay.

    `references` are the labels of the link definitions in the file, upper-cased as markdown-it keeps them.
    """
    words = _COMMENT.sub(lambda comment: _breaks(comment[0]), without_code(text))
    words = _AUTOLINK.sub("", words)
    words = _LINK.sub(r"\1", words)
    return _REFERENCE.sub(lambda link: _link_text(link, references), words) if references else words


def without_code(text: str) -> str:
    """`text` with CODE in place of each code span. Line breaks stay."""
    if "`" not in text:
        return text
    pieces, done = [], 0
    for span in code_spans(text):
        pieces += [text[done : span.start], CODE, _breaks(text[span.start : span.end])]
        done = span.end
    return "".join([*pieces, text[done:]])


def without_comments(text: str) -> str:
    return _COMMENT.sub("", text) if "<!--" in text else text


def comments(text: str) -> tuple[str, ...]:
    """The HTML comments that a reader would not see."""
    return tuple(_COMMENT.findall(without_code(text))) if "<!--" in text else ()


def _next_of_same_length(runs: list[re.Match[str]]) -> list[int | None]:
    """For each run the index of the next one as long as it; one pass, so hostile text costs no more."""
    following: list[int | None] = [None] * len(runs)
    seen: dict[int, int] = {}
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index][0])
        following[index] = seen.get(length)
        seen[length] = index
    return following


def _is_escaped(text: str, start: int) -> bool:
    slashes = 0
    while slashes < start and text[start - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _code(inner: str) -> str:
    code = inner.replace("\n", " ")
    if len(code) > 2 and code[0] == code[-1] == " " and code.strip():
        return code[1:-1]
    return code


def _breaks(text: str) -> str:
    return "\n" * text.count("\n")


def _link_text(link: re.Match[str], references: Set[str]) -> str:
    label = " ".join((link[2] or link[1]).split()).upper()
    return link[1] if label in references else link[0]
