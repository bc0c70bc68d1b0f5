"""Changes to files as a model asks for them: all applied exactly as meant, or none and no byte written."""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.atomic import Torn, Write, write_all
from tokenroi_cli.workspace.content import LIMIT, FileRefused, read_bytes
from tokenroi_cli.workspace.diff import line_counts
from tokenroi_cli.workspace.journal import Journal, JournalFailed
from tokenroi_cli.workspace.matching.hunk import Match, Text, Unmatched
from tokenroi_cli.workspace.matching.ladder import match
from tokenroi_cli.workspace.matching.nearest import line_of, nearest
from tokenroi_cli.workspace.naming import existing_path, new_path
from tokenroi_cli.workspace.paths import PathRefused, confined, shown

_CANDIDATES = 20
"""Places that a refusal names."""


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
    before: bytes | None = field(default=None, repr=False, compare=False)
    after: bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EditReport:
    """The files whose bytes are different now, in the order asked."""

    changed: tuple[ChangedFile, ...]


class EditRefused(TokenroiError):
    """Nothing was written. `what` names the file and the reason; `hint` may quote its lines, numbered."""

    reason = "edit_refused"
    path: Path | None = None
    """The real path of the file at fault, where one is."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}; nothing was written", hint)


def apply_edits(
    root: Path,
    edits: Sequence[FileEdit],
    *,
    journal: Journal | None = None,
    consent: Callable[[str], bool] = lambda _question: False,
) -> EditReport:
    """Applies all of the edits below `root`, or raises EditRefused with the tree untouched.

    Edits of which none changes a byte are refused, too: whoever asked for them believes otherwise.
    All hunks of a file are matched against its text as it was read; its line ends, byte order mark, last line
    end and mode are kept. `journal` gets each file's pre-image before the first byte is written. `consent` is
    asked, in words, about a file that its owner may not mean to be changed: several hard links, read-only.
    """
    top = Path(os.path.realpath(root))
    try:
        writes = [_write(top, path, asked) for path, asked in _by_file(top, edits).items()]
        changing = [write for write in writes if write.before != write.after]
        _check_ours(top, changing, consent)
    except (PathRefused, FileRefused) as error:
        raise EditRefused(error.what, error.hint) from error
    except OSError as error:
        raise EditRefused(_reason(error)) from error
    if writes and not changing:
        names = ", ".join(shown(str(write.path.relative_to(top))) for write in writes)
        raise EditRefused(f"{names}: no change: the new text is what stands there")
    _carry_out(top, changing, journal)
    return EditReport(tuple(_changed(write, top) for write in changing))


def _by_file(root: Path, edits: Sequence[FileEdit]) -> dict[Path, list[FileEdit]]:
    """The edits of each real file, however its path was spelled."""
    grouped: dict[Path, list[FileEdit]] = {}
    for edit in edits:
        named = located(root, edit)
        path = confined(root, named)
        if edit.delete and (root / named).is_symlink():
            raise EditRefused(f"{shown(named)}: a link, not deleted as a file")
        grouped.setdefault(path, []).append(edit)
    return grouped


def located(root: Path, edit: FileEdit) -> str:
    """The path that an edit means, relative to `root`. Raises PathRefused."""
    return existing_path(root, edit.path) if edit.create is None else new_path(root, edit.path)


def _write(root: Path, path: Path, asked: list[FileEdit]) -> Write:
    try:
        return _planned(root, path, asked)
    except EditRefused as refusal:
        refusal.path = path
        raise


def _planned(root: Path, path: Path, asked: list[FileEdit]) -> Write:
    name = shown(str(path.relative_to(root)))
    kinds = [_kind(edit, name) for edit in asked]
    if len(asked) > 1 and set(kinds) != {"change"}:
        raise EditRefused(f"{name}: asked for more than one thing at once", "change, create or delete a file")
    if kinds[0] == "create":
        return _creation(path, name, _storable(asked[0].create or "", name))
    before = read_bytes(path, name)
    if kinds[0] == "delete":
        return Write(path, before, None)
    text = _text(before, name)
    hunks = [(old, _storable(new, name)) for edit in asked for old, new in edit.hunks]
    after = _replaced(text, hunks, name).encode("utf-8", "surrogateescape")
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
    return Write(path, None, _sized(text.encode("utf-8"), name))


def _check_ours(root: Path, writes: Sequence[Write], consent: Callable[[str], bool]) -> None:
    """Refuses what a replaced file would silently take from others, unless the user says so."""
    for write in writes:
        if write.before is None:
            continue
        name = shown(str(write.path.relative_to(root)))
        status = write.path.stat()
        if status.st_nlink > 1:
            why = f"{name}: has {status.st_nlink} hard links, and only one of them would change"
            if not consent(f"{why}. Change it?"):
                raise EditRefused(why, "the user has to allow it, or to make it a file of its own")
        if not status.st_mode & stat.S_IWUSR:
            why = f"{name}: is read-only"
            if not consent(f"{why}. Change it all the same?"):
                raise EditRefused(why, "the user has to allow it, or to make it writable first")


def _text(data: bytes, name: str) -> str:
    """Bytes that are no UTF-8 are kept as they are, each as half a character, which no new text may hold.

    A NUL anywhere is refused: what shows as text at its start may go on as anything.
    """
    if b"\0" in data:
        raise EditRefused(f"{name}: binary")
    return data.decode("utf-8", "surrogateescape")


def _storable(new: str, name: str) -> str:
    """A NUL would make a binary file of it, which no tool of ours could read again."""
    if "\0" in new:
        raise EditRefused(f"{name}: the new text holds a NUL")
    try:
        new.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EditRefused(f"{name}: the new text holds half a character (a lone surrogate)") from error
    return new


def _sized(data: bytes, name: str) -> bytes:
    if len(data) > LIMIT:
        raise EditRefused(f"{name}: would be too large ({len(data):,} bytes; the limit is {LIMIT:,})")
    return data


def _replaced(text: str, hunks: list[tuple[str, str]], name: str) -> str:
    """`text` with every hunk replaced, each at the one place where its old text stands."""
    file = Text(text)
    found = [_match(file, hunk, f"{name}, hunk {number}") for number, hunk in enumerate(hunks, 1)]
    found.sort(key=lambda match: match.place.start)
    parts = []
    end = 0
    for one in found:
        if one.place.start < end:
            line = line_of(text, one.place.start)
            raise EditRefused(f"{name}: two hunks overlap at line {line}", "join them into one")
        parts += [text[end : one.place.start], one.text]
        end = one.place.end
    return "".join([*parts, text[end:]])


def _match(file: Text, hunk: tuple[str, str], name: str) -> Match:
    old, new = hunk
    if not old.strip():
        raise EditRefused(
            f"{name}: the old text is {'blank' if old else 'empty'}",
            "quote the lines that are to be replaced",
        )
    try:
        found = match(file, old, new)
    except Unmatched as none:
        raise _unmatched(file.text, old, name, none) from none
    touched = file.text[file.text.rfind("\n", 0, found.place.start) + 1 : found.place.end]
    touched += file.text[found.place.end :].partition("\n")[0]
    if not all(half.isascii() for half in (touched, found.text)) and not _is_utf8(file.text):
        line = line_of(file.text, found.place.start)
        raise EditRefused(f"{name}: not UTF-8 (line {line}); only its ASCII lines are edited as text")
    return found


def _is_utf8(text: str) -> bool:
    return not any("\udc80" <= sign <= "\udcff" for sign in text)


def _unmatched(text: str, old: str, name: str, why: Unmatched) -> EditRefused:
    """The refusal, with every place that was a candidate, or with the lines that come nearest."""
    if why.places:
        found = dict.fromkeys(line_of(text, place.start) for place in why.places[:_CANDIDATES])
        lines = ", ".join(map(str, found)) + (", ..." if len(why.places) > _CANDIDATES else "")
        return EditRefused(f"{name}: {why.what} (line{'s' * (len(found) > 1)} {lines})", why.hint)
    lines = nearest(text, old)
    near = f"nearest lines:\n{lines}" if lines else "it is empty"
    return EditRefused(f"{name}: {why.what}", "\n".join(filter(None, (why.hint, near))))


def _carry_out(root: Path, writes: list[Write], journal: Journal | None) -> None:
    try:
        if journal is None:
            write_all(root, writes)
        else:
            journal.carry_out(writes)
    except Torn as torn:
        names = ", ".join(shown(path.name) for path in torn.paths)
        what = f"writing failed ({torn.__cause__}), and could not be undone in: {names}"
        raise TokenroiError(what, "their former content is in the journal", reason="edit_torn") from torn
    except (OSError, JournalFailed) as error:
        raise EditRefused(_reason(error), error.hint if isinstance(error, JournalFailed) else "") from error


def _reason(error: OSError | JournalFailed) -> str:
    if isinstance(error, JournalFailed):
        return error.what
    return f"{shown(Path(error.filename or '?').name)}: {error.strerror or error}"


def _changed(write: Write, root: Path) -> ChangedFile:
    added, removed = line_counts(write.before or b"", write.after or b"")
    path = str(write.path.relative_to(root))
    created, deleted = write.before is None, write.after is None
    return ChangedFile(path, added, removed, created, deleted, write.before, write.after)
