"""Known invoices: from the bytes of an answer to the pico-dollar, in every convention of reporting usage."""

import json
import tomllib
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tokenroi_cli.domain.money import ZERO, usd
from tokenroi_cli.domain.price import LongContext, Price, Rates
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.dialects import DIALECTS
from tokenroi_cli.llm.tap import Tap

INVOICES = tomllib.loads(Path(__file__).with_name("invoices.toml").read_text(encoding="utf-8"))["invoice"]
every_invoice = pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: invoice["name"])

ENDS = {
    "chat": {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    "responses": {"type": "response.completed"},
    "anthropic": {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    "gemini": {"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}]},
}


def answer(dialect: str, usage: str) -> bytes:
    """The last event of an answer, with its usage word for word."""
    end = json.dumps(ENDS[dialect])[:-1]
    if dialect == "responses":
        return f'data: {end}, "response": {{"output": [], "usage": {usage}}}}}\n\n'.encode()
    name = "usageMetadata" if dialect == "gemini" else "usage"
    return f'data: {end}, "{name}": {usage}}}\n\n'.encode()


def heard(invoice: dict[str, Any], piece: int = 13) -> Tap:
    """What is read of the answer, in whatever pieces it comes."""
    tap = Tap(next(dialect for dialect in DIALECTS if dialect.name == invoice["dialect"]))
    data = answer(invoice["dialect"], invoice["usage"])
    for at in range(0, len(data), piece):
        tap.feed(data[at : at + piece])
    tap.end()
    return tap


def usage_of(invoice: dict[str, Any]) -> Usage:
    usage = heard(invoice).usage()
    assert usage is not None
    return usage


def price_of(invoice: dict[str, Any]) -> Price:
    reasoning = usd(invoice["reasoning"]) if "reasoning" in invoice else None
    base = replace(Rates(*map(usd, invoice["rates"])), reasoning=reasoning)
    long = (
        (LongContext(invoice["above"], Rates(*map(usd, invoice["long_rates"]))),)
        if "above" in invoice
        else ()
    )
    return Price("m", base, long, per_request=usd(invoice.get("fee", "0")))


def test_there_are_enough_of_them() -> None:
    assert len(INVOICES) >= 30
    assert sum(invoice["by"] == "provider" for invoice in INVOICES) >= 10
    conventions = Counter(
        "router" if '"cost"' in invoice["usage"] else invoice["dialect"] for invoice in INVOICES
    )
    assert min(conventions[name] for name in ("router", "chat", "responses", "anthropic", "gemini")) >= 4


@every_invoice
def test_usage_at_the_known_rates_is_the_invoice_to_the_pico_dollar(invoice: dict[str, Any]) -> None:
    assert price_of(invoice).cost(usage_of(invoice)) == usd(invoice["bill"])


@every_invoice
def test_an_amount_in_the_answer_is_read_as_it_stands(invoice: dict[str, Any]) -> None:
    said = heard(invoice).cost()
    if '"cost' in invoice["usage"]:
        assert said is not None
        assert Decimal(said) == Decimal(invoice["bill"])
    else:
        assert said is None


@every_invoice
def test_the_parts_are_the_whole_and_no_token_counts_twice(invoice: dict[str, Any]) -> None:
    usage, price = usage_of(invoice), price_of(invoice)
    rates = price.rates_at(usage.context)
    assert sum(rates.by_class(usage).values()) == rates.of(usage)
    said = json.loads(invoice["usage"])
    if invoice["dialect"] in ("chat", "responses"):
        assert usage.context == said.get("prompt_tokens", said.get("input_tokens"))
    if invoice["dialect"] == "gemini":
        assert usage.context + usage.output == said["totalTokenCount"]


@every_invoice
@pytest.mark.parametrize("name", ["fresh", "cache_read", "cache_write_5m", "cache_write_1h", "output"])
def test_one_token_more_never_costs_less(invoice: dict[str, Any], name: str) -> None:
    usage, price = usage_of(invoice), price_of(invoice)
    more = usage + Usage(**{name: 1})
    assert price.cost(more) >= price.cost(usage) > ZERO
