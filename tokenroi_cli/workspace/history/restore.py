"""Taking changes back: what each path should be again, merged with what others made of it since.

Nothing that somebody else wrote is overwritten: a path that is neither what we left nor mergeable stays.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.atomic import STAGED, replace, stage
from tokenroi_cli.workspace.history.blobs import Blobs
from tokenroi_cli.workspace.history.merge import merge
from tokenroi_cli.workspace.history.states import NOTHING, Change, State, look_at
from tokenroi_cli.workspace.paths import shown
from tokenroi_cli.workspace.places import Place, place


@dataclass(frozen=True, slots=True)
class Left:
    """A path that was not taken back."""

    path: str
    why: str
    kept: Path | None = None
    """Where the content that it would have got is kept; None when there is none."""

    def spoken(self) -> str:
        """One line for a person."""
        kept = f" (the other version: {self.kept})" if self.kept else ""
        return f"{shown(self.path)}: {self.why}{kept}"


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking changes back would do, or did."""

    steps: tuple[Change, ...] = ()
    """From what is there now to what should be there."""
    merged: tuple[str, ...] = ()
    """Paths among them that keep what somebody else made of them since."""
    left: tuple[Left, ...] = ()

    @property
    def restored(self) -> tuple[str, ...]:
        """Files and links that are different now, merged ones aside, sorted."""
        files = {step.path for step in self.steps if step.before.digest or step.after.digest}
        return tuple(sorted(files - {*self.merged}))


class _Clash(Exception):
    """The path cannot be taken back; the words say why."""


def reversal(root: Path, blobs: Blobs, changes: Sequence[Change]) -> Reversal:
    """Plans to take `changes` back, given in the order in which they happened. Touches nothing in the tree.

    What is there now and what should be is kept in `blobs`. OSError when that fails.
    """
    by_path: dict[str, list[Change]] = {}
    for change in changes:
        by_path.setdefault(change.path, []).append(change)
    steps, merged, left = list[Change](), list[str](), list[Left]()
    for path, done in sorted(by_path.items()):
        try:
            now = blobs.keep(root, path)
            target, is_merged = _goal(blobs, now, done)
            blobs.text(target)
        except _Clash as clash:
            left.append(Left(path, str(clash), _kept(blobs, done[0].before)))
        except TokenroiError as damaged:
            left.append(Left(path, damaged.what))
        except OSError as error:
            left.append(Left(path, _why(error), _kept(blobs, done[0].before)))
        else:
            if now != target:
                steps.append(Change(path, now, target))
                merged += [path] * is_merged
    return Reversal((*_missing_folders(root, steps), *steps), tuple(merged), tuple(left))


def _missing_folders(root: Path, steps: Sequence[Change]) -> tuple[Change, ...]:
    """Folders that are gone since, and without which a file cannot come back."""
    planned = {step.path for step in steps}
    files = (step.path for step in steps if not step.after.is_nothing)
    needed = {folder for path in files for folder in _folders(path)} - planned
    gone = (folder for folder in sorted(needed) if not os.path.lexists(root / folder))
    return tuple(Change(folder, NOTHING, State(None, stat.S_IFDIR | 0o755)) for folder in gone)


def _folders(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))


def carried_out(root: Path, blobs: Blobs, plan: Reversal) -> Reversal:
    """Does it, each path at once or not at all; what really happened.

    A path that has changed since the planning, or that the system refuses, is left.
    """
    doing = _Doing(root, blobs)
    ordered = sorted(plan.steps, key=lambda step: step.path.count("/"))
    deepest = ordered[::-1]
    doing.each(deepest, lambda step: bool(step.before.digest) and not step.after.digest, doing.remove)
    doing.each(deepest, lambda step: step.before.is_folder and not step.after.is_folder, doing.remove_folder)
    doing.each(ordered, lambda step: step.after.is_folder, doing.make_folder)
    doing.each(ordered, lambda step: bool(step.after.digest), doing.put)
    doing.each(deepest, lambda step: step.after.is_folder, doing.set_mode)
    undone = doing.in_use | doing.failed.keys()
    done = tuple(step for step in plan.steps if step.path not in undone)
    merged = tuple(path for path in plan.merged if path not in doing.failed)
    failed = (Left(path, why, _kept(blobs, step.after)) for path, (why, step) in doing.failed.items())
    return Reversal(done, merged, tuple(sorted((*plan.left, *failed), key=lambda one: one.path)))


