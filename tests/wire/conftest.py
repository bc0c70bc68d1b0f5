"""Every test in this folder imports litellm, once per process, and talks to a server on this machine."""

from pathlib import Path

import pytest

from tokenroi_cli.llm.litellm_door import open_door

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.wire)


@pytest.fixture(scope="session", autouse=True)
def door() -> None:
    """Some seconds, paid once and by no test that has a clock in it."""
    open_door()
