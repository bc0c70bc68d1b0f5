"""Edits out of the prose of a model without tools: SEARCH/REPLACE blocks, and whole new files in fences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.reply_blocks import (
    THOUGHT,
    THOUGHT_END,
    Block,
    Fence,
    Marker,
    Marks,
    ReplyRefused,
    thought_end,
)
from tokenroi_cli.workspace.reply_paths import ITEM, Named, info_path, mentioned, path_line, suffix_of

__all__ = ["ReplyRefused", "parse_reply"]

_SHELL = re.compile("bash|sh|shell|zsh|fish|console|terminal|shell-session|powershell|pwsh|ps1|cmd|bat|batch")
_SHELL_SUFFIX = re.compile("bash|sh|zsh|fish|ps1|cmd|bat|env|service")

_TAG_LINE = re.compile(r"</?\w+>|<!\[CDATA\[|\]\]>(?:</\w+>)?")
_INNER = re.compile(
    r"\s*(?P<kind>#|//|--|;|<!--|/\*|(?i:path|file|filename)[:=])\s*(?P<path>\S+)\s*(?:-->|\*/)?\s*"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    path: str
    old: str
    new: str
    first: int
    """The line it begins on."""
    end: int
    """The line after it."""
    is_whole: bool = False
    """A fenced file, without markers."""


def parse_reply(text: str) -> list[FileEdit]:
    """The edits that a reply asks for, one per path, in the order the paths are first edited; [] if none.

    A file in a fence of its own is one to create, unless the reply has blocks for it: then it only shows.
    What the model thought in <think> tags is passed over. Raises ReplyRefused if any block is cut off,
    unpaired, without a path, or can be read in two ways. Paths are not looked up.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return _edits(_Reader(lines).pieces())


def _edits(pieces: Sequence[_Piece]) -> list[FileEdit]:
    with_blocks = {piece.path for piece in pieces if not piece.is_whole}
    grouped: dict[str, list[_Piece]] = {}
    for piece in pieces:
        if not (piece.is_whole and piece.path in with_blocks):
            grouped.setdefault(piece.path, []).append(piece)
    return [_edit(path, group) for path, group in grouped.items()]


def _edit(path: str, pieces: Sequence[_Piece]) -> FileEdit:
    # A blank line is no quote of anything: models put one where nothing is to be searched.
    created = [piece for piece in pieces if piece.is_whole or not piece.old.strip()]
    if not created:
        return FileEdit(path, hunks=tuple((piece.old, piece.new) for piece in pieces))
    if len(created) < len(pieces):
        raise ReplyRefused(created[0].first, f"{path} is both created and changed", end=created[0].end)
    if len({piece.new for piece in created}) > 1:
        raise ReplyRefused(created[1].first, f"{path} is created twice, and not the same", end=created[1].end)
    return FileEdit(path, create=created[0].new)


