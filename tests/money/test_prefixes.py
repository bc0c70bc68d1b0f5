"""The tight bound: what a provider counted, and the bytes of what was added since."""

from dataclasses import replace

import pytest

from tests.money.paying import a_request
from tokenroi_cli.domain.message import Message, Request, Role, Text, ToolCall, ToolResult, ToolSchema
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.bounds import PER_BLOCK, PER_MESSAGE, PER_REQUEST, input_bound
from tokenroi_cli.money.prefixes import REMEMBERED, Prefixes

LONG = "def main() -> None: ...\n" * 1000
FIRST = replace(a_request(LONG), tools=(ToolSchema("read", "Reads.", {"type": "object"}),))
COUNTED = Usage(fresh=100, cache_read=5000, cache_write_5m=900, output=33)
ANSWER = Message(Role.ASSISTANT, (ToolCall("t1", "read", '{"path": "a"}'),))
RESULT = Message(Role.USER, (ToolResult("t1", "x" * 70),), cache=True)


def grown(request: Request) -> Request:
    first, *rest = request.messages
    return replace(request, messages=(replace(first, cache=True), *rest, ANSWER, RESULT))


def test_what_is_added_is_bounded_by_its_bytes_and_a_constant_for_each_message() -> None:
    prefixes = Prefixes()
    prefixes.learn(FIRST, COUNTED)
    added = len("t1" + "read" + '{"path": "a"}') + len("t1" + "x" * 70)
    assert prefixes.bound(grown(FIRST)) == 6000 + PER_REQUEST + added + 2 * (PER_MESSAGE + PER_BLOCK)
    assert prefixes.bound(FIRST) == 6000 + PER_REQUEST, "a retry"
    assert prefixes.bound(grown(FIRST)) < input_bound(grown(FIRST)) / 3


@pytest.mark.parametrize(
    "change",
    [
        {"model": "another"},
        {"system": "Be long."},
        {"effort": "high"},
        {"tools": ()},
        {"messages": (Message(Role.USER, (Text("hello"),)), ANSWER, RESULT)},
        {"messages": ()},
    ],
)
def test_only_an_unchanged_prefix_of_the_same_model_and_tools_counts(change: dict[str, object]) -> None:
    prefixes = Prefixes()
    prefixes.learn(FIRST, COUNTED)
    other = replace(grown(FIRST), **change)  # type: ignore[arg-type]
    assert prefixes.bound(other) == input_bound(other)


def test_the_tightest_of_what_is_remembered_holds_and_old_branches_are_forgotten() -> None:
    prefixes = Prefixes()
    prefixes.learn(FIRST, COUNTED)
    prefixes.learn(grown(FIRST), replace(COUNTED, fresh=200))
    assert prefixes.bound(grown(FIRST)) == 6100 + PER_REQUEST
    for number in range(REMEMBERED):
        prefixes.learn(a_request(f"{number}"), COUNTED)
    assert prefixes.bound(FIRST) == input_bound(FIRST)


def test_fewer_tokens_than_the_beginning_had_are_no_count() -> None:
    """Some servers leave out what they read from their cache; the next one may read all of it."""
    prefixes = Prefixes()
    prefixes.learn(FIRST, COUNTED)
    before = prefixes.bound(grown(FIRST))
    prefixes.learn(grown(FIRST), Usage(fresh=40))
    prefixes.learn(FIRST, Usage(fresh=1))
    assert prefixes.bound(grown(FIRST)) == before


def test_a_count_above_the_bytes_loosens_nothing() -> None:
    prefixes = Prefixes()
    prefixes.learn(FIRST, Usage(fresh=10**6))
    assert prefixes.bound(FIRST) == input_bound(FIRST)
