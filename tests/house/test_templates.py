"""Every template is found by the one loader, wherever the package is installed."""

import pytest

from tests.house.source import ROOT
from tokenroi_cli.domain.errors import Bug
from tokenroi_cli.store.templates import template, template_path

NAMES = sorted(
    file.relative_to(ROOT / "templates").as_posix()
    for file in (ROOT / "templates").rglob("*")
    if file.is_file() and "__pycache__" not in file.parts
)


def test_there_are_some() -> None:
    assert {"prompts/system.md", "tiers.toml"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_loader_finds_it(name: str) -> None:
    assert template(name) == (ROOT / "templates" / name).read_text(encoding="utf-8")
    assert template_path(name).is_file()


def test_a_template_that_is_missing_is_a_bug() -> None:
    with pytest.raises(Bug):
        template("prompts/no-such-page.md")
