"""The question in the prompt: nothing typed before it answers it, nothing typed is lost."""

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from tokenroi_cli.domain.events import Answer, Question, QuestionKind
from tokenroi_cli.repl.asking import SHOWN, Asking
from tokenroi_cli.views.question import read_answer


def ask(command: str, buffer: Buffer) -> Asking:
    return Asking(Question(QuestionKind.RUN_COMMAND, "Run this command?", (command,)), 80, buffer)


def test_what_was_being_typed_comes_back_with_its_cursor() -> None:
    buffer = Buffer(document=Document("typed ahead", 5))
    asking = ask("ls", buffer)
    assert buffer.text == ""
    buffer.text = "y"
    asking.close(Answer.YES, buffer)
    assert (buffer.text, buffer.cursor_position) == ("typed ahead", 5)
    assert asking.answer.result() is Answer.YES


def test_a_short_question_stands_in_the_prompt_as_it_is() -> None:
    assert ask("ls", Buffer()).prompt == "? Run this command?\n  $ ls\n  [y/N] "


def test_of_a_long_question_both_ends_stay_in_sight() -> None:
    asking = ask("\n".join(["first", *["true"] * 50, "last"]), Buffer())
    rows = asking.prompt.split("\n")
    assert asking.long
    assert len(rows) == SHOWN + 2
    assert rows[1] == "  $ first"
    assert "  | last" in rows
    assert rows[-1] == "  [y/N] "
    assert any("printed above" in row for row in rows)
    assert "  $ first" in asking.lines


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("y", Answer.YES),
        (" Yes ", Answer.YES),
        ("", Answer.NO),
        ("N", Answer.NO),
        ("no", Answer.NO),
        ("yy", None),
    ],
)
def test_only_a_plain_word_answers(typed: str, answer: Answer | None) -> None:
    assert read_answer(typed) is answer


def test_what_is_no_answer_comes_back_behind_what_was_typed() -> None:
    buffer = Buffer(document=Document("half "))
    asking = ask("ls", buffer)
    asking.put_away("typed", buffer)
    assert buffer.text == ""
    asking.close(Answer.NO, buffer)
    assert buffer.text == "half typed"
