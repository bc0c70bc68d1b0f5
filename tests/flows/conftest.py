"""A user with a home of their own and a repository of real size."""

from pathlib import Path

import pytest

from tests.flows.world import World, clean_environment, make_repo


@pytest.fixture
def world(tmp_path: Path) -> World:
    repo = tmp_path / "repo"
    made = World(tmp_path / "home" / "tokenroi", repo, clean_environment(tmp_path / "home"))
    make_repo(repo)
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "start")
    return made
