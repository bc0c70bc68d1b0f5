"""Commands of a Run: what they must not leave behind, and what must not fool them."""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tokenroi_cli.app.bench import shell, within
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.events import Answer, Event, Question
from tokenroi_cli.domain.spec import CommandResult

IMPORT = f'{shlex.quote(sys.executable)} -c "import m; print(m.x)"'


class Quiet:
    def emit(self, event: Event) -> None:
        pass

    def ask(self, question: Question) -> Answer:
        return Answer.NO


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    """As on a user's machine: nothing in the environment keeps Python from caching modules."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    made = open_workplace(tmp_path, Quiet(), environ)
    yield made
    made.close()


def test_two_edits_of_one_size_within_one_second_are_tested_as_two(workplace: Workplace) -> None:
    module = workplace.root / "m.py"
    for number in (1, 2):
        module.write_text(f"x = {number}\n")
        os.utime(module, (1_700_000_000, 1_700_000_000))
        assert shell(workplace, IMPORT).output == f"{number}\n"


def test_a_command_leaves_no_cache_of_ours_in_the_tree(workplace: Workplace) -> None:
    (workplace.root / "m.py").write_text("x = 1\n")
    shell(workplace, IMPORT)
    assert [path.name for path in workplace.root.iterdir()] == ["m.py"]


@pytest.mark.parametrize(
    ("asked", "left", "given"), [(None, 90.2, 91), (10, 90.0, 10), (600, 90.0, 90), (10, -3.0, 1)]
)
def test_no_command_outlasts_its_run(asked: int | None, left: float, given: int) -> None:
    seen: list[int | None] = []

    def run(command: str, timeout_s: int | None) -> CommandResult:
        seen.append(timeout_s)
        return CommandResult(command, 0, "", 0.0)

    limited = within(run, lambda: left)
    assert limited is not None
    limited("true", asked)
    assert seen == [given]
    assert within(None, lambda: left) is None
