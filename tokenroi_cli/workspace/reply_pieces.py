"""What was found in a reply, put together file by file: all of it makes edits, or the reply is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from tokenroi_cli.workspace.edits import FileEdit
from tokenroi_cli.workspace.reply_blocks import ReplyRefused


class Claim(Enum):
    """How sure it is that a piece is to be applied."""

    BLOCK = auto()
    """It has markers."""
    FILE = auto()
    """A fence right below its path is the whole file."""
    SPOKEN = auto()
    """A fence that a comment or a sentence names, and words call new."""
    UNCLEAR = auto()
    """A fence that may be a file, or only show something of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    path: str
    old: str
    new: str
    first: int
    """The line it begins on."""
    end: int
    """The line after it."""
    claim: Claim = Claim.BLOCK


def joined(pieces: Sequence[Piece]) -> list[FileEdit]:
    """One edit per path, in the order in which the paths are first edited.

    A fence of a file that has blocks only shows it. Raises ReplyRefused for pieces that contradict each
    other, and for an unclear one beside others that would be applied: half a reply never is.
    """
    changed = {piece.path for piece in pieces if piece.claim is Claim.BLOCK}
    sure = [
        piece
        for piece in pieces
        if piece.claim is Claim.BLOCK or (piece.claim is Claim.FILE and piece.path not in changed)
    ]
    for piece in _of(Claim.SPOKEN, pieces):
        same = _same(piece, sure)
        if same is None or same.claim is not Claim.BLOCK:
            sure.append(replace(piece, path=same.path) if same else piece)
    for piece in _of(Claim.UNCLEAR, pieces) if sure else ():
        if _same(piece, sure) is None:
            why = f"what may be {piece.path}, or only show something of it"
            raise ReplyRefused(piece.first, why, end=piece.end)
    grouped: dict[str, list[Piece]] = {}
    for piece in sorted(sure, key=lambda piece: piece.first):
        grouped.setdefault(piece.path, []).append(piece)
    return [_edit(path, group) for path, group in grouped.items()]


def _of(claim: Claim, pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.claim is claim]


def _same(piece: Piece, others: Sequence[Piece]) -> Piece | None:
    """The first of the others that is of the same file; comments and sentences shorten paths."""
    path, end = piece.path, f"/{piece.path}"
    for other in others:
        if other.path == path or other.path.endswith(end) or path.endswith(f"/{other.path}"):
            return other
    return None


def _edit(path: str, pieces: Sequence[Piece]) -> FileEdit:
    # A blank line is no quote of anything: models put one where nothing is to be searched.
    created = [piece for piece in pieces if piece.claim is not Claim.BLOCK or not piece.old.strip()]
    if not created:
        return FileEdit(path, hunks=tuple((piece.old, piece.new) for piece in pieces))
    if len(created) < len(pieces):
        raise ReplyRefused(created[0].first, f"{path} is both created and changed", end=created[0].end)
    if len({piece.new for piece in created}) > 1:
        raise ReplyRefused(created[1].first, f"{path} is created twice, and not the same", end=created[1].end)
    return FileEdit(path, create=created[0].new)
