"""Nothing in the repository points at one machine, one registry or somebody's workplace."""

import re

import pytest

from tests.house.source import ROOT, tracked
from tests.real_home import real_homes

# Each pattern is written so that it does not match its own source line.
FORBIDDEN = {
    "a registry": r"(pypi|pythonhosted|npmjs|debian)[.](org|com)\b|(registry|index-url|find-links) *[=:]? *\"?https?://",
    "a registry's page": r"https?://[^ \"')]*/(simple|packages)/",
    "a local wheel": r"\bfile:/{2}/",
    "a path of one machine": r"(?<![\w.~}])/(work|root|tmp/v|opt/wheels)(?![\w.-])",
    "a page of the workplace": r"\bshared/[A-Z]{3,}[.]md|[.]library/",
    "a tool of the workplace": r"\bbefore-[s]top\b|\bissues (show|resolve|list)\b",
}

BINARY = (".png", ".gif", ".db", ".whl", ".gz")


def texts() -> list[tuple[str, str]]:
    return [
        (name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
        for name in tracked()
        if not name.endswith(BINARY)
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    hits = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
        for name, text in texts()
        for match in pattern.finditer(text)
    ]
    assert hits == []


def test_no_file_names_this_checkout_or_this_home() -> None:
    here = [str(path) for path in (ROOT, *real_homes()) if len(path.parts) > 2]
    assert [(name, path) for name, text in texts() for path in here if path in text] == []


def test_nothing_generated_is_part_of_a_commit() -> None:
    generated = re.compile(
        r"(^|/)(\.venv|__pycache__|dist|build|\.hypothesis|[^/]*\.egg-info)/|\.pyc$|uv\.lock$"
    )
    assert [name for name in tracked() if generated.search(name)] == []


def test_nothing_runs_at_every_start_of_python() -> None:
    assert [name for name in tracked() if name.endswith((".pth", "sitecustomize.py"))] == []
