from pathlib import Path

import pytest

from tokenroi_cli.domain.errors import Bug
from tokenroi_cli.store.templates import template, template_path


def test_a_template_of_this_tree_is_found() -> None:
    assert "[anthropic.tiers]" in template("tiers.toml")


def test_a_wheel_carries_its_templates_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "tokenroi_cli"
    (package / "templates").mkdir(parents=True)
    (package / "templates" / "x.md").write_text("inside")
    (package.parent / "templates").mkdir()
    (package.parent / "templates" / "x.md").write_text("of somebody else")

    assert template("x.md", package) == "inside"


def test_an_editable_install_finds_them_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "templates" / "prompts").mkdir(parents=True)
    (tmp_path / "templates" / "prompts" / "x.md").write_text("beside")

    assert template("prompts/x.md", tmp_path / "tokenroi_cli") == "beside"
    assert template_path("prompts", tmp_path / "tokenroi_cli") == tmp_path / "templates" / "prompts"


def test_a_missing_template_is_a_bug_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Bug, match=r"nothing\.md"):
        template("nothing.md")
    with pytest.raises(Bug, match="nothing"):
        template_path("nothing", tmp_path)
