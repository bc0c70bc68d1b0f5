"""Usage objects as five providers send them."""

from typing import Any

import pytest

from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm import usage
from tokenroi_cli.llm.usage import believed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 2}, Usage(fresh=10, output=2)),
        (
            {
                "prompt_tokens": 1000,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 700, "cache_write_tokens": 100},
                "completion_tokens_details": {"reasoning_tokens": 20},
            },
            Usage(fresh=200, cache_read=700, cache_write_5m=100, output=50, reasoning=20),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 4},
            Usage(fresh=5, cache_read=4, output=2),
        ),
        ({"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 4}, Usage(5, 4, output=2)),
        (
            {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": None},
            Usage(fresh=9, output=2),
        ),
    ],
    ids=["plain", "openai", "deepseek", "moonshot", "null details"],
)
def test_chat_takes_the_cached_out_of_the_prompt(said: dict[str, Any], expected: Usage) -> None:
    assert believed(usage.chat, said) == expected


def test_reasoning_that_stands_beside_the_output_is_billed_too() -> None:
    """xAI counts it in the total only."""
    said = {
        "prompt_tokens": 30,
        "completion_tokens": 10,
        "total_tokens": 340,
        "completion_tokens_details": {"reasoning_tokens": 300},
    }
    assert believed(usage.chat, said) == Usage(fresh=30, output=310, reasoning=300)
    del said["total_tokens"]
    assert believed(usage.chat, said) == Usage(fresh=30, output=310, reasoning=300)


def test_responses() -> None:
    said = {
        "input_tokens": 100,
        "output_tokens": 20,
        "total_tokens": 120,
        "input_tokens_details": {"cached_tokens": 60},
        "output_tokens_details": {"reasoning_tokens": 5},
    }
    assert believed(usage.responses, said) == Usage(fresh=40, cache_read=60, output=20, reasoning=5)


def test_anthropic_input_is_beside_the_cache() -> None:
    said = {
        "input_tokens": 7,
        "cache_read_input_tokens": 800,
        "cache_creation_input_tokens": 100,
        "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 60},
        "output_tokens": 9,
    }
    assert believed(usage.anthropic, said) == Usage(7, 800, 40, 60, 9)
    del said["cache_creation"]
    assert believed(usage.anthropic, said) == Usage(7, 800, 100, 0, 9)


def test_gemini_thoughts_are_beside_the_candidates() -> None:
    said = {
        "promptTokenCount": 1000,
        "cachedContentTokenCount": 800,
        "candidatesTokenCount": 30,
        "thoughtsTokenCount": 20,
        "totalTokenCount": 1050,
    }
    assert believed(usage.gemini, said) == Usage(fresh=200, cache_read=800, output=50, reasoning=20)


CHAT = {"prompt_tokens": 10, "completion_tokens": 2}
ANTHROPIC = {"input_tokens": 10, "output_tokens": 2}


@pytest.mark.parametrize("count", [None, -1, "10", 10.0, True, 10**12, [], {}])
@pytest.mark.parametrize("name", ["prompt_tokens", "completion_tokens"])
def test_what_is_no_count_is_no_usage(name: str, count: object) -> None:
    assert believed(usage.chat, {**CHAT, name: count}) is None
    assert believed(usage.anthropic, {**ANTHROPIC, "input_tokens": count}) is None


@pytest.mark.parametrize(
    "said",
    [
        {**CHAT, "prompt_tokens_details": {"cached_tokens": 11}},
        {**CHAT, "prompt_tokens_details": {"cached_tokens": "9"}},
        {**CHAT, "prompt_tokens_details": "none"},
        {},
    ],
)
def test_what_contradicts_itself_is_no_usage(said: dict[str, Any]) -> None:
    assert believed(usage.chat, said) is None


def test_two_sums_of_cache_writes_that_differ_are_no_usage() -> None:
    split = {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 60}
    said = {**ANTHROPIC, "cache_creation_input_tokens": 99, "cache_creation": split}
    assert believed(usage.anthropic, said) is None
