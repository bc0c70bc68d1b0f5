"""Providers' usage exports: one small module a provider, each tells its own files from all others."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.money.exports import anthropic, litellm, openai, openrouter
from tokenroi_cli.money.exports.line import Export, Records

READERS: Mapping[str, Callable[[Records], Export | None]] = {
    "Anthropic usage, cost report or console CSV": anthropic.read,
    "OpenAI costs or completions usage": openai.read,
    "OpenRouter activity": openrouter.read,
    "LiteLLM spend logs": litellm.read,
}
"""What can be read. Each returns None for a file that is not its own."""


def read_export(text: str, name: str) -> Export:
    """An export in any of the known formats. Raises UsageError, naming the file, for anything else."""
    records = _records(text, name)
    try:
        found = next(filter(None, (read(records) for read in READERS.values())), None)
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name}: a row that cannot be read: {error}", "export it again") from error
    if found is None:
        raise UsageError(f"{name} is no usage export that is known here", f"one of: {'; '.join(READERS)}")
    return found


def _records(text: str, name: str) -> Records:
    """Rows of a CSV or of JSON lines, the buckets of a page or of several, or a bare list."""
    if not text.strip():
        raise UsageError(f"{name} is empty", "export it again")
    if text.lstrip()[0] not in "[{":
        return list(csv.DictReader(io.StringIO(text)))
    try:
        return _unwrapped(json.loads(text, parse_float=Decimal))
    except json.JSONDecodeError:
        pass
    try:
        lines = [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise UsageError(f"{name} is neither JSON nor CSV: {error}", "export it again") from error
    return [record for line in lines for record in _unwrapped(line)]


def _unwrapped(document: Any) -> Records:
    if isinstance(document, list):
        return [record for item in document for record in _unwrapped(item)]
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        return _unwrapped(document["data"])
    return [document] if isinstance(document, dict) else []
