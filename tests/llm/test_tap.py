"""What the tap reads from the bytes of an answer, whole, torn and broken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.speech import SPEECHES, Says, Tokens
from tokenroi_cli.domain.message import FinishReason
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.dialects import DIALECTS, Dialect, dialect_of
from tokenroi_cli.llm.tap import Tap

PATHS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/m:streamGenerateContent",
}
SPOKEN = dict(zip(PATHS, SPEECHES.values(), strict=True))
BILLED = Tokens(fresh=100, cache_read=50, output=30, reasoning=10)


def dialect(name: str) -> Dialect:
    found = dialect_of(PATHS[name])
    assert found is not None
    assert found.name == name
    return found


def lines(events: list[dict[str, Any]]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\r\n\r\n" for event in events)


def test_a_smaller_count_that_comes_later_takes_nothing_back() -> None:
    first = {"input_tokens": 1000, "cache_creation": {"ephemeral_5m_input_tokens": 7}, "output_tokens": 1}
    last = {"input_tokens": 0, "cache_creation": {"ephemeral_5m_input_tokens": 0}, "output_tokens": 5}
    begins = {"type": "message_start", "message": {"usage": first}}
    ends = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": last}
    assert read("anthropic", lines([begins, ends])).usage() == Usage(fresh=1000, cache_write_5m=7, output=5)


def read(name: str, data: bytes) -> Tap:
    tap = Tap(dialect(name))
    tap.feed(data)
    tap.end()
    return tap


@pytest.mark.parametrize("name", PATHS)
def test_a_whole_answer(name: str) -> None:
    body, tail = SPOKEN[name](Says("hello", usage=BILLED), "m-1")
    tap = read(name, b": a comment\n\n" + lines(body + tail))
    reasoning = 0 if name == "anthropic" else 10
    assert tap.usage() == Usage(fresh=100, cache_read=50, output=30, reasoning=reasoning)
    assert (tap.finish, tap.model, tap.error) == (FinishReason.STOP, "m-1", None)


@pytest.mark.parametrize("name", PATHS)
def test_an_answer_without_its_end_has_no_finish_and_no_bill(name: str) -> None:
    body, _ = SPOKEN[name](Says("hello", usage=BILLED), "m-1")
    tap = read(name, lines(body))
    assert tap.finish is None
    assert tap.usage() is None
    assert not tap.ended


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(("end", "expected"), [("length", "length"), ("refusal", "refusal")])
def test_other_ends(name: str, end: str, expected: str) -> None:
    body, tail = SPOKEN[name](Says("hello", finish=end), "m")
    assert read(name, lines(body + tail)).finish == FinishReason(expected)


@pytest.mark.parametrize("word", ["error", "insufficient_system_resource", ""])
def test_a_word_that_is_no_end(word: str) -> None:
    body, tail = SPOKEN["chat"](Says("hello"), "m")
    tail[0]["choices"][0]["finish_reason"] = word
    tap = read("chat", lines(body + tail))
    assert tap.finish is None
    assert tap.finish_word == (word or None)


def test_the_first_word_of_anthropic_is_evidence_but_no_bill() -> None:
    body, tail = SPOKEN["anthropic"](Says("hello", usage=BILLED), "m")
    assert read("anthropic", lines(body)).partial_usage() == Usage(fresh=100, cache_read=50, output=1)
    tail[0]["usage"] = {"output_tokens": None}
    assert read("anthropic", lines(body + tail)).usage() is None


def test_usage_may_come_after_the_finish_reason_or_before_it_and_the_last_word_counts() -> None:
    body, tail = SPOKEN["chat"](Says("hello", usage=Tokens(fresh=5, output=2)), "m")
    early = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}
    assert read("chat", lines([*body, early, tail[0]])).usage() is None
    assert read("chat", lines([*body, early, *tail])).usage() == Usage(fresh=5, output=2)


@pytest.mark.parametrize(
    ("said", "cost"),
    [
        ({"cost": 0.0123}, "0.0123"),
        ({"cost": 1e-7}, "0.0000001"),
        ({"cost": 0}, "0"),
        ({"cost": -1}, None),
        ({"cost": "0.1"}, None),
        ({"cost": True}, None),
        ({"cost": 1e300}, None),
        ({"cost": {"total_cost": 1}}, "1"),
        ({"cost": {"total_cost": "1"}}, None),
        ({"cost_in_usd_ticks": 158500}, "0.0000158500"),
        ({"cost_in_usd_ticks": "1"}, None),
        ({"cost_in_usd_ticks": -1}, None),
        ({"cost": 0.5, "is_byok": True}, None),
        ({}, None),
    ],
)
def test_the_price_that_a_provider_names(said: dict[str, Any], cost: str | None) -> None:
    body, tail = SPOKEN["chat"](Says("hello", extra_usage=said), "m")
    assert read("chat", lines(body + tail)).cost() == cost


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        ("chat", {"error": {"message": "upstream", "code": 502}}),
        ("responses", {"type": "response.failed", "response": {"error": {"message": "server_error"}}}),
        ("responses", {"type": "error", "code": "x", "message": "boom"}),
    ],
)
def test_an_error_inside_the_stream(name: str, event: dict[str, Any]) -> None:
    assert read(name, lines([event])).error is not None


def test_one_json_object_is_no_stream_but_names_its_usage() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2}
    body = {"choices": [{"finish_reason": "stop"}], "usage": usage}
    tap = read("chat", json.dumps(body).encode())
    assert tap.finish is None
    assert tap.usage() is None
    assert tap.partial_usage() == Usage(fresh=5, output=2)


@pytest.mark.parametrize("name", PATHS)
@given(data=st.data())
def test_pieces_do_not_matter(name: str, data: st.DataObject) -> None:
    body, tail = SPOKEN[name](Says("héllo ☃", usage=BILLED), "m")
    whole = lines(body + tail)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    tap = Tap(dialect(name))
    for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        tap.feed(whole[start:stop])
    tap.end()
    expected = read(name, whole)
    assert (tap.usage(), tap.finish, tap.model) == (expected.usage(), expected.finish, expected.model)


NAMES = ["choices", "finish_reason", "delta", "usage", "message", "response", "type", "candidates", "error"]
NAMES += ["prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "model"]
NAMES += ["usageMetadata", "promptTokenCount", "cache_creation", "cost", "output", "promptFeedback"]
WORDS = ["stop", "message_delta", "message_start", "response.completed", "response.incomplete", "end_turn"]
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=3)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
)


@given(events=st.lists(JSON, max_size=3), noise=st.binary(max_size=30))
def test_nothing_makes_it_raise(events: list[Any], noise: bytes) -> None:
    for spoken in DIALECTS:
        tap = Tap(spoken)
        for event in events:
            tap.feed(b"data: " + json.dumps(event).encode() + b"\n")
        tap.feed(noise)
        tap.end()
        tap.usage()
        tap.partial_usage()
        tap.cost()


def test_nesting_and_numbers_without_end() -> None:
    deep = b"data: " + b"[" * 100_000 + b"\n"
    long = b'data: {"usage": {"prompt_tokens": ' + b"9" * 10_000 + b"}}\n"
    assert read("chat", deep + long).partial_usage() is None


@pytest.mark.parametrize("last", [{"output_tokens": 0}, {"output_tokens": -1}, {"output_tokens": 11}])
def test_output_that_was_made_is_not_unmade(last: dict[str, int]) -> None:
    """A last count below an earlier one contradicts it: then nothing of it is a bill."""
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 100, "output_tokens": 12}}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": last}
    assert read("anthropic", lines([start, end])).usage() is None
    fewer = {**end, "usage": {"input_tokens": 0, "output_tokens": 13}}
    assert read("anthropic", lines([start, fewer])).usage() == Usage(fresh=100, output=13)


@pytest.mark.parametrize("name", ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"])
def test_a_negative_count_is_none_even_after_a_good_one(name: str) -> None:
    good = {
        "input_tokens": 100,
        "cache_read_input_tokens": 5,
        "cache_creation_input_tokens": 5,
        "output_tokens": 1,
    }
    start = {"type": "message_start", "message": {"usage": good}}
    end = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {name: -5, "output_tokens": 3},
    }
    assert read("anthropic", lines([start, end])).usage() is None
