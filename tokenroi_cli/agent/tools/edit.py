"""`edit`: replace exact text in existing files, all hunks of all files or none."""

from dataclasses import replace

from tokenroi_cli.agent.tools.syntax import broken
from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, ToolRefused, record, schema
from tokenroi_cli.domain.events import Answer, Question, QuestionKind
from tokenroi_cli.workspace.edits import ChangedFile, EditReport, FileEdit, apply_edits, located


def _run(bench: Bench, arguments: Arguments) -> str:
    edits = [
        FileEdit(file["path"], tuple((hunk["old"], hunk["new"]) for hunk in file["hunks"]))
        for file in arguments["files"]
    ]
    return report_lines(apply(bench, edits))


def apply(bench: Bench, edits: list[FileEdit]) -> EditReport:
    """Applies edits that the run allows. Raises ToolRefused when one of them is out of bounds."""
    named = [replace(edit, path=located(bench.root, edit)) for edit in edits]
    refused = [f"{edit.path}: {why}" for edit in named if (why := bench.may_write(edit.path))]
    if refused:
        raise ToolRefused("; ".join(refused) + "; nothing was written")

    def consent(question: str) -> bool:
        return bench.frontend.ask(Question(QuestionKind.GUARDED_FILE, question)) is Answer.YES

    return apply_edits(bench.root, named, journal=bench.journal, consent=consent)


def report_lines(report: EditReport) -> str:
    """One line per file."""
    return "\n".join(map(_line, report.changed))


def _line(file: ChangedFile) -> str:
    trouble = broken(file)
    said = f"; does not parse any more: {trouble}" if trouble else ""
    return f"{file.path} +{file.added} -{file.removed}{said}"


HUNK = record(old=STRING, new=STRING)
FILE = record(path=STRING, hunks={"type": "array", "items": HUNK, "minItems": 1})

TOOL = Tool(
    schema(
        "edit",
        "Replace exact text in files; all hunks apply or none.",
        {"files": {"type": "array", "items": FILE, "minItems": 1}},
    ),
    _run,
    lambda arguments: ", ".join(file["path"] for file in arguments["files"]),
)
