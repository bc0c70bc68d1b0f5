"""A spec file read into a value that knows its lines, and gives its text back byte for byte."""

import re
from collections.abc import Iterator, Sequence

from tokenroi_cli.domain.spec import SECTIONS, FileItem, Section, Spec, ValidationItem
from tokenroi_cli.spec.blocks import Block, Kind, Page, read_page
from tokenroi_cli.spec.errors import MalformedSpec, NotASpec
from tokenroi_cli.spec.items import file_items, validation_items
from tokenroi_cli.spec.lines import lines_of
from tokenroi_cli.spec.prose import without_comments
from tokenroi_cli.spec.stamp import read_stamp

MAX_CHARACTERS = 256 * 1024
"""Six times the largest of a hundred real specs; a longer file could not be handed to a model anyway."""

_TASK = re.compile(r"Task:\s*(.*)", re.IGNORECASE | re.DOTALL)
_SECTION_OF = {title.casefold(): title for title in SECTIONS}
_HINT = "write one with `tokenroi plan`; the template's first line is `# Task: ...`"


def decode(data: bytes, path: str) -> str:
    """The text of a spec file, line endings and BOM kept. NotASpec where it is no UTF-8 text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotASpec(f"{path} is not UTF-8 text", _HINT) from error


def parse(text: str, path: str) -> Spec:
    """Reads a spec, an incomplete one too: `lint` says what is missing.

    NotASpec where nothing of the template is in it; MalformedSpec where it is too long or its front matter
    cannot be read.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise NotASpec(f"{path} is empty", _HINT)
    if "\0" in text:
        raise NotASpec(f"{path} is not text: it holds a NUL", _HINT)
    if len(text) > MAX_CHARACTERS:
        raise _too_long(text, path)
    page = read_page(text)
    task = next((block for block in page.blocks if _task(block) is not None), None)
    sections = _sections(page, task)
    if task is None and not any(section.title in SECTIONS for section in sections):
        raise NotASpec(f"{path} is no spec: no `# Task:` title and none of the template's sections", _HINT)
    return Spec(
        path=path,
        title=(_task(task) if task else None) or "",
        stamp=read_stamp(text, path),
        sections=sections,
        modify=_files(page, sections, "Files to Modify"),
        create=_files(page, sections, "Files to Create"),
        validation=_validation(page, sections),
        source=text,
    )


def title_line(page: Page) -> int:
    """The line of `# Task:`; where there is none, the first that holds anything."""
    lines = (block.line for block in page.blocks if _task(block) is not None)
    return next(lines, page.blocks[0].line if page.blocks else 1)


def span(section: Section) -> range:
    """The 1-based lines of a section's body."""
    return range(section.line + 1, section.line + 1 + len(lines_of(section.body)))


def _task(block: Block) -> str | None:
    """What stands behind `# Task:`, None when this is another block."""
    if block.kind is not Kind.HEADING or block.level != 1:
        return None
    task = _TASK.fullmatch(_heading(block))
    return task[1].strip() if task else None


def _heading(block: Block) -> str:
    return " ".join(without_comments(block.text).split())


def _sections(page: Page, task: Block | None) -> tuple[Section, ...]:
    """Every heading of the first two levels but the title, with all that stands below it."""
    tops = [block for block in page.blocks if block.kind is Kind.HEADING and block.level <= 2]
    ends = [*(block.line - 1 for block in tops[1:]), len(page.lines)]
    return tuple(
        Section(_section_title(top), "".join(page.lines[top.line : end]), top.line)
        for top, end in zip(tops, ends, strict=False)
        if top is not task
    )


def _section_title(block: Block) -> str:
    """As written; a title of the template in its spelling there, whatever its case or a colon behind it."""
    title = _heading(block)
    return _SECTION_OF.get(title.rstrip(": ").casefold(), title)


def _entries(page: Page, sections: Sequence[Section], title: str) -> Iterator[Block]:
    """List items of all sections of that title: a second list counts as much as the first."""
    spans = [span(section) for section in sections if section.title == title]
    for block in page.blocks:
        if block.kind is Kind.ITEM and any(block.line in lines for lines in spans):
            yield block


def _files(page: Page, sections: Sequence[Section], title: str) -> tuple[FileItem, ...]:
    """Outermost items only: what is nested below a file explains it."""
    outermost = (block for block in _entries(page, sections, title) if block.level == 1)
    return tuple(item for block in outermost for item in file_items(block.text, block.line))


def _validation(page: Page, sections: Sequence[Section]) -> tuple[ValidationItem, ...]:
    entries = _entries(page, sections, "Validation")
    return tuple(item for block in entries for item in validation_items(block.text, block.line))


def _too_long(text: str, path: str) -> NotASpec | MalformedSpec:
    what = f"longer than {MAX_CHARACTERS:,} characters"
    task = re.search(r"^\ufeff?# Task:", text, re.MULTILINE)
    if task is None:
        return NotASpec(f"{path} is no spec: {what}", _HINT)
    return MalformedSpec(path, text.count("\n", 0, task.start()) + 1, f"the spec is {what}", "split the task")
