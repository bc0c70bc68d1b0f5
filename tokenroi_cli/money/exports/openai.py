"""OpenAI: the organization's costs and its completions usage, from the Admin API or the dashboard (CSV)."""

from collections.abc import Iterator

from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, count, day_of

PROVIDERS = frozenset({"openai"})


def read(records: Records) -> Export | None:
    """None for a file that is not OpenAI's."""
    if not records or not all("start_time" in record for record in records):
        return None
    results = list(_results(records))
    if any("amount" in result or "amount_value" in result for _, result in results):
        return Export("OpenAI costs", PROVIDERS, tuple(_cost(day, said) for day, said in results))
    return Export("OpenAI completions usage", PROVIDERS, tuple(_usage(day, said) for day, said in results))


def _results(records: Records) -> Iterator[tuple[str | int, Record]]:
    """The results of each bucket; of a CSV each row is one, and empty days are rows with times alone."""
    for record in records:
        if "results" in record:
            yield from ((record["start_time"], result) for result in record["results"])
        elif record.get("amount_value") or record.get("input_tokens"):
            yield record["start_time"], record


def _cost(day: str | int, said: Record) -> Line:
    """A line item reads `gpt-6.1-sol, input`; without one the amount is of all models together."""
    item = str(said.get("line_item") or "").strip()
    value = said["amount"]["value"] if "amount" in said else said["amount_value"]
    return Line(day_of(day), item.rpartition(", ")[0] or item, cost=amount(value))


def _usage(day: str | int, said: Record) -> Line:
    """Cached and written tokens are part of the input."""
    cached, written = count(said.get("input_cached_tokens")), count(said.get("input_cache_write_tokens"))
    usage = Usage(
        fresh=count(said.get("input_tokens")) - cached - written,
        cache_read=cached,
        cache_write_5m=written,
        output=count(said.get("output_tokens")),
    )
    return Line(day_of(day), said.get("model") or "", usage=usage)
