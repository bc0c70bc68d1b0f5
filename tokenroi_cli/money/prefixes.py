"""What providers counted before: the exact size of a prompt's unchanged prefix, for a tight bound."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from tokenroi_cli.domain.message import Message, Request
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import PER_REQUEST, input_bound, messages_bound

REMEMBERED = 16
"""Requests; as many branches as are at work at once, sub-agents included."""


@dataclass(frozen=True, slots=True)
class _Counted:
    request: Request
    tokens: int


class Prefixes:
    """The last requests whose input a provider counted. Any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: deque[_Counted] = deque(maxlen=REMEMBERED)

    def learn(self, request: Request, usage: Usage) -> None:
        """The provider read `request` as so many tokens.

        Fewer than an earlier request that this one begins with is no count: some leave out what they cached.
        """
        with self._lock:
            if all(usage.context >= before.tokens for before in _beginnings(request, self._counted)):
                self._counted.append(_Counted(request, usage.context))

    def bound(self, request: Request) -> int:
        """Tokens that the request can never exceed as input.

        Where it begins with a request that was counted, with the same model, effort, system and tools:
        that count, the bytes of what was added, and what a provider may add to any request: routers send
        the next one to another server. Else the bytes of all of it.
        """
        with self._lock:
            counted = _beginnings(request, self._counted)
        return min((*(_continued(request, before) for before in counted), input_bound(request)))


def _beginnings(request: Request, counted: Iterable[_Counted]) -> list[_Counted]:
    return [before for before in counted if _begins_with(request, before.request)]


def _continued(request: Request, before: _Counted) -> int:
    added = request.messages[len(before.request.messages) :]
    return before.tokens + PER_REQUEST + messages_bound(added)


def _begins_with(request: Request, before: Request) -> bool:
    return (
        _head(request) == _head(before)
        and all(_same(one, other) for one, other in zip(request.messages, before.messages, strict=False))
        and len(before.messages) <= len(request.messages)
    )


def _head(request: Request) -> tuple[object, ...]:
    return request.model, request.effort, request.system, request.tools


def _same(one: Message, other: Message) -> bool:
    """Cache marks are no part of what is read."""
    return one.role is other.role and one.blocks == other.blocks
