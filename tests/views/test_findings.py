"""What the linter found, for a person and for a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenroi_cli.domain.spec import Finding, Severity
from tokenroi_cli.views.findings import check_object, check_text


@dataclass(frozen=True)
class File:
    path: str
    findings: tuple[Finding, ...] = ()
    skipped: str | None = None


@dataclass(frozen=True)
class Report:
    files: Sequence[File]
    errors: int
    warnings: int


ERROR = Finding("S010", Severity.ERROR, 3, "the Goal is empty", "say what must hold")
REPORT = Report(
    (File("specs/1.md", (ERROR,)), File("specs/2.md"), File("specs/note.md", skipped="no spec")), 1, 0
)


def test_a_line_says_where_and_what_and_the_next_one_what_to_do() -> None:
    assert check_text(REPORT) == (
        "specs/1.md:3: error S010 the Goal is empty\n"
        "  say what must hold\n"
        "specs/note.md: skipped: no spec\n"
        "2 specs, 1 error, 0 warnings"
    )


def test_json() -> None:
    finding = {
        "rule": "S010",
        "severity": "error",
        "line": 3,
        "message": "the Goal is empty",
        "hint": "say what must hold",
    }
    assert check_object(REPORT) == {
        "files": [
            {"path": "specs/1.md", "findings": [finding], "skipped": None},
            {"path": "specs/2.md", "findings": [], "skipped": None},
            {"path": "specs/note.md", "findings": [], "skipped": "no spec"},
        ],
        "errors": 1,
        "warnings": 0,
    }


def test_a_file_name_cannot_command_the_terminal() -> None:
    assert "\x1b" not in check_text(Report((File("a\x1b[2J.md", (ERROR,)),), 1, 0))
