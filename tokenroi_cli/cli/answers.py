"""Who answers the core's questions: the person at the terminal, the flag `--yes`, or nobody."""

from tokenroi_cli.domain.events import Answer, Question, QuestionKind
from tokenroi_cli.views.console import Console

YES_COVERS = frozenset({QuestionKind.ESTIMATE, QuestionKind.RUN_COMMAND})
"""What `--yes` answers; never staleness, scope, or a provider without a ceiling."""


def nobody(_question: Question) -> Answer:
    """Headless without `--yes`."""
    return Answer.UNASKED


def flag(question: Question) -> Answer:
    """Headless with `--yes`."""
    return Answer.YES if question.kind in YES_COVERS else Answer.UNASKED


class Person:
    """Somebody at the terminal, asked about everything."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, question: Question) -> Answer:
        return self._console.ask(question)


class PersonWithFlag(Person):
    """Somebody at the terminal who passed `--yes`: asked about the rest."""

    def __call__(self, question: Question) -> Answer:
        return Answer.YES if question.kind in YES_COVERS else super().__call__(question)
