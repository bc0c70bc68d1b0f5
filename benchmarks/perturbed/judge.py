"""Applies the edits of a case in a tree of its own and compares every byte of that tree afterwards."""

import os
import shutil
import traceback
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from perturbed.drafts import Case
from tokenroi_cli.workspace.edits import EditRefused, FileEdit, apply_edits


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    """Applied, and the tree is not what it should be; or applied at all, where it had to be refused."""
    REFUSED = "refused"
    PARTIAL = "PARTIAL"
    """Refused, and yet the tree is another."""
    CRASH = "CRASH"


FATAL = (Outcome.PARTIAL, Outcome.CRASH)


@dataclass(frozen=True, slots=True)
class Verdict:
    case: Case
    outcome: Outcome
    said: str
    """The refusal, or where it crashed."""
    got: dict[str, bytes]
    """The tree afterwards."""


def judged(case: Case, top: Path) -> Verdict:
    """`top` is an empty folder of the judge's own, emptied again afterwards."""
    root = top / "root"
    _lay_out(case, top)
    try:
        return _judged(case, root, top)
    finally:
        for left in top.iterdir():
            shutil.rmtree(left)


def _lay_out(case: Case, top: Path) -> None:
    files = {f"root/{path}": content for path, content in case.tree.items()}
    for name, content in {**files, "outside/kept.txt": b"kept\n"}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (top / "root").mkdir(exist_ok=True)
    for name, target in case.links.items():
        (top / "root" / name).symlink_to(target.replace("<top>", str(top)))


def _judged(case: Case, root: Path, top: Path) -> Verdict:
    untouched = _seen(top)
    expected = untouched
    if case.after is not None:
        kept = {name: content for name, content in untouched.items() if not name.startswith("root/")}
        expected = kept | {f"root/{path}": content for path, content in case.after.items()}
    refusable = case.after is None
    said, refused = _applied(case, root, top)
    if case.again and not refused and said == "" and _seen(top) == expected:
        untouched, refusable = expected, True
        said, refused = _applied(case, root, top)
    got = _seen(top)
    if said and not refused:
        return Verdict(case, Outcome.CRASH, said, got)
    if refused and got != untouched:
        return Verdict(case, Outcome.PARTIAL, said, got)
    if refused:
        return Verdict(case, Outcome.RIGHT if refusable else Outcome.REFUSED, said, got)
    is_right = not refusable and not case.again and got == expected
    return Verdict(case, Outcome.RIGHT if is_right else Outcome.WRONG, said, got)


def _applied(case: Case, root: Path, top: Path) -> tuple[str, bool]:
    """(what was said, whether it was a refusal); nothing is said where the edits were applied."""
    edits: list[FileEdit] = [replace(e, path=e.path.replace("<top>", str(top))) for e in case.edits]
    try:
        apply_edits(root, edits)
    except EditRefused as refusal:
        return f"{refusal.what} [{refusal.hint}]", True
    except Exception:  # noqa: BLE001 - whatever else it raises is what this looks for
        return traceback.format_exc(), False
    return "", False


def _seen(top: Path) -> dict[str, bytes]:
    """Every file below `top` with its content, every link with where it leads."""
    seen: dict[str, bytes] = {}
    for folder, folders, files in os.walk(top):
        for name in [*folders, *files]:
            path = Path(folder, name)
            if path.is_symlink():
                seen[str(path.relative_to(top))] = b"-> " + str(path.readlink()).encode()
            elif path.is_file():
                seen[str(path.relative_to(top))] = path.read_bytes()
    return seen
