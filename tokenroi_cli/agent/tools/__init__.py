"""The tools that the model sees: one file each, the same shape each. Plan and build offer the same list."""

from tokenroi_cli.agent.tools import edit, explore, list, read, run, search, write
from tokenroi_cli.agent.tools.tool import Tool

TOOLS: dict[str, Tool] = {
    "read": read.TOOL,
    "list": list.TOOL,
    "search": search.TOOL,
    "edit": edit.TOOL,
    "write": write.TOOL,
    "run": run.TOOL,
    "explore": explore.TOOL,
}
"""In the order in which they are sent: part of the prompt's stable prefix."""

SCHEMAS = tuple(tool.schema for tool in TOOLS.values())
