"""Upper bounds of what a call can cost, computed before it is sent. Nothing here is an estimate."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress

from tokenroi_cli.domain.message import (
    Block,
    Message,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    ToolSchema,
)
from tokenroi_cli.domain.money import Money, ceil_div
from tokenroi_cli.domain.price import MILLION, Price, Rates
from tokenroi_cli.domain.tokens import most_tokens

FLOOR = 1024
"""Output tokens below which a call is not worth making: it is refused instead."""

PER_REQUEST = 1024
"""Tokens that providers add to a request: chat template, the preamble that explains tools."""
PER_MESSAGE = 32
PER_BLOCK = 64
PER_TOOL = 128


def input_bound(request: Request) -> int:
    """Tokens that the request can never exceed as input: its bytes, and a constant for all that is around."""
    return PER_REQUEST + text_bound(request)


def text_bound(request: Request) -> int:
    """The same without what providers add to every request: what can be counted in the body on the wire."""
    return (
        PER_MESSAGE
        + PER_BLOCK
        + PER_TOOL * len(request.tools)
        + sum(most_tokens(text) for text in (request.system, *_of_tools(request.tools)))
        + messages_bound(request.messages)
    )


def messages_bound(messages: Sequence[Message]) -> int:
    """Tokens that these messages can never exceed."""
    blocks = [block for message in messages for block in message.blocks]
    said = sum(most_tokens(text) for block in blocks for text in _of_block(block))
    return PER_MESSAGE * len(messages) + PER_BLOCK * len(blocks) + said


def worst(price: Price, input_tokens: int, max_output: int, *, an_hour: bool = False) -> Money:
    """Pico-dollars that a call with these bounds can cost at most.

    Every input token is taken at the dearest class that the request can incur (`an_hour`: it asks the
    provider to keep its prefix for an hour), every output token at the dearest, and every tier within
    reach is tried.
    """
    tiers = _reachable(price, input_tokens)
    dearest = max(_cost(rates, input_tokens, max_output, an_hour=an_hour) for rates in tiers)
    return Money(ceil_div(dearest, MILLION) + price.per_request)


def affordable_output(
    price: Price, input_tokens: int, left: Money | None, wanted: int, *, an_hour: bool = False
) -> int:
    """The most output tokens, up to `wanted`, whose worst case fits into what is left (None: no cap).

    Zero when not even the input fits.
    """
    if left is None:
        return wanted
    room = left - price.per_request
    tiers = _reachable(price, input_tokens)
    return max(0, min(_fitting(rates, input_tokens, room, wanted, an_hour=an_hour) for rates in tiers))


def _fitting(rates: Rates, input_tokens: int, left: int, wanted: int, *, an_hour: bool) -> int:
    room = left * MILLION - _cost(rates, input_tokens, 0, an_hour=an_hour)
    if room < 0:
        return 0
    dearest = rates.dearest_output()
    return min(wanted, room // dearest) if dearest else wanted


def _cost(rates: Rates, input_tokens: int, output: int, *, an_hour: bool) -> int:
    """Pico-dollars times a million."""
    return input_tokens * rates.dearest_input(an_hour=an_hour) + output * rates.dearest_output()


def _reachable(price: Price, input_tokens: int) -> Iterator[Rates]:
    yield price.rates
    yield from (tier.rates for tier in price.long_context if input_tokens > tier.above)


def _of_tools(tools: Sequence[ToolSchema]) -> Iterator[str]:
    for tool in tools:
        yield tool.name
        yield tool.description
        yield json.dumps(tool.parameters, ensure_ascii=False, default=dict)


def _of_block(block: Block) -> tuple[str, ...]:
    match block:
        case Text(text):
            return (text,)
        case Thinking(text, signature):
            return (text, signature)
        case ToolCall(id, name):
            return (id, name, _longest_spelling(block))
        case ToolResult(call_id, text):
            return (call_id, text)


def _longest_spelling(call: ToolCall) -> str:
    """Arguments as text, as they are sent back, and without escapes, as servers that parse them have them."""
    spellings = [call.arguments, call.sent_back]
    if "\\u" in call.arguments:
        with suppress(ValueError, RecursionError):
            spellings.append(json.dumps(json.loads(call.arguments), ensure_ascii=False))
    return max(spellings, key=most_tokens)
