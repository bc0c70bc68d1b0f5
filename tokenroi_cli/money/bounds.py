"""Upper bounds of what a call can cost, computed before it is sent. Nothing here is an estimate."""

import json
from collections.abc import Iterator
from unicodedata import normalize

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

FLOOR = 1024
"""Output tokens below which a call is not worth making: it is refused instead."""

PER_REQUEST = 1024
"""Tokens that providers add to a request: chat template, the preamble that explains tools."""
PER_MESSAGE = 32
PER_BLOCK = 64
PER_TOOL = 128


def input_bound(request: Request) -> int:
    """Tokens that the request can never exceed as input.

    A byte-level tokenizer makes at most one token of a byte. Some normalise the text first, which can
    make it longer, so the longer of the two forms counts.
    """
    blocks = [block for message in request.messages for block in message.blocks]
    return (
        PER_REQUEST
        + PER_MESSAGE * (1 + len(request.messages))
        + PER_BLOCK * len(blocks)
        + PER_TOOL * len(request.tools)
        + sum(_bytes(text) for text in _texts(request))
    )


def worst(price: Price, input_tokens: int, max_output: int) -> Money:
    """Pico-dollars that a call with these bounds can cost at most.

    Every input token is taken at the dearest class, every tier within reach is tried. One-hour cache
    writes are left out: no request of ours asks for them.
    """
    dearest = max(_cost(rates, input_tokens, max_output) for rates in _reachable(price, input_tokens))
    return Money(ceil_div(dearest, MILLION) + price.per_request)


def affordable_output(price: Price, input_tokens: int, left: Money | None, wanted: int) -> int:
    """The most output tokens, up to `wanted`, whose worst case fits into what is left (None: no cap).

    Zero when not even the input fits.
    """
    if left is None:
        return wanted
    return max(
        0,
        min(
            _fitting(rates, input_tokens, left - price.per_request, wanted)
            for rates in _reachable(price, input_tokens)
        ),
    )


def _fitting(rates: Rates, input_tokens: int, left: int, wanted: int) -> int:
    room = left * MILLION - _cost(rates, input_tokens, 0)
    if room < 0:
        return 0
    return min(wanted, room // rates.output) if rates.output else wanted


def _cost(rates: Rates, input_tokens: int, output: int) -> int:
    """Pico-dollars times a million."""
    return input_tokens * max(rates.fresh, rates.cache_read, rates.cache_write_5m) + output * rates.output


def _reachable(price: Price, input_tokens: int) -> Iterator[Rates]:
    yield price.rates
    yield from (tier.rates for tier in price.long_context if input_tokens > tier.above)


def _bytes(text: str) -> int:
    if text.isascii():
        return len(text)
    return max(len(form.encode("utf-8", "surrogatepass")) for form in (text, normalize("NFKC", text)))


def _texts(request: Request) -> Iterator[str]:
    yield request.system
    for tool in request.tools:
        yield from _of_tool(tool)
    for message in request.messages:
        yield from _of_message(message)


def _of_tool(tool: ToolSchema) -> Iterator[str]:
    yield tool.name
    yield tool.description
    yield json.dumps(tool.parameters, ensure_ascii=False, default=dict)


def _of_message(message: Message) -> Iterator[str]:
    for block in message.blocks:
        yield from _of_block(block)


def _of_block(block: Block) -> tuple[str, ...]:
    match block:
        case Text(text):
            return (text,)
        case Thinking(text, signature):
            return (text, signature)
        case ToolCall(id, name, arguments):
            return (id, name, arguments)
        case ToolResult(call_id, text):
            return (call_id, text)
