"""Edits of what no edit may touch: outside of the tree, git's own, binary, there already, or one of two."""

from pathlib import PurePosixPath
from random import Random

from perturbed.drafts import Case, Tree, joined, must_refuse, origin, quote
from perturbed.history import Change
from tokenroi_cli.workspace.edits import FileEdit

OUTSIDE = "<top>/outside"
"""The judge puts a folder with a file `kept.txt` there, beside the root."""
_OUT: dict[str, str] = {
    "parent folder": "../outside/kept.txt",
    "parent folder, new file": "../outside/new.txt",
    "parent folder from within": "src/../../outside/kept.txt",
    "absolute": f"{OUTSIDE}/kept.txt",
    "link to a folder": "linked/kept.txt",
    "link to a folder, new file": "linked/new.txt",
    "link to a file": "linked.txt",
}
_GIT: dict[str, str] = {
    ".git": ".git/config",
    ".GIT": ".GIT/config",
    ".Git below": "sub/.Git/hooks/post-checkout",
    "ZWNJ": ".g\u200cit/config",
    "ZWNJ at the end": ".git\u200c/config",
    "ZWJ": ".gi\u200dt/config",
    "word joiner": "\u2060.git/config",
    "BOM": ".git\ufeff/hooks/pre-commit",
    "left-to-right mark": ".\u200egit/config",
    "dot at the end": ".git./config",
    "blank at the end": ".git /config",
    "short name": "GIT~1/config",
    "dotted i": ".g\u0131t/../.git/config",
    "dot folder": "./.git/config",
    "file of a worktree": ".git",
}


def out_of_tree(change: Change, rng: Random) -> Case | None:
    variant = rng.choice(sorted(_OUT))
    links = {"linked": OUTSIDE, "linked.txt": f"{OUTSIDE}/kept.txt"}
    tree: Tree = {"src/main.txt": joined(change.before).encode()}
    return _led_astray(change, rng, variant, _OUT[variant], tree, links, "kept\n")


def into_git(change: Change, rng: Random) -> Case | None:
    variant = rng.choice(sorted(_GIT))
    tree: Tree = {".git/config": b"kept\n", "src/main.txt": joined(change.before).encode()}
    return _led_astray(change, rng, variant, _GIT[variant], tree, {}, "kept\n")


def _led_astray(
    change: Change, rng: Random, variant: str, path: str, tree: Tree, links: dict[str, str], there: str
) -> Case:
    is_new = path.endswith("new.txt") or (path != ".git/config" and "git" in path.casefold())
    edit = FileEdit(path, create="taken\n") if is_new else _any_of(path, there, rng)
    return Case(f"{change.repository}:{path!r}", variant, tree, (edit,), None, links)


def _any_of(path: str, there: str, rng: Random) -> FileEdit:
    return FileEdit(path, delete=True) if rng.random() < 0.3 else FileEdit(path, ((there, "taken\n"),))


def bare_name_twice(change: Change, rng: Random) -> Case | None:
    """Two files of that name, neither in the root; the old text stands in both or in one of them."""
    draft = quote(change, rng)
    if draft is None:
        return None
    name = PurePosixPath(change.path).name
    variant = rng.choice(("same text", "other text"))
    other = draft.before if variant == "same text" else b"something else\n"
    tree = {f"one/{name}": draft.before, f"two/deeper/{name}": other}
    return Case(origin(draft), variant, tree, (FileEdit(name, draft.texts),), None)


def binary(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng)
    if draft is None:
        return None
    free = [at for at in range(len(draft.lines)) if not any(h.start <= at < h.end for h in draft.hunks)]
    if not free:
        return None
    at = rng.choice(free)
    early = len(joined(draft.lines[: at + 1]).encode()) < 8_000
    made = draft.relined({at: draft.lines[at] + "\0"})
    return must_refuse(made, "NUL early" if early else "NUL after 8,000 bytes", draft.texts)


def create_over(change: Change, rng: Random) -> Case | None:
    text = joined(change.after) if rng.random() < 0.8 else ""
    tree = {change.path: joined(change.before).encode()}
    edit = FileEdit(change.path, create=text)
    return Case(f"{change.repository}:{change.path}", "text" if text else "empty", tree, (edit,), None)
