"""Prints the two commands of the README's quick start, one a line.

Usage: quick_start.py README.md

They are the first code block below `## Quick start`. Anything but two commands there is an error.
"""

import sys
from collections.abc import Iterator
from pathlib import Path


def quick_start(page: str) -> list[str]:
    """The lines of the first code block of the section. Raises ValueError when they are not two."""
    lines = iter(page.splitlines())
    if "## Quick start" not in lines:
        raise ValueError("there is no section `## Quick start`")
    for line in lines:
        if line.startswith("## "):
            break
        if line.startswith("```"):
            return _two(lines)
    raise ValueError("`## Quick start` has no code block")


def _two(lines: Iterator[str]) -> list[str]:
    commands = []
    for line in lines:
        if line.startswith("```"):
            break
        commands.append(line.strip())
    else:
        raise ValueError("the code block of `## Quick start` does not end")
    if len(commands) != 2 or not all(commands):
        raise ValueError(
            f"the first code block of `## Quick start` has {len(commands)} lines, not 2 commands"
        )
    return commands


if __name__ == "__main__":
    try:
        commands = quick_start(Path(sys.argv[1]).read_text(encoding="utf-8"))
        sys.stdout.writelines(f"{command}\n" for command in commands)
    except (ValueError, OSError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
