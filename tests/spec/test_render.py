"""The template, and how it is filled."""

from pathlib import Path

import pytest

from tests.spec.example import SPEC, Files
from tokenroi_cli.domain.spec import SECTIONS
from tokenroi_cli.spec.lint import lint
from tokenroi_cli.spec.parse import parse
from tokenroi_cli.spec.render import fill

TEMPLATE = (Path(__file__).parents[2] / "templates" / "spec.md").read_text("utf-8")


def test_the_template_has_the_standard_headings_in_order() -> None:
    headings = [line for line in TEMPLATE.splitlines() if line.startswith("#")]
    assert headings == ["# Task: [Short Title]", *(f"## {title}" for title in SECTIONS)]


def test_the_unfilled_template_is_refused_in_every_part() -> None:
    spec = parse(TEMPLATE, "spec.md")
    found = lint(spec, Files())
    assert {"S001", "S010"} <= {finding.rule for finding in found}
    for section in spec.sections:
        lines = range(section.line, section.line + section.body.count("\n") + 1)
        assert any(finding.rule == "S010" and finding.line in lines for finding in found), section.title


def test_a_filled_template_is_a_spec_that_lints() -> None:
    good = parse(SPEC, "x.md")
    text = fill(TEMPLATE, good.title, {section.title: section.body for section in good.sections})
    spec = parse(text, "x.md")
    assert lint(spec, Files()) == ()
    assert [section.body.strip() for section in spec.sections] == [
        section.body.strip() for section in good.sections
    ]
    assert (spec.title, text.endswith("2 s\n")) == (good.title, True)


def test_what_is_not_given_stays_as_it_is() -> None:
    text = fill(TEMPLATE, "Short", {"Goal": "One sentence."})
    assert text == TEMPLATE.replace("[Short Title]", "Short").replace(
        "[One or two sentences: what differs when this is done]", "One sentence."
    )
    with pytest.raises(KeyError):
        fill(TEMPLATE, "Short", {"Risks": "none"})
