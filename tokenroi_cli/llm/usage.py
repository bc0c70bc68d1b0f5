"""Token counts as providers say them, in disjoint classes. What cannot be believed is None, never zero."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tokenroi_cli.domain.usage import Usage

Json = Mapping[str, Any]

MOST = 10**9
"""Tokens: no call counts more; a larger number is a broken one."""


def believed(read: Callable[[Json], Usage], said: Json) -> Usage | None:
    """What `read` makes of a provider's usage object; None when it is missing, malformed or contradictory."""
    try:
        usage = read(said)
    except ValueError:
        return None
    return usage if min(usage.fresh, usage.cache_write_5m) >= 0 else None


def chat(said: Json) -> Usage:
    """OpenAI chat completions and all who speak it: the cached tokens are part of `prompt_tokens`.

    Proxies that translate from Anthropic keep its names beside OpenAI's.
    """
    details = _part(said, "prompt_tokens_details")
    return _inclusive(
        prompt=_count(said, "prompt_tokens"),
        read=_optional(details, "cached_tokens")
        or _optional(said, "prompt_cache_hit_tokens")
        or _optional(said, "cached_tokens")
        or _optional(said, "cache_read_input_tokens"),
        written=_optional(details, "cache_write_tokens")
        or _optional(details, "cache_creation_tokens")
        or _optional(said, "cache_creation_input_tokens"),
        output=_output(said, "prompt_tokens", "completion_tokens"),
    )


def responses(said: Json) -> Usage:
    """OpenAI responses: as chat, in other words."""
    details = _part(said, "input_tokens_details")
    return _inclusive(
        prompt=_count(said, "input_tokens"),
        read=_optional(details, "cached_tokens"),
        written=_optional(details, "cache_write_tokens"),
        output=_output(said, "input_tokens", "output_tokens"),
    )


def anthropic(said: Json) -> Usage:
    """Anthropic messages: `input_tokens` holds only what was neither read from nor written to the cache.

    Where the provider went round several times, such as to compact, the rounds are billed, and the counts
    beside them may leave some out.
    """
    rounds = said.get("iterations") or ()
    if not isinstance(rounds, Sequence) or not all(isinstance(one, Mapping) for one in rounds):
        raise ValueError("iterations is no list of counts")
    whole, summed = _anthropic(said), sum(map(_anthropic, rounds), Usage())
    return Usage(
        fresh=max(whole.fresh, summed.fresh),
        cache_read=max(whole.cache_read, summed.cache_read),
        cache_write_5m=max(whole.cache_write_5m, summed.cache_write_5m),
        cache_write_1h=max(whole.cache_write_1h, summed.cache_write_1h),
        output=max(whole.output, summed.output),
    )


def _anthropic(said: Json) -> Usage:
    split = _part(said, "cache_creation")
    five, hour = _optional(split, "ephemeral_5m_input_tokens"), _optional(split, "ephemeral_1h_input_tokens")
    written = _optional(said, "cache_creation_input_tokens")
    if not split:
        five = written
    elif written not in (0, five + hour):
        raise ValueError("the two sums of cache writes differ")
    return Usage(
        fresh=_count(said, "input_tokens"),
        cache_read=_optional(said, "cache_read_input_tokens"),
        cache_write_5m=five,
        cache_write_1h=hour,
        output=_count(said, "output_tokens"),
    )


def gemini(said: Json) -> Usage:
    """Gemini: thoughts stand beside the candidates, cached content inside the prompt."""
    prompt = _count(said, "promptTokenCount") + _optional(said, "toolUsePromptTokenCount")
    thoughts = _optional(said, "thoughtsTokenCount")
    output = _optional(said, "candidatesTokenCount") + thoughts
    return _inclusive(
        prompt=prompt,
        read=_optional(said, "cachedContentTokenCount"),
        written=0,
        output=(max(output, _optional(said, "totalTokenCount") - prompt), thoughts),
    )


def _inclusive(prompt: int, read: int, written: int, output: tuple[int, int]) -> Usage:
    return Usage(
        fresh=prompt - read - written,
        cache_read=read,
        cache_write_5m=written,
        output=output[0],
        reasoning=output[1],
    )


def _output(said: Json, prompt: str, output: str) -> tuple[int, int]:
    """(generated, reasoning). Some count reasoning in the output, some only in the total: read upward."""
    reasoning = _optional(_part(said, f"{output}_details"), "reasoning_tokens")
    generated = max(_count(said, output), _optional(said, "total_tokens") - _count(said, prompt))
    return (generated if generated >= reasoning else generated + reasoning), reasoning


def _part(said: Json, name: str) -> Json:
    value = said.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is no object")
    return value


def _count(said: Json, name: str) -> int:
    value = said.get(name)
    if type(value) is not int or not 0 <= value <= MOST:
        raise ValueError(f"{name} is no token count")
    return value


def _optional(said: Json, name: str) -> int:
    return 0 if said.get(name) is None else _count(said, name)
