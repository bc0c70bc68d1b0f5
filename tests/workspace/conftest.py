"""A repository with something in it, and a trap to set in it."""

from pathlib import Path

import pytest

from tests.conftest import Repo


@pytest.fixture
def repo(repo: Repo) -> Repo:
    """One commit of `src/app.py` and `.gitignore`, on the branch main."""
    repo.write("src/app.py", "one\ntwo\nthree\n")
    repo.write(".gitignore", "*.log\nbuild/\n")
    repo.commit("start")
    return repo


@pytest.fixture
def sentinel(tmp_path: Path) -> Path:
    """A file that a trap makes when it fires."""
    return tmp_path / "sentinel"


@pytest.fixture
def trap(tmp_path: Path, sentinel: Path) -> str:
    """A program that leaves the sentinel; as a filter it passes its input on."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {sentinel}\nexec cat\n")
    program.chmod(0o755)
    return str(program)