def _goal(blobs: Blobs, now: State, done: Sequence[Change]) -> tuple[State, bool]:
    """What a path should be, and whether that is a merge."""
    target, is_merged = now, False
    for change in reversed(done):
        if target == change.after:
            target = change.before
        elif target != change.before:
            target, is_merged = _merge(blobs, target, change), True
    return target, is_merged


def _merge(blobs: Blobs, now: State, change: Change) -> State:
    base, theirs = change.after, change.before
    if base.is_folder or theirs.is_folder:
        return _merge_folder(now, change)
    if now.is_nothing:
        raise _Clash("it was deleted since")
    if not (base.is_file and theirs.is_file and now.is_file):
        raise _Clash("it was changed since")
    mode = theirs.mode if now.mode == base.mode else now.mode
    if now.digest == base.digest:
        return State(theirs.digest, mode)
    data = merge(blobs.text(base), blobs.text(now), blobs.text(theirs))
    if data is None:
        raise _Clash("it was changed since, in the same lines")
    return State(blobs.put(data), mode)


def _merge_folder(now: State, change: Change) -> State:
    """A folder that we made goes if it can, whatever its permissions; one that is gone stays gone."""
    if now.is_folder and change.after.is_folder:
        return change.before if change.before.is_nothing else now
    if now.is_nothing:
        return now
    raise _Clash("it was changed since")


def _kept(blobs: Blobs, state: State) -> Path | None:
    return None if state.digest is None else blobs.path(state.digest)


@dataclass(slots=True)
class _Doing:
    root: Path
    blobs: Blobs
    failed: dict[str, tuple[str, Change]] = field(default_factory=dict)
    in_use: set[str] = field(default_factory=set)

    def each(
        self,
        steps: Iterable[Change],
        concerns: Callable[[Change], bool],
        do: Callable[[Place, Change], None],
    ) -> None:
        for step in steps:
            if not concerns(step) or step.path in self.failed:
                continue
            try:
                with place(self.root, step.path) as found:
                    do(found, step)
            except (OSError, TokenroiError) as error:
                self.failed[step.path] = (_why(error), step)

    def remove(self, found: Place, step: Change) -> None:
        _check(found, step)
        os.unlink(found.name, dir_fd=found.folder)

    def remove_folder(self, found: Place, step: Change) -> None:
        try:
            os.rmdir(found.name, dir_fd=found.folder)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY or not step.after.is_nothing:
                raise
            self.in_use.add(step.path)  # by somebody else's file, which is no failure of ours

    def make_folder(self, found: Place, step: Change) -> None:
        """Writable for now: what was in it comes first."""
        if step.before.is_folder:
            os.chmod(found.name, stat.S_IMODE(step.before.mode) | stat.S_IRWXU, dir_fd=found.folder)
        else:
            os.mkdir(found.name, stat.S_IRWXU, dir_fd=found.folder)

    def set_mode(self, found: Place, step: Change) -> None:
        os.chmod(found.name, stat.S_IMODE(step.after.mode), dir_fd=found.folder)

    def put(self, found: Place, step: Change) -> None:
        """By a rename, so that whoever looks sees the old file or the new one."""
        data = self.blobs.text(step.after)
        with ExitStack() as undo:
            if step.after.is_link:
                staged = _staged_link(found, data, undo)
            else:
                staged = stage(found, data, undo, mode=stat.S_IRUSR | stat.S_IWUSR)
                os.chmod(staged.name, stat.S_IMODE(step.after.mode), dir_fd=staged.folder)
            if not step.before.is_folder:
                _check(found, step)
            replace(staged, found)
            os.fsync(found.folder)
            undo.pop_all()


def _staged_link(found: Place, target: bytes, undo: ExitStack) -> Place:
    temp = found.beside(f"{STAGED}{os.getpid()}-{secrets.token_hex(4)}")
    os.symlink(target, os.fsencode(temp.name), dir_fd=temp.folder)
    undo.callback(os.unlink, temp.name, dir_fd=temp.folder)
    return temp


def _why(error: OSError | TokenroiError) -> str:
    return error.what if isinstance(error, TokenroiError) else (error.strerror or str(error)).lower()


def _check(found: Place, step: Change) -> None:
    if look_at(found) != step.before:
        raise OSError(0, "it was changed just now")
