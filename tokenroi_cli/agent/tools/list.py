"""`list`: the files of the repository, ignored ones left out."""

from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, schema
from tokenroi_cli.workspace.paths import shown

MOST = 500


def _run(bench: Bench, arguments: Arguments) -> str:
    paths = bench.tree.paths(arguments.get("glob"))
    listed = "\n".join(map(shown, paths[:MOST]))
    if len(paths) > MOST:
        return f"{listed}\n[{len(paths) - MOST} more; narrow the glob]"
    return listed or "no file matches"


TOOL = Tool(
    schema("list", "List files, e.g. glob `src/**/*.py`. Ignored files are left out.", {}, glob=STRING),
    _run,
    lambda arguments: str(arguments.get("glob", "all files")),
)
