"""The edit tool: one line a file, and a guarded file is the user's to give."""

from pathlib import Path

import pytest

from tests.agent.test_turn import Person
from tokenroi_cli.agent.tools.edit import TOOL
from tokenroi_cli.agent.tools.tool import Bench
from tokenroi_cli.cli.answers import flag
from tokenroi_cli.domain.events import Answer, Question, QuestionKind
from tokenroi_cli.workspace.edits import EditRefused
from tokenroi_cli.workspace.files import Tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.txt").write_text("one\ntwo\n")
    (tmp_path / "twin").hardlink_to(tmp_path / "b.txt")
    return tmp_path


def edit(root: Path, person: Person, *files: tuple[str, str, str]) -> str:
    bench = Bench(
        tree=Tree(root, None),
        journal=None,
        frontend=person,
        may_write=lambda _path: None,
        run=None,
        spawn=None,
    )
    asked = [{"path": path, "hunks": [{"old": old, "new": new}]} for path, old, new in files]
    return TOOL.run(bench, {"files": asked})


def test_one_line_a_file(root: Path) -> None:
    said = edit(root, Person(), ("a.py", "x = 1", "x = ("), ("b.txt", "two", "2\n3"))
    assert said == "a.py +1 -1; does not parse any more: line 1: '(' was never closed\nb.txt +2 -1"


@pytest.mark.parametrize("answer", list(Answer))
def test_a_guarded_file_is_asked_for(root: Path, answer: Answer) -> None:
    person = Person(answer)
    if answer is Answer.YES:
        assert edit(root, person, ("b.txt", "two", "2")) == "b.txt +1 -1"
    else:
        with pytest.raises(EditRefused, match=r"2 hard links.*nothing was written"):
            edit(root, person, ("b.txt", "two", "2"))
    assert [question.kind for question in person.questions] == [QuestionKind.GUARDED_FILE]
    assert (root / "twin").read_text() == "one\ntwo\n"


def test_yes_on_the_command_line_is_no_leave_for_it() -> None:
    assert flag(Question(QuestionKind.GUARDED_FILE, "")) is Answer.UNASKED
