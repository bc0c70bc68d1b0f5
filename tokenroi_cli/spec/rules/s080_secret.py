"""S080: no secrets."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule

_KEYS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "an API key": re.compile(r"\b(?:sk|rk|pk)[-_](?:[a-z]+[-_])?(?:[a-z]+[0-9]*[-_])?[A-Za-z0-9_-]{20,}"),
    "a Google API key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
}
_ASSIGNED = re.compile(
    r"(?:api[_-]?key|secret|token|passw(?:or)?d|credential)\w*[\"']?\s{0,8}[:=]\s{0,8}[\"']?([A-Za-z0-9+/_=-]{16,})",
    re.IGNORECASE,
)
_MIN_LENGTH = 10
_MIN_ENTROPY = 3.0
"""Bits per character: above it random text, below it words and `xxxx`."""


def check(draft: Draft) -> Iterator[Hit]:
    if not any(pattern.search(draft.spec.source) for pattern in (*_KEYS.values(), _ASSIGNED)):
        return
    for number, line in enumerate(draft.page.lines, start=1):
        if kind := _secret(line):
            yield Hit(number, f"this line holds what looks like {kind}")


def _secret(line: str) -> str | None:
    """What kind of secret a line holds; the secret itself is never repeated."""
    for kind, pattern in _KEYS.items():
        for match in pattern.finditer(line):
            if kind == "a private key" or _looks_random(match[0]):
                return kind
    return "a password or key" if any(_looks_random(match[1]) for match in _ASSIGNED.finditer(line)) else None


def _looks_random(text: str) -> bool:
    """Whether a part between dashes mixes letters and digits without a pattern; never what says EXAMPLE."""
    return "EXAMPLE" not in text.upper() and any(map(_is_random, re.split(r"[-_]", text)))


def _is_random(part: str) -> bool:
    counts = Counter(part).values()
    entropy = -sum(n / len(part) * math.log2(n / len(part)) for n in counts)
    mixed = re.search(r"\d", part) and re.search(r"[A-Za-z]", part)
    return len(part) >= _MIN_LENGTH and mixed is not None and entropy >= _MIN_ENTROPY


RULE = Rule(
    id="S080",
    severity=Severity.ERROR,
    summary="No API key, token, password or private key stands in the spec, code included",
    why="A spec is committed, and sent to a model provider.",
    hint="take it out and revoke it; name the environment variable that holds it",
    fails="a line that assigns a real key to API_KEY",
    passes="the key is read from `ANTHROPIC_API_KEY`",
    check=check,
    waivable=False,
)
