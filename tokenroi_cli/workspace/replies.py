"""Edits out of the prose of a model without tools: SEARCH/REPLACE blocks, and whole new files in fences."""

from bisect import bisect_right
from collections.abc import Sequence

from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.reply_blocks import Marks, ReplyRefused
from tokenroi_cli.workspace.reply_fences import Told, claims, may_go_on, shows_whole, within_block
from tokenroi_cli.workspace.reply_marks import THOUGHT, THOUGHT_END, Fence, Marker, thought_end
from tokenroi_cli.workspace.reply_paths import (
    ITEM,
    Named,
    element_path,
    info_path,
    is_end_tag,
    is_tag_line,
    mentioned,
    path_line,
)
from tokenroi_cli.workspace.reply_pieces import Claim, Piece, joined

__all__ = ["ReplyRefused", "parse_reply"]


def parse_reply(text: str) -> list[FileEdit]:
    """The edits that a reply asks for, one per path, in the order the paths are first edited; [] if none.

    A file in a fence of its own is one to create, unless the reply has blocks for it: then it only shows.
    What the model thought in <think> tags is passed over. Raises ReplyRefused if any block is cut off,
    unpaired, without a path, or can be read in two ways, and if a fence beside other edits may be one of
    them, too. Commands, output and snippets that name no file are passed over. Paths are not looked up.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return joined(_Reader(lines).pieces())


class _Reader:
    """One pass over the lines of a reply, which remembers the path that was named last."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.marks = Marks(lines)
        self.end_tags = [number for number, line in enumerate(lines) if is_end_tag(line)]
        self.thought = thought_end(lines)
        """Unless it stands in a block or a fence, all up to this line was thoughts, of whatever form."""
        self.refusal: ReplyRefused | None = None
        """The first one. It holds unless it turns out to be of thoughts."""
        self.found: list[Piece] = []
        self.above: Named | None = None
        """Named directly above: nothing but blank lines and fences stand between."""
        self.inherited: str | None = None
        """For a block that has no path above it."""
        self.is_fresh = False
        """`inherited` was named after the last block, as a heading is."""
        self.is_listed = False
        """The last line of text was an item: with further ones it is a list, which names no file for all."""
        self.said: list[str] = []
        """The lines of text since the last block or fence."""
        self.fence: Fence | None = None
        """The open one around blocks."""
        self.is_divided = False
        """A divider stood outside of any block since the last one."""

    def pieces(self) -> list[Piece]:
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
        end = self._element(line)
        if end is None:
            self._prose(self.lines[line])
        return end or line + 1

    def _element(self, line: int) -> int | None:
        """A file as prompts show it, in tags and with neither fence nor markers, is none of our forms."""
        path = element_path(self.lines[line])
        index = bisect_right(self.end_tags, line)
        if path is None or index == len(self.end_tags):
            return None
        end = self.end_tags[index]
        if self.marks.holds_markers(line, end) or self.marks.holds_fences(line, end):
            return None
        text = "\n".join(self.lines[line + 1 : end])
        self.found.append(Piece(path, "", text, line, end + 1, Claim.UNCLEAR))
        return end + 1

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
        is_edited = any(piece.claim is not Claim.UNCLEAR for piece in self.found)
        if is_edited or self.marks.holds_markers(line, len(self.lines)):
            raise ReplyRefused(line, "thoughts that never end", end=len(self.lines))
        return len(self.lines)

    def _prose(self, line: str) -> None:
        text = line.lstrip(" \t>").rstrip()
        if not text or is_tag_line(text):
            return
        self.said.append(text)
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
        said = mentioned(text)
        if not said:
            return
        spoken_of = {self._in_full(path) for path in said}
        others = spoken_of - {self.inherited}
        is_title = text.startswith("#")
        leads = is_title or text.strip("*_").endswith(":")
        if len(spoken_of) == 1 and leads and (is_title or not (self.is_fresh and others)):
            # After a block the short path may as well be another file; whoever finds the file will know.
            [path] = spoken_of if self.is_fresh or len(said) > 1 else said
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
        self.said = []

    def _block(self, opener: Marker) -> int:
        block = self.marks.block(opener, self.fence)
        path = self._path_outside(opener)
        inner = None if path or opener.rest else within_block(block)
        if inner is not None:
            path, block = inner
        if path is None:
            raise ReplyRefused(opener.line, "a block without a path", end=block.end + 1)
        self.found.append(Piece(path, block.old, block.new, opener.line, block.end + 1))
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
        if self.above is not None and shows_whole(fence.info, self.above):
            return self._created(fence, close, self.above.path, Claim.FILE)
        end = len(self.lines) if close is None else close
        if not self.marks.holds_markers(fence.line, end):
            told, text = self._told(), self.marks.text(fence, end)
            for path, claim in claims(fence.info, text, told):
                if claim is Claim.SPOKEN:
                    return self._created(fence, close, path, claim)
                self.found.append(Piece(path, "", text, fence.line, end + 1, claim))
        if close is None or self.marks.holds_markers(fence.line, close):
            self.fence = fence
            return fence.line + 1
        # Some models put the path of the next block in a fence of its own.
        inside = [line for line in self.lines[fence.line + 1 : close] if line.strip()][:2]
        self.above = path_line(inside[0].strip()) if len(inside) == 1 else None
        return close + 1

    def _told(self) -> Told:
        """What stands above, which the next fence has not to itself any more."""
        told = Told(self.said, self.above, self.inherited if self.is_fresh else None)
        self.said = []
        return told

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

    def _created(self, fence: Fence, close: int | None, path: str, claim: Claim) -> int:
        if close is None:
            why = f"{path} is cut off: its fence is not closed"
            raise ReplyRefused(fence.line, why, end=len(self.lines))
        if self.marks.holds_markers(fence.line, close):
            why = f"{path} holds markers, and may be the file or blocks for it"
            raise ReplyRefused(fence.line, why, end=close + 1)
        if may_go_on(self.marks, fence, close, path):
            raise ReplyRefused(close, f"a fence that may end {path} or stand in it", end=close + 1)
        text = self.marks.text(fence, close)
        self.found.append(Piece(path, "", text, fence.line, close + 1, claim))
        self._leave(None)
        return close + 1
