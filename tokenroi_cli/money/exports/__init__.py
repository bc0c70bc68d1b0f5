"""Providers' usage exports: one small module a provider, each tells its own files from all others."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.money.exports import anthropic, litellm, openai, openrouter
from tokenroi_cli.money.exports.line import Export, Records

READERS: Mapping[str, Callable[[Records], Export | None]] = {
    "Anthropic usage or cost, by API or console": anthropic.read,
    "OpenAI costs or completions usage, by API or dashboard": openai.read,
    "OpenRouter activity": openrouter.read,
    "LiteLLM spend logs": litellm.read,
}
"""What can be read. Each returns None for a file that is not its own."""

_BROKEN = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError, csv.Error)
"""How a reader fails on a row that is not what it should be."""


def read_export(text: str, name: str) -> Export:
    """An export in any of the known formats. Raises UsageError, naming the file, for anything else."""
    try:
        documents = _documents(text, name)
        records = [record for document in documents for record in _unwrapped(document)]
        found = next(filter(None, (read(records) for read in READERS.values())), None)
    except _BROKEN as error:
        raise UsageError(f"{name}: a row that cannot be read: {error}", "export it again") from error
    if found is None:
        raise UsageError(f"{name} is no usage export that is known here", f"one of: {'; '.join(READERS)}")
    last = documents[-1]
    return replace(found, whole=not (isinstance(last, dict) and last.get("has_more") is True))


def _documents(text: str, name: str) -> list[Any]:
    """Rows of a CSV, or JSON: one document, or one a line; so the pages of an export can be put together."""
    if not text.strip():
        raise UsageError(f"{name} is empty", "export it again")
    if text.lstrip()[0] not in "[{":
        return list(csv.DictReader(io.StringIO(text)))
    try:
        return [json.loads(text, parse_float=Decimal)]
    except json.JSONDecodeError:
        pass
    try:
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise UsageError(f"{name} is neither JSON nor CSV: {error}", "export it again") from error


def _unwrapped(document: Any) -> Records:
    if isinstance(document, list):
        return [record for item in document for record in _unwrapped(item)]
    if isinstance(document, dict) and isinstance(document.get("data"), (list, dict)):
        return _unwrapped(document["data"])
    return [document] if isinstance(document, dict) else []