class _Reader:
    """One pass over the lines of a reply, which remembers the path that was named last."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.marks = Marks(lines)
        self.thought = thought_end(lines)
        """Unless it stands in a block or a fence, all up to this line was thoughts, of whatever form."""
        self.refusal: ReplyRefused | None = None
        """The first one. It holds unless it turns out to be of thoughts."""
        self.found: list[_Piece] = []
        self.above: Named | None = None
        """Named directly above: nothing but blank lines and fences stand between."""
        self.inherited: str | None = None
        """For a block that has no path above it."""
        self.is_fresh = False
        """`inherited` was named after the last block, as a heading is."""
        self.is_listed = False
        """The last line of text was an item: with further ones it is a list, which names no file for all."""
        self.fence: Fence | None = None
        """The open one around blocks."""
        self.is_divided = False
        """A divider stood outside of any block since the last one."""

    def pieces(self) -> list[_Piece]:
        line = 0
        while line < len(self.lines):
            try:
                line = self._step(line)
            except ReplyRefused as refusal:
                self.refusal, line = self.refusal or refusal, refusal.end
        if self.refusal is not None:
            raise self.refusal
        return self.found

    def _step(self, line: int) -> int:
        """Reads what begins on the line; the line after it."""
        if line == self.thought:
            self._leave(None)
            self.found, self.fence, self.refusal = [], None, None
            self._prose(THOUGHT_END.split(self.lines[line], maxsplit=1)[-1])
            return line + 1
        opener = self.marks.opener(line)
        if opener is not None:
            return self._block(opener)
        fence = self.marks.fences.get(line)
        if fence is not None:
            return self._fence(fence)
        marker = self.marks.markers.get(line)
        if marker is not None:
            self._check_paired(marker)
        thought = THOUGHT.match(self.lines[line])
        if thought is not None:
            return self._thought(line, f"</{thought[1].lower()}>")
        self._prose(self.lines[line])
        return line + 1

    def _check_paired(self, marker: Marker) -> None:
        """A row of = underlines a heading, a row of > quotes; together, or with a word, they are markers."""
        self.is_divided = self.is_divided or marker.sign == "="
        if marker.plain and marker.sign == ">" and (marker.word or self.is_divided):
            raise ReplyRefused(marker.line, "a closing marker without a block", end=marker.line + 1)

    def _thought(self, line: int, tag: str) -> int:
        for end in range(line, len(self.lines)):
            if tag in self.lines[end].lower():
                self._prose(self.lines[end][self.lines[end].lower().index(tag) + len(tag) :])
                return end + 1
        if self.found or self.marks.holds_markers(line, len(self.lines)):
            raise ReplyRefused(line, "thoughts that never end", end=len(self.lines))
        return len(self.lines)

    def _prose(self, line: str) -> None:
        text = line.lstrip(" \t>").rstrip()
        if not text or _TAG_LINE.fullmatch(text):
            return
        is_item = ITEM.match(text) is not None
        self.above = path_line(text)
        if self.above is None:
            self._sentence(text)
        elif is_item and self.is_listed:
            self.inherited, self.is_fresh = None, False
        else:
            self.inherited, self.is_fresh = self.above.path, True
        self.is_listed = is_item

    def _sentence(self, text: str) -> None:
        """A title or a lead-in that names one file names it for the block below; any other raises doubts."""
        spoken_of = {self._in_full(path) for path in mentioned(text)}
        if not spoken_of:
            return
        others = spoken_of - {self.inherited}
        is_title = text.startswith("#")
        leads = is_title or text.strip("*_").endswith(":")
        if len(spoken_of) == 1 and leads and (is_title or not (self.is_fresh and others)):
            [path] = spoken_of
            self.above = Named(path, is_file=False)
            self.inherited, self.is_fresh = path, True
        elif others and (leads or not self.is_fresh):
            self.inherited, self.is_fresh = None, False

    def _in_full(self, path: str) -> str:
        """The path inherited, if `path` is its end: sentences shorten."""
        is_end = self.inherited is not None and self.inherited.endswith(f"/{path}")
        return self.inherited if is_end and self.inherited else path

    def _leave(self, inherited: str | None) -> None:
        self.above, self.inherited = None, inherited
        self.is_fresh = self.is_listed = self.is_divided = False

    def _block(self, opener: Marker) -> int:
        block = self.marks.block(opener, self.fence)
        path = self._path_outside(opener)
        inner = None if path or opener.rest else _inner(block)
        if inner is not None:
            path, block = inner
        if path is None:
            raise ReplyRefused(opener.line, "a block without a path", end=block.end + 1)
        self.found.append(_Piece(path, block.old, block.new, opener.line, block.end + 1))
        # Where paths stand inside of the blocks, a block without one is not known to go on with the last.
        self._leave(None if inner else path)
        return block.end + 1

    def _path_outside(self, opener: Marker) -> str | None:
        if opener.rest and not opener.rest.startswith("("):
            named = path_line(opener.rest)
            return named.path if named else None
        return self.above.path if self.above else self.inherited

    def _fence(self, fence: Fence) -> int:
        if self.fence is not None and not self.above and fence.ends(self.fence):
            self.fence = None
            return fence.line + 1
        named = info_path(fence.info)
        if named is not None:
            self.above, self.inherited, self.is_fresh = named, named.path, True
        block = self._block_below(fence)
        if block is not None:
            self.fence = fence
            return block
        close = self.marks.closing(fence)
        if self.above is not None and _shows_whole(fence.info, self.above):
            return self._created(fence, close, self.above.path)
        if close is None or self.marks.holds_markers(fence.line, close):
            self.fence = fence
            return fence.line + 1
        # Some models put the path of the next block in a fence of its own.
        inside = [line for line in self.lines[fence.line + 1 : close] if line.strip()][:2]
        self.above = path_line(inside[0].strip()) if len(inside) == 1 else None
        return close + 1

    def _block_below(self, fence: Fence) -> int | None:
        """The line of a block that follows the fence at once, or after a line that can only be its path."""
        first = self.marks.next_text(fence.line + 1)
        if first >= len(self.lines) or self.marks.opener(first) is not None:
            return first if first < len(self.lines) else None
        named = path_line(self.lines[first].strip(), is_whole=True)
        second = self.marks.next_text(first + 1)
        if named is None or self.marks.opener(second) is None:
            return None
        self.above = named
        return second

    def _created(self, fence: Fence, close: int | None, path: str) -> int:
        if close is None:
            why = f"{path} is cut off: its fence is not closed"
            raise ReplyRefused(fence.line, why, end=len(self.lines))
        if self.marks.holds_markers(fence.line, close):
            why = f"{path} holds markers, and may be the file or blocks for it"
            raise ReplyRefused(fence.line, why, end=close + 1)
        if self._may_go_on(fence, close, path):
            raise ReplyRefused(close, f"a fence that may end {path} or stand in it", end=close + 1)
        text = self.marks.text(fence, close)
        self.found.append(_Piece(path, "", text, fence.line, close + 1, is_whole=True))
        self._leave(None)
        return close + 1

    def _may_go_on(self, fence: Fence, close: int, path: str) -> bool:
        """Whether the fence that closes the file could as well open one within it, which the next one closes.

        After a blank line, or with a lead-in or a path above it, the next one opens a fence of its own.
        """
        after = self.marks.next_like(fence, close)
        if after is None or after.info or not self.lines[close + 1].strip():
            return False
        texts = (self.lines[line].strip() for line in range(after.line - 1, close, -1))
        last = next(filter(None, texts), "")
        is_markdown = path.lower().endswith((".md", ".mdx", ".markdown", ".rst", ".txt"))
        return not last.endswith(":") and (is_markdown or path_line(last) is None)


def _shows_whole(info: str, named: Named) -> bool:
    """Whether a fence below the path is the file: commands to type and patches are shown in fences, too."""
    language = re.split(r"[\s:{]", info.lower(), maxsplit=1)[0]
    suffix = suffix_of(named.path)
    if _SHELL.fullmatch(language) and suffix and not _SHELL_SUFFIX.fullmatch(suffix):
        return False
    return named.is_file and (language not in ("diff", "patch") or suffix in ("diff", "patch"))


def _inner(block: Block) -> tuple[str, Block] | None:
    """The path that the first line of a block gives when nothing else does.

    Code is never taken for it: a comment stays where it is, and a label is left out only where lines that
    must stand in the file follow it.
    """
    first, _, rest = (block.old or block.new).partition("\n")
    match = _INNER.fullmatch(first)
    named = path_line(match["path"]) if match else None
    if match is None or named is None or not named.is_file:
        return None
    is_in_both = block.new.startswith(f"{first}\n")
    if match["kind"][-1] not in ":=":
        return (named.path, block) if is_in_both else None
    if not block.old or not rest.strip():
        return None
    return named.path, Block(rest, block.new.removeprefix(f"{first}\n"), block.end)
