"""What the journal costs: a snapshot of a tree, an edit with it and without it.

`python benchmarks/journal.py [FILES]`: a tree of FILES (5,000) files of 0.5 to 8 KB in folders of 20. Prints
the CPU of the first snapshot, of the next ones, of one by a new process, and of a command between two; then
what recording adds to an edit of a file of 1,000 lines, in CPU and in calls of fsync.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenroi_cli.workspace.edits import FileEdit, apply_edits
from tokenroi_cli.workspace.journal import Journal, Journals

FOLDER = 20
EDITS = 200
IGNORED = "*.pyc\nbuild/\ndist/\n*.egg-info/\n.env\n/out\nnode_modules/\n*.log\n!keep.log\ndocs/_build/\n"


def main(files: int) -> None:
    with tempfile.TemporaryDirectory() as base:
        root = Path(base, "tree")
        grow(root, files)
        folder = Path(base, "journal")
        journals = Journals(folder, root)
        print(f"{files:,} files, CPU in ms")
        print(f"  first snapshot           {cpu(journals.snapshots.take):8.1f}")
        print(f"  next                     {best(journals.snapshots.take):8.1f}")
        print(f"  next, by a new process   {cpu(Journals(folder, root).snapshots.take):8.1f}")
        journal = journals.begin()
        print(f"  command that does nothing{best(lambda: command(journal)):8.1f}")
        plain, plain_syncs = edits(root, None)
        kept, kept_syncs = edits(root, journals.begin())
        print(f"  edit without a journal   {plain:8.1f}, {plain_syncs:.0f} fsync")
        print(f"  edit with one            {kept:8.1f}, {kept_syncs:.0f} fsync")


def grow(root: Path, files: int) -> None:
    """A tree whose files are old enough for their times to be trusted."""
    rng = random.Random(1)
    for number in range(files):
        path = root / f"pkg{number // FOLDER % 25}/mod{number // FOLDER}/file{number % FOLDER}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rng.randbytes(rng.randint(500, 8_000)))
    (root / ".gitignore").write_text(IGNORED)
    (root / "edited.txt").write_text("".join(f"line {number}\n" for number in range(1_000)))
    time.sleep(2.1)


def command(journal: Journal) -> None:
    with journal.command("true"):
        pass


def edits(root: Path, journal: Journal | None) -> tuple[float, float]:
    """CPU in ms and calls of fsync per edit of a file of 1,000 lines."""
    syncs = 0
    plain = os.fsync

    def counted(fd: Any) -> None:
        nonlocal syncs
        syncs += 1
        plain(fd)

    os.fsync = counted
    try:
        started = time.process_time()
        for number in range(EDITS):
            old, new = (("line 500", "LINE 500"), ("LINE 500", "line 500"))[number % 2]
            apply_edits(root, [FileEdit("edited.txt", ((f"{old}\n", f"{new}\n"),))], journal=journal)
        return (time.process_time() - started) * 1_000 / EDITS, syncs / EDITS
    finally:
        os.fsync = plain


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of CPU."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1_000


def best(work: Callable[[], object]) -> float:
    return min(cpu(work) for _ in range(5))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
