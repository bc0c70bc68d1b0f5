"""litellm as it stands after the door was opened."""

import gc
import logging
import os
from typing import Any

from tests.wire.routes import OPENAI
from tokenroi_cli.llm.litellm_door import SETTINGS, open_door


def the_module() -> Any:
    import litellm

    return litellm


def test_the_safe_settings_are_in_force() -> None:
    litellm = the_module()
    assert os.environ["LITELLM_MODE"] == "PRODUCTION", "any other mode loads a project's .env"
    assert {name: os.environ[name] for name in SETTINGS} == SETTINGS
    assert litellm.sync_transport is open_door().guard
    assert not litellm.client_session.follow_redirects
    assert litellm.callbacks == litellm.success_callback == litellm.failure_callback == []
    assert litellm.disable_streaming_logging
    assert logging.getLogger("LiteLLM").level == logging.CRITICAL
    assert gc.isenabled()


def test_it_opens_once() -> None:
    assert open_door() is open_door()


def test_a_model_that_litellm_knows_keeps_its_row() -> None:
    litellm = the_module()
    row = dict(litellm.model_cost["gpt-4o"])
    open_door().know(OPENAI.model)
    assert litellm.model_cost["gpt-4o"] == row
