"""The facts about files that the contract needs, wherever they come from: a work tree, an index, a commit."""

from collections.abc import Sequence
from typing import Protocol


class Tree(Protocol):
    """Paths are relative to the repository root, with forward slashes."""

    def exists(self, path: str) -> bool:
        """Whether something stands there."""

    def is_ignored(self, path: str) -> bool:
        """Whether git would ignore a file of that path."""

    def paths(self) -> Sequence[str]:
        """Every file that is not ignored."""
