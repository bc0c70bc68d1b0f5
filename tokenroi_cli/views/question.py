"""A question as it is put to a person: what it is about stands there exactly, every line of it marked."""

from tokenroi_cli.domain.events import Question
from tokenroi_cli.views.safe import exact, line
from tokenroi_cli.views.width import folded

LONG = 20
"""Lines; what is longer may have scrolled away, so its length is said beside the prompt."""

_NARROWEST = 20


def asked(question: Question, width: int) -> list[str]:
    """The question, then every character of its detail: no line of it starts at the left edge."""
    room = max(width, _NARROWEST) - 4
    shown = [row for item in question.detail for row in _exactly(item, room)]
    rest = [f"? that was {len(shown)} lines: read all of them"] if len(shown) > LONG else []
    return [f"? {line(question.text)}", *shown, *rest]


def _exactly(item: str, room: int) -> list[str]:
    """The lines of one item; `$` marks the first, `|` the others."""
    rows = [piece for row in item.split("\n") for piece in folded(exact(row), room)]
    return [f"  {'$' if number == 0 else '|'} {row}" for number, row in enumerate(rows)]
