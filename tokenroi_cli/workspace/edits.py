"""Changes to files as a model asks for them: all applied exactly as meant, or none and no byte written."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.atomic import Write, write_all
from tokenroi_cli.workspace.content import LIMIT, FileRefused, is_binary, read_bytes
from tokenroi_cli.workspace.diff import line_counts
from tokenroi_cli.workspace.journal import Journal
from tokenroi_cli.workspace.matching import Place, line_of, nearest, places, spelled
from tokenroi_cli.workspace.paths import PathRefused, confined, shown


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What to do to one file: replace stretches of it, or create it, or delete it."""

    path: str
    hunks: tuple[tuple[str, str], ...] = ()
    """(old text, new text): the old text as it stands in the file, exactly once."""
    create: str | None = None
    """The whole text of a new file."""
    delete: bool = False


@dataclass(frozen=True, slots=True)
class ChangedFile:
    path: str
    """Of the real file, relative to the root."""
    added: int
    """Lines."""
    removed: int
    """Lines."""
    created: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class EditReport:
    """The files whose bytes are different now, in the order asked."""

    changed: tuple[ChangedFile, ...]


class EditRefused(TokenroiError):
    """Nothing was written. `what` names the file and the reason; `hint` may quote its lines, numbered."""

    reason = "edit_refused"

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}; nothing was written", hint)


def apply_edits(root: Path, edits: Sequence[FileEdit], *, journal: Journal | None = None) -> EditReport:
    """Applies all of the edits below `root`, or raises EditRefused with the tree untouched.

    Edits of which none changes a byte are refused, too: whoever asked for them believes otherwise.
    All hunks of a file are matched against its text as it was read; its line ends, byte order mark, last line
    end and mode are kept. `journal` gets each file's pre-image before the first byte is written.
    """
    top = Path(os.path.realpath(root))
    try:
        writes = [_write(top, path, asked) for path, asked in _by_file(top, edits).items()]
    except (PathRefused, FileRefused) as error:
        raise EditRefused(error.what, error.hint) from error
    changing = [write for write in writes if write.before != write.after]
    if writes and not changing:
        names = ", ".join(shown(str(write.path.relative_to(top))) for write in writes)
        raise EditRefused(f"{names}: no change: the new text is what stands there")
    _carry_out(changing, journal)
    return EditReport(tuple(_changed(write, top) for write in changing))


def _by_file(root: Path, edits: Sequence[FileEdit]) -> dict[Path, list[FileEdit]]:
    """The edits of each real file, however its path was spelled."""
    grouped: dict[Path, list[FileEdit]] = {}
    for edit in edits:
        path = confined(root, edit.path)
        if edit.delete and (root / edit.path).is_symlink():
            raise EditRefused(f"{shown(edit.path)}: a link, not deleted as a file")
        grouped.setdefault(path, []).append(edit)
    return grouped


def _write(root: Path, path: Path, asked: list[FileEdit]) -> Write:
    name = shown(str(path.relative_to(root)))
    kinds = [_kind(edit, name) for edit in asked]
    if len(asked) > 1 and set(kinds) != {"change"}:
        raise EditRefused(f"{name}: asked for more than one thing at once", "change, create or delete a file")
    if kinds[0] == "create":
        return _creation(path, name, _printable(asked[0].create or "", name))
    before = read_bytes(path, name)
    _check_ours(path, name)
    if kinds[0] == "delete":
        return Write(path, before, None)
    text = _text(before, name)
    hunks = [(old, _printable(new, name)) for edit in asked for old, new in edit.hunks]
    after = _encoded(_replaced(text, hunks, name), name)
    return Write(path, before, _sized(after, name))


def _kind(edit: FileEdit, name: str) -> str:
    kinds = {"change": bool(edit.hunks), "create": edit.create is not None, "delete": edit.delete}
    asked = [kind for kind, is_asked in kinds.items() if is_asked]
    if len(asked) != 1:
        raise EditRefused(
            f"{name}: asked for {' and '.join(asked) or 'nothing'}", "change, create or delete a file"
        )
    return asked[0]


