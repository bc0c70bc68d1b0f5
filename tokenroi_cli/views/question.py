"""A question as it is put to a person: what it is about stands there exactly, every line of it marked."""

from tokenroi_cli.domain.events import Answer, Question
from tokenroi_cli.views.safe import exact, line
from tokenroi_cli.views.width import folded, wrapped

LONG = 20
"""Lines; what is longer may have scrolled away, so its length is said beside the prompt."""

_NARROWEST = 20

ASK_AGAIN = "answer y or n"
"""What is said to anything else: neither a no nor a yes that nobody meant."""


def asked(question: Question, width: int) -> list[str]:
    """The question, then every character of its detail: no line of it starts at the left edge."""
    room = max(width, _NARROWEST) - 4
    shown = [row for item in question.detail for row in _exactly(item, room)]
    rest = [f"? that was {len(shown)} lines: read all of them"] if len(shown) > LONG else []
    said = wrapped(line(question.text), room + 2)
    return [*(f"? {row}" for row in said), *shown, *rest]


def _exactly(item: str, room: int) -> list[str]:
    """The lines of one item; `$` marks the first, `|` the others, `\\` what is still the line above."""
    marked = list[str]()
    for row in item.split("\n"):
        first, *more = folded(exact(row), room)
        marked += [f"  {'|' if marked else '$'} {first}", *(f"  \\ {piece}" for piece in more)]
    return marked


def read_answer(text: str) -> Answer | None:
    """Yes or no in any case, an empty line is no; None for what is no answer."""
    said = text.strip().lower()
    if said in ("y", "yes"):
        return Answer.YES
    return Answer.NO if said in ("", "n", "no") else None
