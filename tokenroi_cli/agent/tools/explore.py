"""`explore`: let a cheaper model read in a context of its own, and get only its findings."""

from tokenroi_cli.agent.tools.tool import STRING, Arguments, Bench, Tool, ToolRefused, schema


def _run(bench: Bench, arguments: Arguments) -> str:
    if bench.spawn is None:
        raise ToolRefused("no sub-agent can be started from here; read yourself")
    return bench.spawn(arguments["question"])


TOOL = Tool(
    schema(
        "explore",
        "Let a cheaper model read many files and report path:line findings. Read one or two files yourself.",
        {"question": STRING},
    ),
    _run,
    lambda arguments: str(arguments["question"]),
)
