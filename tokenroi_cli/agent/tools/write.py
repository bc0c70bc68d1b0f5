"""`write`: create a new file."""

from tokenroi_cli.agent.tools.edit import apply, report_lines
from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, schema
from tokenroi_cli.workspace.edits import FileEdit


def _run(bench: Bench, arguments: Arguments) -> str:
    return report_lines(apply(bench, [FileEdit(arguments["path"], create=arguments["text"])]))


TOOL = Tool(
    schema("write", "Create a new file.", {"path": STRING, "text": STRING}),
    _run,
    lambda arguments: str(arguments["path"]),
)
