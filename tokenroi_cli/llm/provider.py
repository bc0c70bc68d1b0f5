"""The provider behind every litellm model id: one request on one permit, the bill in the provider's words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tokenroi_cli.domain.call import Permit
from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.message import FinishReason, Reply, Request, StreamItem
from tokenroi_cli.llm.assembly import Assembly
from tokenroi_cli.llm.messages import arguments

if TYPE_CHECKING:
    from tokenroi_cli.llm.transfer import Transfer

CONNECT_S = 10.0
STALL_S = 120.0
"""Seconds without a byte after which an answer counts as cut."""


class LiteLLM:
    """Implements `domain.message.Provider`. litellm and httpx are imported with the first call."""

    def __init__(
        self,
        endpoint_for: Callable[[str], Endpoint],
        *,
        connect_s: float = CONNECT_S,
        stall_s: float = STALL_S,
    ) -> None:
        self._endpoint_for = endpoint_for
        self._connect_s = connect_s
        self._stall_s = stall_s

    def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
        """Deltas, then one Reply. Raises PermitSpent, NotConfigured, or the ProviderError family."""
        from tokenroi_cli.llm.failures import failure
        from tokenroi_cli.llm.litellm_door import open_door

        permit.take()
        endpoint = self._endpoint_for(request.model)
        asked = arguments(request, endpoint)
        transfer = self._transfer(permit, replace(endpoint, api_base=asked.get("api_base")))
        permit.on_cancel(transfer.cut)
        door = open_door()
        door.know(asked["model"])
        assembly = Assembly(permit.call.id)
        with door.guard.expecting(transfer):
            try:
                for chunk in door.completion(api_key=transfer.token, timeout=transfer.timeout, **asked):
                    yield from assembly.add(chunk)
            except GeneratorExit:  # ended from our side: what was billed so far is still worth knowing
                transfer.failure = transfer.failure or "it was ended from our side"
                raise failure(transfer, None) from None
            except Exception as error:  # litellm raises its own, the SDKs', httpx's and plain KeyErrors
                raise failure(transfer, error) from error
            yield _reply(transfer, assembly)

    def _transfer(self, permit: Permit, endpoint: Endpoint) -> "Transfer":
        import httpx

        from tokenroi_cli.llm.transfer import Transfer

        return Transfer(permit, endpoint, httpx.Timeout(self._stall_s, connect=self._connect_s))


def _reply(transfer: "Transfer", assembly: Assembly) -> Reply:
    """Raises StreamCut when litellm is content but the provider never said that it had finished."""
    from tokenroi_cli.llm.failures import failure

    tap = transfer.tap
    if tap is None or tap.finish is None or tap.error is not None:
        raise failure(transfer, None)
    reply = Reply(assembly.blocks(), tap.finish, tap.usage(), tap.model, tap.cost(), tap.id)
    if reply.finish is FinishReason.STOP and reply.tool_calls:
        return replace(reply, finish=FinishReason.TOOL_USE)  # some servers say "stop" after tool calls, too
    return reply
