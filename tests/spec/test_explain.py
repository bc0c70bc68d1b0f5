"""The documentation of the rules is the registry's own words."""

from pathlib import Path

from tokenroi_cli.spec.explain import all_pages, page
from tokenroi_cli.spec.rules import ALL

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_documentation_is_what_the_registry_says() -> None:
    assert RULES.read_text("utf-8") == all_pages()


def test_the_page_of_a_rule() -> None:
    assert page(ALL["S042"]).startswith("## S042 (error)\n\nEvery path is relative")
    assert "Cannot be waived." in page(ALL["S042"])
    assert "Cannot be waived." not in page(ALL["S020"])


def test_the_registry_is_in_order_and_complete() -> None:
    assert list(ALL) == sorted(ALL)
    folder = RULES.parents[1] / "tokenroi_cli" / "spec" / "rules"
    files = {file.name[:4].upper() for file in folder.glob("s[0-9]*.py")}
    assert files == set(ALL)
