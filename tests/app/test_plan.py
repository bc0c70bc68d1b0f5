"""What planning makes of a model's last message."""

import pytest

from tokenroi_cli.app.plan import slug_of, spec_id, unwrapped

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
