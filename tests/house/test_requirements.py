"""The requirement files pin what pyproject allows, by hash, and name no place to fetch it from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOT
from tests.house.test_imports import HOMES

FILES = ["requirements.txt", "requirements-dev.txt"]


def pins(name: str) -> dict[str, str]:
    """Project -> version, each of them hashed."""
    found = {}
    text = (ROOT / name).read_text()
    for block in re.split(r"\n(?=\S)", re.sub(r"(?m)^ *#.*\n?", "", text).strip()):
        line, *hashes = re.split(r"\s*\\\n\s*", block.strip())
        match = re.fullmatch(r"([a-z0-9.-]+)==([\w.+!]+)( ;.*)?", line)
        assert match, line
        assert hashes, line
        assert [entry for entry in hashes if not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
        found[match[1]] = match[2]
    return found


def declared() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [Requirement(text) for text in project["project"]["dependencies"]]
    dev = [Requirement(text) for text in project["dependency-groups"]["dev"]]
    return {"requirements.txt": runtime, "requirements-dev.txt": [*runtime, *dev]}


@pytest.mark.parametrize("name", FILES)
def test_every_declared_dependency_is_pinned_within_its_range(name: str) -> None:
    pinned = pins(name)
    wrong = [
        str(requirement)
        for requirement in declared()[name]
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]
    assert wrong == []


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    distributions = {"git": "gitpython", "yaml": "pyyaml", "markdown_it": "markdown-it-py"}
    imported = {canonicalize_name(distributions.get(name, name)) for name in HOMES}
    assert imported == {canonicalize_name(item.name) for item in declared()["requirements.txt"]}


@pytest.mark.parametrize("name", FILES)
def test_no_place_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"://|--find-links|--index|--extra-index|--trusted-host| @ ", text) == []


def test_the_tests_run_on_what_users_get() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("version", ["1.82.7", "1.82.8", "1.106.2", "1.106.10"])
def test_compromised_and_broken_releases_never_resolve(version: str) -> None:
    litellm = next(item for item in declared()["requirements.txt"] if item.name == "litellm")
    assert not litellm.specifier.contains(version)