def _creation(path: Path, name: str, text: str) -> Write:
    if os.path.lexists(path):
        raise EditRefused(f"{name}: already exists", "to change it, quote what is to be replaced")
    blocked = next((folder for folder in path.parents if folder.exists() and not folder.is_dir()), None)
    if blocked is not None:
        raise EditRefused(f"{name}: {blocked.name} is a file, not a folder")
    return Write(path, None, _sized(_encoded(text, name), name))


def _check_ours(path: Path, name: str) -> None:
    """Refuses what a replaced file would silently take from others."""
    status = path.stat()
    if status.st_nlink > 1:
        raise EditRefused(f"{name}: has {status.st_nlink} hard links, and only one of them would change")
    if not status.st_mode & stat.S_IWUSR:
        raise EditRefused(f"{name}: is read-only", "make it writable first, if it is meant to change")


def _text(data: bytes, name: str) -> str:
    if is_binary(data):
        raise EditRefused(f"{name}: binary")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EditRefused(f"{name}: not UTF-8 (line {line}), not edited as text") from error


def _printable(new: str, name: str) -> str:
    """A NUL would make a binary file of it, which no tool of ours could read again."""
    if "\0" in new:
        raise EditRefused(f"{name}: the new text holds a NUL")
    return new


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EditRefused(f"{name}: the new text holds half a character (a lone surrogate)") from error


def _sized(data: bytes, name: str) -> bytes:
    if len(data) > LIMIT:
        raise EditRefused(f"{name}: would be too large ({len(data):,} bytes; the limit is {LIMIT:,})")
    return data


def _replaced(text: str, hunks: list[tuple[str, str]], name: str) -> str:
    """`text` with every hunk replaced, each at the one place where its old text stands."""
    found = [
        (_only_place(text, old, f"{name}, hunk {number}"), new) for number, (old, new) in enumerate(hunks, 1)
    ]
    found.sort(key=lambda pair: pair[0].start)
    parts = []
    end = 0
    for place, new in found:
        if place.start < end:
            raise EditRefused(
                f"{name}: two hunks overlap at line {line_of(text, place.start)}", "join them into one"
            )
        parts += [text[end : place.start], spelled(new, text[place.start : place.end], text)]
        end = place.end
    return "".join([*parts, text[end:]])


def _only_place(text: str, old: str, name: str) -> Place:
    if not old:
        raise EditRefused(f"{name}: the old text is empty", "quote the lines that are to be replaced")
    found = places(text, old)
    if not found:
        lines = nearest(text, old)
        raise EditRefused(
            f"{name}: the old text is not in the file", f"nearest lines:\n{lines}" if lines else "it is empty"
        )
    if len(found) > 1:
        lines = ", ".join(str(line_of(text, place.start)) for place in found[:10])
        what = f"{name}: the old text stands at {len(found)} places (lines {lines})"
        raise EditRefused(what, "quote more lines around the one that is meant")
    return found[0]


def _carry_out(writes: list[Write], journal: Journal | None) -> None:
    try:
        if journal is not None:
            for write in writes:
                journal.keep(write.path)
        write_all(writes)
        if journal is not None:
            for write in writes:
                journal.wrote(write.path)
    except OSError as error:
        torn = [shown(write.path.name) for write in writes if _now(write.path) != write.before]
        reason = f"{error.strerror or error}"
        if torn:
            what = f"writing failed ({reason}), and could not be undone in: {', '.join(torn)}"
            raise TokenroiError(what, "their former content is in the journal", reason="edit_torn") from error
        raise EditRefused(f"{shown(Path(error.filename or '?').name)}: {reason}") from error


def _now(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _changed(write: Write, root: Path) -> ChangedFile:
    added, removed = line_counts(write.before or b"", write.after or b"")
    path = str(write.path.relative_to(root))
    return ChangedFile(path, added, removed, write.before is None, write.after is None)
