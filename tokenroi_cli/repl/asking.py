"""A question stands in the prompt itself: nothing that a model prints can come between it and the answer."""

from concurrent.futures import Future

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from tokenroi_cli.domain.events import Answer, Question
from tokenroi_cli.views.question import asked

SHOWN = 12
"""Lines of a question in the prompt; of a longer one both ends, and the whole is printed above."""

_END = SHOWN // 3


class Asking:
    """One question waiting for its answer. What was being typed is put away and comes back afterwards."""

    def __init__(self, question: Question, width: int, buffer: Buffer) -> None:
        self.answer: Future[Answer] = Future()
        self.lines = asked(question, width)
        self._typed = buffer.document
        buffer.reset()

    @property
    def long(self) -> bool:
        return len(self.lines) > SHOWN

    @property
    def prompt(self) -> str:
        """The question as the prompt shows it."""
        shown = self.lines
        if self.long:
            left_out = f"  ... {len(shown) - SHOWN} lines, printed above ..."
            shown = [*shown[: SHOWN - _END], left_out, *shown[-_END:]]
        return "\n".join([*shown, "  [y/N] "])

    def close(self, answer: Answer, buffer: Buffer) -> None:
        """Hands the answer to whoever waits, and the input line back to the user."""
        buffer.reset(Document(self._typed.text, self._typed.cursor_position))
        self.answer.set_result(answer)

    def put_away(self, text: str, buffer: Buffer) -> None:
        """Keeps what is no answer for afterwards: somebody was typing when the question came."""
        typed = self._typed.text + text
        self._typed = Document(typed, len(typed))
        buffer.reset()
