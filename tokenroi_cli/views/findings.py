"""What the linter found: lines that editors and terminals can jump to, or the JSON object of DESIGN 4."""

from collections.abc import Sequence
from typing import Protocol

from tokenroi_cli.domain.spec import Finding
from tokenroi_cli.views.counts import counted
from tokenroi_cli.views.safe import line


class CheckedFile(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def skipped(self) -> str | None: ...


class CheckReport(Protocol):
    """The linter's verdict on some files; `app` has the value."""

    @property
    def files(self) -> Sequence[CheckedFile]: ...
    @property
    def errors(self) -> int: ...
    @property
    def warnings(self) -> int: ...


def check_text(report: CheckReport) -> str:
    """`path:line: severity RULE message`, its hint below it, and the count."""
    rows = [row for file in report.files for row in _file(file)]
    looked = [file for file in report.files if file.skipped is None]
    sums = (len(looked), "spec"), (report.errors, "error"), (report.warnings, "warning")
    return "\n".join([*rows, ", ".join(counted(count, noun) for count, noun in sums)])


def _file(file: CheckedFile) -> list[str]:
    path = line(file.path)
    if file.skipped is not None:
        return [f"{path}: skipped: {line(file.skipped)}"]
    rows = list[str]()
    for finding in file.findings:
        rows.append(f"{path}:{finding.line}: {finding.severity} {finding.rule} {line(finding.message)}")
        if finding.hint:
            rows.append(f"  {line(finding.hint)}")
    return rows


def check_object(report: CheckReport) -> dict[str, object]:
    """What `check --format json` prints."""
    files = [_file_object(file) for file in report.files]
    return {"files": files, "errors": report.errors, "warnings": report.warnings}


def _file_object(file: CheckedFile) -> dict[str, object]:
    findings = [_finding(finding) for finding in file.findings]
    return {"path": file.path, "findings": findings, "skipped": file.skipped}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "line": finding.line,
        "message": finding.message,
        "hint": finding.hint,
    }
