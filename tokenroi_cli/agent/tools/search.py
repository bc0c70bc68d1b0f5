"""`search`: a regular expression over the lines of the repository's files."""

from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, schema
from tokenroi_cli.workspace.search import search


def _run(bench: Bench, arguments: Arguments) -> str:
    return search(bench.tree, arguments["pattern"], arguments.get("glob")).text or "no line matches"


TOOL = Tool(
    schema(
        "search",
        "Search file contents with a Python regular expression, line by line.",
        {"pattern": STRING},
        glob=STRING,
    ),
    _run,
    lambda arguments: f"{arguments['pattern']}" + (f" in {arguments['glob']}" if "glob" in arguments else ""),
)
