"""What providers counted before: the exact size of a prompt's unchanged prefix, for a tight bound."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from tokenroi_cli.domain.message import Message, Request
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import input_bound, messages_bound

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
        """The provider read `request` as so many tokens."""
        with self._lock:
            self._counted.append(_Counted(request, usage.context))

    def bound(self, request: Request) -> int:
        """Tokens that the request can never exceed as input.

        Where it begins with a request that was counted, with the same model, effort, system and tools:
        that count, and the bytes of what was added. Else the bytes of all of it.
        """
        with self._lock:
            counted = tuple(self._counted)
        return min((*_continued(request, counted), input_bound(request)))


def _continued(request: Request, counted: Sequence[_Counted]) -> list[int]:
    return [
        before.tokens + messages_bound(request.messages[len(before.request.messages) :])
        for before in counted
        if _begins_with(request, before.request)
    ]


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
