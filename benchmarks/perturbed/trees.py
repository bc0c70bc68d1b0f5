"""Right quotations in an unusual order or number, of files named loosely, and whole files made or deleted."""

from pathlib import PurePosixPath
from random import Random

from perturbed.drafts import Case, Draft, Tree, joined, must_apply, origin, quote
from perturbed.history import Change
from tokenroi_cli.workspace.edits import FileEdit

NEIGHBOUR: Tree = {"elsewhere/neighbour.txt": b"none of your business\n"}
"""Stands in the tree and must be left alone."""


def _pathed(change: Change, rng: Random, variant: str, path: str) -> Case | None:
    draft = quote(change, rng)
    if draft is None or draft.before == draft.after or path == change.path:
        return None
    # The name of a folder is a right path of something else.
    if change.path.startswith(f"{path}/"):
        return None
    tree, after = {**NEIGHBOUR, change.path: draft.before}, {**NEIGHBOUR, change.path: draft.after}
    return Case(origin(draft), variant, tree, (FileEdit(path, draft.texts),), after)


def prefixed_path(change: Change, rng: Random) -> Case | None:
    if change.path.split("/")[0] in ("a", "b"):
        return None
    prefix = rng.choice(("a/", "b/"))
    return _pathed(change, rng, prefix, prefix + change.path)


def other_case(change: Change, rng: Random) -> Case | None:
    path = PurePosixPath(change.path)
    variant = rng.choice(("upper", "lower", "name"))
    told = {
        "upper": change.path.upper(),
        "lower": change.path.lower(),
        "name": str(path.with_name(path.name.swapcase())),
    }[variant]
    return _pathed(change, rng, variant, told)


def missing_folders(change: Change, rng: Random) -> Case | None:
    parts = change.path.split("/")
    if len(parts) < 2:
        return None
    dropped = rng.randint(1, len(parts) - 1)
    return _pathed(
        change, rng, "bare name" if dropped == len(parts) - 1 else "a part", "/".join(parts[dropped:])
    )


def out_of_order(change: Change, rng: Random) -> Case | None:
    draft = quote(change, rng, hunks=(2, 4))
    if draft is None:
        return None
    texts = list(draft.texts)
    rng.shuffle(texts)
    if tuple(texts) == draft.texts:
        texts.reverse()
    made = must_apply(draft, "shuffled", draft.texts)
    return None if made is None else _asked(made, (FileEdit(draft.path, tuple(texts)),))


def _asked(case: Case, edits: tuple[FileEdit, ...]) -> Case:
    return Case(case.origin, case.variant, case.tree, edits, case.after)


def many_hunks(change: Change, rng: Random) -> Case | None:
    """In one FileEdit, or each in one of its own."""
    draft = quote(change, rng, hunks=(3, max(3, min(12, len(change.regions)))))
    made = None if draft is None else must_apply(draft, "one edit", draft.texts)
    if draft is None or made is None or rng.random() < 0.6:
        return made
    edits = tuple(FileEdit(draft.path, (hunk,)) for hunk in draft.texts)
    return Case(made.origin, "an edit each", made.tree, edits, made.after)


def quoted_files(change: Change, rng: Random) -> list[Draft]:
    """Right quotations of this change and of its mates, as far as they can be quoted."""
    drafts = [quote(each, rng) for each in (change, *change.mates)]
    return [draft for draft in drafts if draft is not None and draft.before != draft.after]


def many_files(change: Change, rng: Random) -> Case | None:
    drafts = quoted_files(change, rng)
    if len(drafts) < 2 or drafts[0].path != change.path:
        return None
    tree: Tree = {draft.path: draft.before for draft in drafts}
    after: Tree = {draft.path: draft.after for draft in drafts}
    edits = [FileEdit(draft.path, draft.texts) for draft in drafts]
    variant = rng.choice(("changed", "one created", "one deleted"))
    if variant == "one created":
        after["added/new.txt"] = b"new\n"
        edits.insert(rng.randint(0, len(edits)), FileEdit("added/new.txt", create="new\n"))
    elif variant == "one deleted":
        tree |= NEIGHBOUR
        edits.insert(rng.randint(0, len(edits)), FileEdit(next(iter(NEIGHBOUR)), delete=True))
    return Case(origin(drafts[0]), variant, tree, tuple(edits), after)


def create(change: Change, rng: Random) -> Case | None:
    variant = rng.choice(("as in history", "new folder"))
    path = change.path if variant == "as in history" else f"made/{rng.randint(0, 99)}/{change.path}"
    text = joined(change.after)
    after = {**NEIGHBOUR, path: text.encode()}
    return Case(_whole(change), variant, dict(NEIGHBOUR), (FileEdit(path, create=text),), after)


def delete(change: Change, _: Random) -> Case | None:
    tree = {**NEIGHBOUR, change.path: joined(change.before).encode()}
    edits = (FileEdit(change.path, delete=True),)
    return Case(_whole(change), "delete", tree, edits, dict(NEIGHBOUR))


def _whole(change: Change) -> str:
    return f"{change.repository}:{change.path}"
