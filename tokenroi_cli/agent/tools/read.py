"""`read`: a file, or a range of its lines."""

from tokenroi_cli.agent.tools.tool import INTEGER, STRING, Arguments, Bench, Tool, schema


def _run(bench: Bench, arguments: Arguments) -> str:
    part = bench.tree.read(arguments["path"], arguments.get("first"), arguments.get("last"))
    whole = part.first == 1 and part.last == part.total_lines and not part.cut
    said = "" if whole else f"lines {part.first}-{part.last} of {part.total_lines}"
    head = "; ".join(filter(None, (said, part.note)))
    return f"[{head}]\n{part.text}" if head else part.text


def _summary(arguments: Arguments) -> str:
    span = f":{arguments.get('first', 1)}-{arguments.get('last', '')}" if set(arguments) - {"path"} else ""
    return f"{arguments['path']}{span}"


TOOL = Tool(
    schema(
        "read",
        "Read a text file, or its lines first..last (1-based).",
        {"path": STRING},
        first=INTEGER,
        last=INTEGER,
    ),
    _run,
    _summary,
)
