"""The block structure of a spec file, so that code is never taken for a heading or a checkbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tokenroi_cli.spec.front_matter import split
from tokenroi_cli.spec.lines import lines_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Kind(StrEnum):
    HEADING = "heading"
    ITEM = "item"
    """The first paragraph of a list item."""
    TEXT = "text"
    """Any other paragraph, headings inside lists and quotes included."""
    CODE = "code"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Block:
    """A leaf of the document: markdown as written, line breaks as `\\n`."""

    kind: Kind
    level: int
    """Of a heading its number of `#`; of an item its depth, 1 for the outermost; else 0."""
    text: str
    line: int
    """1-based line in the file, front matter included."""


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[str, ...]
    """Every line of the file with its line ending; joined they are the file."""
    blocks: tuple[Block, ...]
    references: frozenset[str]
    """Labels of link definitions, normalised as markdown-it does."""


@lru_cache(maxsize=2)
def read_page(source: str) -> Page:
    """The blocks of a spec file. The last two are remembered: parser and linter ask for the same page."""
    head, body = split(source)
    found: dict[str, Any] = {}
    tokens = _block_parser().parse(body.removeprefix("\ufeff"), found)
    blocks = tuple(_blocks(tokens, len(lines_of(head))))
    return Page(lines_of(source), blocks, frozenset(found.get("references", {})))


@lru_cache(maxsize=1)
def _block_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable(["inline", "text_join"])


def _blocks(tokens: Sequence["Token"], offset: int) -> Iterator[Block]:
    """`offset` is the number of lines above the first one that the parser saw."""
    depth = quotes = 0
    for index, token in enumerate(tokens):
        depth += _step(token.type, "list_item")
        quotes += _step(token.type, "blockquote")
        if token.map is None or token.type not in ("inline", "fence", "code_block", "html_block"):
            continue
        kind, level = _place(tokens, index, depth if not quotes else 0)
        yield Block(kind, level, token.content, offset + token.map[0] + 1)


def _step(token_type: str, container: str) -> int:
    return {f"{container}_open": 1, f"{container}_close": -1}.get(token_type, 0)


def _place(tokens: Sequence["Token"], index: int, depth: int) -> tuple[Kind, int]:
    token = tokens[index]
    if token.type == "html_block":
        return Kind.HTML, 0
    if token.type != "inline":
        return Kind.CODE, 0
    parent = tokens[index - 1]
    if parent.type == "heading_open" and parent.level == 0 and parent.markup.startswith("#"):
        return Kind.HEADING, len(parent.markup)
    if depth and parent.type == "paragraph_open" and tokens[index - 2].type == "list_item_open":
        return Kind.ITEM, depth
    return Kind.TEXT, 0
