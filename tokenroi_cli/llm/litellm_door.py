"""The only place that imports litellm: safe settings first, then the wire guard in both of its doors."""

import gc
import logging
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import httpx

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.llm.wire import WireGuard

SETTINGS = {
    # The default mode loads a `.env` found above site-packages: with a .venv in a project, the project's.
    "LITELLM_MODE": "PRODUCTION",
    # The default fetches the price map from the network, three times where there is none.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOG": "ERROR",
}
NO_ANSWER_S = 600.0
"""A limit for litellm's own clients; the transfer's tighter one is what counts on the wire."""

_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Door:
    """litellm's one function that we call, and the guard that its requests pass."""

    completion: Callable[..., Any]
    guard: WireGuard
    know: Callable[[str], None]
    """Tells litellm that a model it has no row for streams: else it fetches the answer in one piece."""


def open_door() -> Door:
    """Imports litellm, once per process: 3-5 s. Any thread. Raises NotConfigured when it is broken."""
    with _opening:
        # pydantic's complaints about litellm's own models; each time, as others reset the filters.
        warnings.filterwarnings("ignore", category=UserWarning, module="pydantic")
        return _open()


@cache
def _open() -> Door:
    litellm = _imported()
    guard = WireGuard()
    _quiet(litellm)
    _install(litellm, guard)
    return Door(litellm.completion, guard, partial(_know, litellm))


def _imported() -> Any:
    """Without the garbage collector, which costs a quarter of the import's time, and a second at the end."""
    os.environ.update(SETTINGS)
    collecting = gc.isenabled()
    gc.disable()
    try:
        import litellm
    except ImportError as error:
        raise NotConfigured(f"litellm cannot be imported: {error}", "install tokenroi-cli again") from error
    finally:
        if collecting:
            gc.enable()
    gc.freeze()  # what came with it stays as long as the process: it is not gone through again at the exit
    return litellm


def _quiet(litellm: Any) -> None:
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True
    litellm.telemetry = False
    for callbacks in ("callbacks", "success_callback", "failure_callback", "input_callback"):
        setattr(litellm, callbacks, [])
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it has to say, our errors say


def _install(litellm: Any, guard: WireGuard) -> None:
    """Its own HTTP handler takes the transport, the OpenAI SDK inside it a client around the same one."""
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    litellm.sync_transport = guard
    litellm.client_session = httpx.Client(transport=guard, follow_redirects=False, timeout=NO_ANSWER_S)
    litellm.in_memory_llm_clients_cache.flush_cache()
    litellm.module_level_client = HTTPHandler(timeout=NO_ANSWER_S)


def _know(litellm: Any, model: str) -> None:
    provider, _, name = model.partition("/")
    if provider == "openai" and name.removeprefix("responses/") not in litellm.model_cost:
        row = {"litellm_provider": provider, "mode": "chat", "supports_native_streaming": True}
        litellm.register_model({name.removeprefix("responses/"): row})
