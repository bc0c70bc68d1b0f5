"""A hunk and what a file becomes by it."""

from tokenroi_cli.workspace.matching.hunk import Text
from tokenroi_cli.workspace.matching.ladder import match


def edited(text: str, old: str, new: str) -> str:
    """Raises Unmatched."""
    found = match(Text(text), old, new)
    return text[: found.place.start] + found.text + text[found.place.end :]
