"""A spec that every rule passes, and the means to break it in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.spec import Finding
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import parse
from tokenroi_cli.spec.render import fill

SPEC = """\
---
tokenroi: 1
id: 2026-11-22-retry-fetch
base: 3cbc393
files: {src/fetch.py: sha256:ab, src/core/loader.py: sha256:cd}
planned_by: anthropic/claude-opus-5-5
cap_usd: "0.50"
estimate_usd: {mid: ["0.08", "0.31"], premium: ["0.40", "1.60"]}
feature: fetching
---
# Task: Add retry to fetch()

## Goal

`fetch()` tries three times before it raises `FetchError`.

## Context

The mirror drops one connection in fifty; see [the log](docs/log.md) and list[int] in `types.py`.

## Files to Modify

- `src/fetch.py` — retries with a delay, because the mirror drops connections
- `src/core/loader.py` — passes `attempts` on

## Files to Create

- `tests/test_retry.py` — one test for each way to fail

## Detailed Spec

`fetch(url: str, attempts: int = 3) -> bytes` raises `FetchError` after the last attempt.

```python
# TODO stays in code, etc.
values[some index]
```

## Validation

- [ ] `pytest -q tests/test_retry.py` passes
- [ ] `ruff check src` exits 0
- [ ] The delays are 1 s and 2 s
"""


@dataclass(frozen=True, slots=True)
class Files:
    """A tree of two files to modify and whatever a test adds."""

    also: Sequence[str] = ()
    ignored: Sequence[str] = ()
    missing: Sequence[str] = ()

    def exists(self, path: str) -> bool:
        return path in self.paths()

    def is_ignored(self, path: str) -> bool:
        return path in self.ignored

    def paths(self) -> tuple[str, ...]:
        present = ("src/fetch.py", "src/core/loader.py", *self.also)
        return tuple(path for path in present if path not in self.missing)


def with_section(title: str, body: str) -> str:
    """The spec with another body in one section."""
    return fill(SPEC, "Add retry to fetch()", {title: body})


def findings(text: str, tree: Files | None = None) -> tuple[Finding, ...]:
    """What the linter says of `text` in a tree where the good spec passes."""
    return lint(parse(text, "specs/001-retry.md"), tree or Files())


def rules(text: str, tree: Files | None = None) -> list[str]:
    return [finding.rule for finding in findings(text, tree)]


def line_of(text: str, part: str) -> int:
    """The 1-based line in which `part` begins."""
    return text[: text.index(part)].count("\n") + 1
