"""What a lint rule is, and the draft that it looks at."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tokenroi_cli.domain.spec import Severity, Spec
from tokenroi_cli.spec.blocks import Block, Kind, Page, read_page
from tokenroi_cli.spec.parse import span, title_line
from tokenroi_cli.spec.prose import prose, without_comments
from tokenroi_cli.spec.tree import Tree


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that breaks a rule."""

    line: int
    message: str
    hint: str = ""
    """What to do here; empty: the rule's own hint."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    severity: Severity
    summary: str
    """What the rule asks, in one line."""
    why: str
    hint: str
    """What to do about a finding."""
    fails: str
    passes: str
    """An example of each, for the documentation."""
    check: Callable[["Draft"], Iterable[Hit]]
    waivable: bool = True


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, heading or list item without its code."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A spec under the linter's eyes, with what the rules share worked out once."""

    spec: Spec
    tree: Tree | None
    """None: nothing is known about files, and the rules that need them are silent."""
    page: Page
    prose: tuple[Prose, ...]
    title_line: int

    def search(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """(line, match) wherever `pattern` occurs in prose, line wraps included."""
        for block in self.prose:
            for match in pattern.finditer(block.text):
                yield block.line + block.text.count("\n", 0, match.start()), match

    def within(self, title: str) -> tuple[Block, ...]:
        """The blocks of all sections of that title, but for comments."""
        spans = [span(section) for section in self.spec.sections if section.title == title]
        return tuple(
            block
            for block in self.page.blocks
            if any(block.line in lines for lines in spans) and without_comments(block.text).strip()
        )

    @property
    def planned(self) -> Tree | None:
        """The tree to hold the file lists against; None after acceptance: the files changed as planned."""
        is_accepted = self.spec.stamp is not None and "accepted" in self.spec.stamp.extra
        return None if is_accepted else self.tree


def draft_of(spec: Spec, tree: Tree | None) -> Draft:
    page = read_page(spec.source)
    words = tuple(
        Prose(block.line, prose(block.text, page.references))
        for block in page.blocks
        if block.kind in (Kind.HEADING, Kind.ITEM, Kind.TEXT)
    )
    return Draft(spec, tree, page, words, title_line(page))
