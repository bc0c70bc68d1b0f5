"""What planning makes of a model's last message."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.test_run_spec import SPEC as WHOLE
from tests.app.test_run_spec import Person
from tokenroi_cli.app.check import check
from tokenroi_cli.app.plan import PlanOptions, plan, slug_of, spec_id, unwrapped
from tokenroi_cli.app.workplace import Workplace, open_workplace
from tokenroi_cli.domain.events import Alert, CallBooked, Event, Notice

SPEC = "# Task: Add a retry\n\n## Goal\nOne.\n\n```python\nx = 1\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        SPEC,
        f"Here is the spec:\n\n{SPEC}",
        f"```markdown\n{SPEC}```",
        f"Sure.\n\n````md\n{SPEC}````\n",
        f"\n\n{SPEC}\n\n",
    ],
)
def test_what_models_put_around_a_spec_is_taken_off(text: str) -> None:
    assert unwrapped(text) == SPEC


def test_a_fence_that_belongs_to_the_spec_stays() -> None:
    assert unwrapped(f"Look:\n{SPEC}").endswith("```\n")


def test_a_message_that_is_no_spec_stays_what_it_is() -> None:
    assert unwrapped(" I need more time. ") == "I need more time.\n"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Add a retry to fetch()", "add-a-retry-to-fetch"),
        ("Ünïcode only: ü", "n-code-only"),
        ("", "task"),
        ("../../etc/passwd", "etc-passwd"),
        ("Round totals to cents and refuse negative quantities", "round-totals-to-cents-and-refuse-negative"),
    ],
)
def test_slugs_are_whole_words_that_are_safe_in_a_path(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_specs_of_the_same_name_in_two_folders_have_two_ids() -> None:
    paths = ("pkg1/my.md", "pkg2/my.md", "specs/my.md", "my.md", "specs/pkg1-my.md", "specs/a/my.md")
    ids = [spec_id(path) for path in paths]
    assert len(set(ids)) == len(paths)
    assert ids[0].endswith("-pkg1/my")
    assert ids[2].endswith("-my"), "the folder of all specs says nothing"


def planner(folder: Path, person: Person, *texts: str) -> Workplace:
    """A folder with `n.txt`, and a premium model that says `texts`."""
    root = folder / "tree"
    root.mkdir()
    (root / "n.txt").write_text("one\n")
    replies = "".join(f"[[reply]]\ntext = {json.dumps(text)}\n" for text in texts)
    script = folder / "replies.toml"
    script.write_text('[prices."scripted/premium"]\ninput = 1\noutput = 5\n' + replies)
    return open_workplace(root, person, {**os.environ, "TOKENROI_SCRIPT": str(script)})


def test_a_spec_that_could_not_be_written_is_not_lost(tmp_path: Path) -> None:
    person = Person()
    with closing(planner(tmp_path, person, WHOLE)) as workplace:

        def meanwhile(event: Event) -> None:
            if isinstance(event, CallBooked):
                (workplace.root / "s.md").write_text("somebody was faster\n")

        person.on_event = meanwhile
        result = plan(workplace, PlanOptions("say two", workplace.root / "s.md"))
    assert (result.status, result.exit_code) == ("failed", 1)
    assert "already exists" in result.what
    assert result.session in result.hint


def test_findings_are_those_of_the_file_that_was_written(tmp_path: Path) -> None:
    person = Person()
    bad = WHOLE.replace("`n.txt` — the number", "`gone.txt` — the number")
    with closing(planner(tmp_path, person, bad, bad)) as workplace:
        result = plan(workplace, PlanOptions("say two", workplace.root / "s.md"))
        (checked,) = check([workplace.root / "s.md"], workplace.root).files
    assert result.exit_code == 0
    wanted = [f"s.md:{found.line}: {found.severity} {found.rule}" for found in checked.findings]
    notices = [event.text for event in person.events if isinstance(event, Notice)]
    assert [notice.split(" ", 3)[:3] for notice in notices] == [line.split(" ") for line in wanted]
    assert any(" error " in notice for notice in notices)
    (alert,) = [event for event in person.events if isinstance(event, Alert) and event.kind == "spec_errors"]
    assert "exec will refuse it" in alert.text


def test_a_path_outside_in_a_spec_that_stays_wrong_is_an_error_not_the_end(tmp_path: Path) -> None:
    person = Person()
    bad = WHOLE.replace("- `n.txt`", "- `../../etc/passwd`")
    with closing(planner(tmp_path, person, bad, bad)) as workplace:
        result = plan(workplace, PlanOptions("say two", workplace.root / "s.md"))
    assert (result.exit_code, result.path) == (0, "s.md")
    assert any(isinstance(event, Alert) and event.kind == "spec_errors" for event in person.events)
