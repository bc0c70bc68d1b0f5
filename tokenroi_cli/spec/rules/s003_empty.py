"""S003: sections that say something."""

from collections.abc import Iterator

from tokenroi_cli.domain.spec import SECTIONS, Severity
from tokenroi_cli.spec.items import says_none
from tokenroi_cli.spec.rule import Draft, Hit, Rule


def check(draft: Draft) -> Iterator[Hit]:
    listed = {"Files to Modify": draft.spec.modify, "Files to Create": draft.spec.create}
    for section in draft.spec.sections:
        if section.title not in SECTIONS:
            continue
        blocks = draft.within(section.title)
        if not blocks:
            yield Hit(section.line, f"`## {section.title}` is empty")
        elif not listed.get(section.title, True) and not any(says_none(block.text) for block in blocks):
            message = f"no file can be read from `## {section.title}`"
            yield Hit(section.line, message, "write one list item a file, or None")


RULE = Rule(
    id="S003",
    severity=Severity.ERROR,
    summary="No section of the template is empty; a list of files may say None",
    why="An empty section is a question that the executor answers by guessing. A list of files that cannot "
    "be read allows no change at all.",
    hint="fill the section in; a list without files says None",
    fails="`## Context` with nothing below it",
    passes="`## Files to Create` with `None` below it",
    check=check,
)
