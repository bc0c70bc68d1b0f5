"""How well misquoted edits are understood: cases from true history, one misquotation each.

Usage: python benchmarks/edits.py GIT_DIR... [--cases N] [--seed S] [--only CLASS] [--variants] [--json FILE]
                                  [--show CLASS]

The same seed, repositories and number of cases give the same cases.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from perturbed.classes import MUST_APPLY, MUST_REFUSE, Perturb
from perturbed.drafts import Case
from perturbed.history import Change, pool
from perturbed.judge import FATAL, Outcome, Verdict, judged

CLASSES: dict[str, Perturb] = {**MUST_APPLY, **MUST_REFUSE}
POOL = 3_000
"""Changes that the cases are made of."""
SHOWN = 5
"""Failing cases of --show."""
MEMORY = Path("/dev/shm")
"""Where an fsync costs nothing."""

Tally = dict[str, Counter[Outcome]]


def cases_of(name: str, changes: list[Change], count: int, seed: int) -> Iterator[Case]:
    """Up to `count` cases of a class, one of a change, from a place in the pool that the class decides."""
    start = Random(f"{seed}/{name}").randrange(len(changes))
    made = 0
    for step in range(len(changes) * 3):
        if made == count:
            return
        change = changes[(start + step) % len(changes)]
        case = CLASSES[name](change, Random(f"{seed}/{name}/{step}"))
        if case is not None:
            made += 1
            yield case


def measured(
    changes: list[Change], count: int, seed: int, only: list[str]
) -> Iterator[tuple[str, Verdict, float]]:
    """(class, verdict, seconds) of every case, the classes in their order."""
    names = [name for name in CLASSES if not only or name in only]
    folder = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=folder) as top:
        for name in names:
            for case in cases_of(name, changes, max(1, count // len(names)), seed):
                began = time.perf_counter()
                verdict = judged(case, Path(top).resolve())
                yield name, verdict, time.perf_counter() - began


def line(label: str, outcomes: Counter[Outcome], refusal: bool) -> str:
    total = outcomes.total()
    shares = [100 * outcomes[each] / total if total else 0 for each in (Outcome.RIGHT, Outcome.WRONG)]
    refused = (
        100 * (outcomes[Outcome.RIGHT] if refusal else outcomes[Outcome.REFUSED]) / total if total else 0
    )
    fatal = "  ".join(f"{each} {outcomes[each]}" for each in FATAL if outcomes[each])
    return f"{label:<44} {total:>6} {shares[0]:>7.1f}% {shares[1]:>7.1f}% {refused:>7.1f}%  {fatal}".rstrip()


def table(tally: Tally, variants: dict[str, Tally]) -> Iterator[str]:
    for title, classes in (("must apply", MUST_APPLY), ("must refuse", MUST_REFUSE)):
        refusal = classes is MUST_REFUSE
        yield f"{title:<44} {'cases':>6} {'right':>8} {'wrong':>8} {'refused':>8}"
        for name in classes:
            if name in tally:
                yield line(f"  {name}", tally[name], refusal)
            for variant, outcomes in sorted(variants.get(name, {}).items()):
                yield line(f"    {variant}"[:44], outcomes, refusal)
        yield line("  all", sum((tally[name] for name in classes if name in tally), Counter()), refusal)


def details(name: str, verdict: Verdict) -> Iterator[str]:
    case = verdict.case
    yield f"===== {name} / {case.variant}: {verdict.outcome}: {case.origin}"
    if verdict.said:
        yield f"said: {verdict.said}"
    for edit in case.edits:
        yield f"edit of {edit.path!r}" + (" delete" if edit.delete else "")
        for old, new in edit.hunks:
            yield from (*quoted("old", old), *quoted("new", new))
    expected = case.tree if case.after is None else case.after
    for path in sorted({*expected, *(path.removeprefix("root/") for path in verdict.got)}):
        yield from differing(path, expected.get(path), verdict.got.get(f"root/{path}"))


def quoted(label: str, text: str) -> Iterator[str]:
    yield f"--- {label}"
    yield from (repr(each) for each in text.splitlines(keepends=True))


def differing(path: str, expected: bytes | None, got: bytes | None) -> Iterator[str]:
    """The lines that differ, from the first to the last, and two around them."""
    if expected == got or path == "outside/kept.txt":
        return
    sides = [[] if side is None else side.splitlines(keepends=True) for side in (expected, got)]
    shortest = min(map(len, sides))
    head = next((at for at in range(shortest) if sides[0][at] != sides[1][at]), shortest)
    tail = next(
        (at for at in range(shortest - head) if sides[0][-1 - at] != sides[1][-1 - at]), shortest - head
    )
    for label, side in zip(("expected", "got"), sides, strict=True):
        yield f"--- {label} in {path}, from line {max(0, head - 2) + 1}"
        yield from (repr(each.decode()) for each in side[max(0, head - 2) : len(side) - tail + 2])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("git_dirs", nargs="+", type=Path, metavar="GIT_DIR")
    parser.add_argument("--cases", type=int, default=5_500, help="of all classes together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], choices=[*CLASSES], metavar="CLASS")
    parser.add_argument("--variants", action="store_true", help="a line for each variant of a class")
    parser.add_argument("--json", type=Path, help="write every case that was not right, and the counts")
    parser.add_argument("--show", action="append", default=[], choices=[*CLASSES], metavar="CLASS")
    return parser.parse_args()


def as_json(tally: Tally, failures: Iterable[tuple[str, Verdict]]) -> str:
    failing = [
        {
            "class": name,
            "variant": verdict.case.variant,
            "origin": verdict.case.origin,
            "outcome": verdict.outcome,
            "said": verdict.said,
            "details": list(details(name, verdict)),
        }
        for name, verdict in failures
    ]
    return json.dumps({"classes": tally, "failures": failing}, indent=1, ensure_ascii=False)


def main() -> int:
    asked = arguments()
    changes = pool(asked.git_dirs, POOL, asked.seed)
    if not changes:
        print("no change of a text file in these repositories", file=sys.stderr)
        return 2
    tally: Tally = {}
    variants: dict[str, Tally] = {}
    failures: list[tuple[str, Verdict]] = []
    slowest: tuple[float, str] = (0.0, "")
    for name, verdict, seconds in measured(changes, asked.cases, asked.seed, asked.only):
        tally.setdefault(name, Counter())[verdict.outcome] += 1
        variants.setdefault(name, {}).setdefault(verdict.case.variant, Counter())[verdict.outcome] += 1
        slowest = max(slowest, (seconds, f"{name}, {verdict.case.origin}"))
        if verdict.outcome is not Outcome.RIGHT:
            failures.append((name, verdict))
    print("\n".join(table(tally, variants if asked.variants else {})))
    fatal = [failure for failure in failures if failure[1].outcome in FATAL]
    shown = [failure for name in asked.show for failure in [f for f in failures if f[0] == name][:SHOWN]]
    for name, verdict in [*fatal[:SHOWN], *shown]:
        print("\n".join(details(name, verdict)))
    print(f"slowest case: {slowest[0] * 1000:.0f} ms ({slowest[1]})", file=sys.stderr)
    if asked.json:
        asked.json.write_text(as_json(tally, failures), encoding="utf-8")
    return 1 if fatal else 0


if __name__ == "__main__":
    sys.exit(main())
