"""`edit`: replace exact text in existing files, all hunks of all files or none."""

from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, ToolRefused, record, schema
from tokenroi_cli.workspace.edits import EditReport, FileEdit, apply_edits


def _run(bench: Bench, arguments: Arguments) -> str:
    edits = [
        FileEdit(file["path"], tuple((hunk["old"], hunk["new"]) for hunk in file["hunks"]))
        for file in arguments["files"]
    ]
    return report_lines(apply(bench, edits))


def apply(bench: Bench, edits: list[FileEdit]) -> EditReport:
    """Applies edits that the run allows. Raises ToolRefused when one of them is out of bounds."""
    refused = [f"{edit.path}: {why}" for edit in edits if (why := bench.may_write(edit.path))]
    if refused:
        raise ToolRefused("; ".join(refused) + "; nothing was written")
    return apply_edits(bench.root, edits, journal=bench.journal)


def report_lines(report: EditReport) -> str:
    return "\n".join(f"{file.path} +{file.added} -{file.removed}" for file in report.changed)


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
