"""What runs, and what is only written in backticks."""

import pytest

from tokenroi_cli.spec.command import commands_in


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("`pytest -q` passes", ["pytest -q"]),
        ("Run `pytest -q`", ["pytest -q"]),
        ("Tests pass (`npm test`)", ["npm test"]),
        ("Tests pass: `pytest`", ["pytest"]),
        ("There is no diff after `make format`", ["make format"]),
        ("`make`", ["make"]),
        ("`make; make check` exits 0", ["make; make check"]),
        ("`make` succeeds", ["make"]),
        ("`./check`", ["./check"]),
        ("Everything in `./check` holds", ["./check"]),
        ("Run `make`", ["make"]),
        ("Tests pass: `make`", ["make"]),
        ("**`make lint`** exits 0", ["make lint"]),
        ("The suite passes under `CI=1 pytest -q`", ["CI=1 pytest -q"]),
        ("`.ci/run`", [".ci/run"]),
        ("`{python} -m unittest` passes", ["{python} -m unittest"]),
        ("`$PYTHON -m unittest` passes", ["$PYTHON -m unittest"]),
        ("`$ pytest -q` passes", ["pytest -q"]),
        ("`! grep -q TODO src/a.py`", ["! grep -q TODO src/a.py"]),
        ("`(cd web && npm test)`", ["(cd web && npm test)"]),
        ("`CI=1 PATH='a b' pytest -q`", ["CI=1 PATH='a b' pytest -q"]),
        ("`test -f out.txt && cat out.txt` exits 0", ["test -f out.txt && cat out.txt"]),
        ("``echo `date` > x`` works", ["echo `date` > x"]),
        ("`ruff check .` and `mypy` pass", ["ruff check .", "mypy"]),
        ("`a b`, `c d`, and `e f` pass", ["a b", "c d", "e f"]),
        ("`tool --x` prints `no such file`", ["tool --x"]),
        ("`tool --x` exits 2 and `tool --y` exits 0", ["tool --x"]),
        ("`config.toml` is read by `tool --config config.toml`", ["tool --config config.toml"]),
        ("`git log --oneline` is clean", ["git log --oneline"]),
    ],
)
def test_commands(text: str, commands: list[str]) -> None:
    assert list(commands_in(text)) == commands


@pytest.mark.parametrize(
    "text",
    [
        "Returns `True`",
        "`True` is returned",
        "`foo()` raises `ValueError`",
        "`foo(x, y)` returns 3",
        "`max_size` is 10",
        "`src/a.py` exists",
        "`tests/test_a.py` passes",
        "`retries` is 3",
        "Prints `hello world`",
        "The output contains the line `no such file`",
        "README says `pip install tokenroi`",
        "`GET /health` returns 200",
        "`Hello, world` is shown",
        "`x == 3` holds",
        "It fails with `total === 0`",
        "`src/show.test.ts`",
        "`x = 3` is set",
        "`x > 3` is refused",
        "`def parse(text: str) -> Spec` exists",
        "`return None` is gone",
        "`error: bad input` on stderr",
        "`--json` is accepted",
        "Update the wording of the help; `workspace update` stays",
        "Fields: `name`",
        "The builds of `silent` are passed on",
        "Build URLs: `{ [name]: url }`",
        "`None` passes",
        "`info|warn` are what passes",
        "An unclosed `pytest -q",
        "no code at all",
        "``",
    ],
)
def test_no_commands(text: str) -> None:
    assert commands_in(text) == ()
