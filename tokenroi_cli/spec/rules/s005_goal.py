"""S005: a goal of one breath."""

import re
from collections.abc import Iterator

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.prose import prose
from tokenroi_cli.spec.rule import Draft, Hit, Rule

MAX_SENTENCES = 2
MAX_WORDS = 60

_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|no|resp)\.", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|\Z)")


def check(draft: Draft) -> Iterator[Hit]:
    section = draft.spec.section("Goal")
    texts = [prose(block.text, draft.page.references) for block in draft.within("Goal")]
    words = sum(len(text.split()) for text in texts)
    sentences = sum(_sentences(text) for text in texts)
    if section is not None and (words > MAX_WORDS or sentences > MAX_SENTENCES):
        yield Hit(section.line, f"the goal takes {sentences} sentences and {words} words")


def _sentences(text: str) -> int:
    """Sentences of a paragraph; a last one without a full stop counts too."""
    parts = _SENTENCE_END.split(_ABBREVIATION.sub("", text))
    return sum(1 for part in parts if part.strip())


RULE = Rule(
    id="S005",
    severity=Severity.WARNING,
    summary=f"The goal takes at most {MAX_SENTENCES} sentences and {MAX_WORDS} words",
    why="A goal that needs more is usually two tasks, or a part of Detailed Spec.",
    hint="say what differs when the task is done; move the rest to Context or Detailed Spec",
    fails="three paragraphs of motivation",
    passes="`fetch()` tries three times before it raises FetchError.",
    check=check,
)
