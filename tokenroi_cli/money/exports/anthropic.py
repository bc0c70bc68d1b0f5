"""Anthropic: the usage and cost reports of the Admin API, and the two CSV files of the console."""

from collections.abc import Iterator
from decimal import Decimal

from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, count, day_of

PROVIDERS = frozenset({"anthropic"})
USAGE_CSV, COST_CSV = "usage_input_tokens_no_cache", "cost_usd"
"""Columns that no other export has."""
HALF_A_CENT = usd("0.005")
"""The console rounds each row of its cost CSV to cents."""


def read(records: Records) -> Export | None:
    """None for a file that is not Anthropic's."""
    if records and USAGE_CSV in records[0]:
        return Export("Anthropic console usage CSV", PROVIDERS, tuple(map(_usage_row, records)))
    if records and {COST_CSV, "usage_date_utc"} <= records[0].keys():
        return Export("Anthropic console cost CSV", PROVIDERS, tuple(map(_cost_row, records)))
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


def _usage_row(row: Record) -> Line:
    usage = Usage(
        fresh=count(row.get(USAGE_CSV)),
        cache_read=count(row.get("usage_input_tokens_cache_read")),
        cache_write_5m=count(row.get("usage_input_tokens_cache_write_5m")),
        cache_write_1h=count(row.get("usage_input_tokens_cache_write_1h")),
        output=count(row.get("usage_output_tokens")),
    )
    return Line(day_of(row["usage_date_utc"]), row.get("model_version") or "", usage=usage)


def _cost_row(row: Record) -> Line:
    """Models stand there by their display names, such as `Claude Sonnet 4.5`."""
    model = str(row.get("model") or "").strip().lower().replace(" ", "-").replace(".", "-")
    return Line(day_of(row["usage_date_utc"]), model, cost=amount(row[COST_CSV]), rounding=HALF_A_CENT)
