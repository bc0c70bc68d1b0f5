"""Anthropic: the usage report and the cost report of the Admin API, and the console's usage CSV."""

from collections.abc import Iterator
from decimal import Decimal

from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, count, day_of

PROVIDERS = frozenset({"anthropic"})
CSV = "usage_input_tokens_no_cache"
"""A column that no other export has."""


def read(records: Records) -> Export | None:
    """None for a file that is not Anthropic's."""
    if records and CSV in records[0]:
        return Export("Anthropic console CSV", PROVIDERS, tuple(map(_row, records)))
    if not records or not all("starting_at" in record and "results" in record for record in records):
        return None
    results = [(record["starting_at"], result) for record in records for result in record["results"]]
    if any("uncached_input_tokens" in result for _, result in results):
        return Export("Anthropic usage report", PROVIDERS, tuple(_usage(day, said) for day, said in results))
    return Export("Anthropic cost report", PROVIDERS, tuple(_costs(results)))


def _costs(results: list[tuple[str, Record]]) -> Iterator[Line]:
    """Amounts are in cents, as decimal text."""
    for day, said in results:
        cents = Decimal(str(said["amount"]))
        yield Line(day_of(day), said.get("model") or "", cost=amount(cents / 100))


def _usage(day: str, said: Record) -> Line:
    written = said.get("cache_creation") or {}
    usage = Usage(
        fresh=count(said.get("uncached_input_tokens")),
        cache_read=count(said.get("cache_read_input_tokens")),
        cache_write_5m=count(written.get("ephemeral_5m_input_tokens")),
        cache_write_1h=count(written.get("ephemeral_1h_input_tokens")),
        output=count(said.get("output_tokens")),
    )
    return Line(day_of(day), said.get("model") or "", usage=usage)


def _row(row: Record) -> Line:
    usage = Usage(
        fresh=count(row.get(CSV)),
        cache_read=count(row.get("usage_input_tokens_cache_read")),
        cache_write_5m=count(row.get("usage_input_tokens_cache_write_5m")),
        cache_write_1h=count(row.get("usage_input_tokens_cache_write_1h")),
        output=count(row.get("usage_output_tokens")),
    )
    return Line(day_of(row["usage_date_utc"]), row.get("model_version") or "", usage=usage)
