"""OpenAI: the organization's costs and its completions usage, as the Admin API gives them."""

from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, count, day_of

PROVIDERS = frozenset({"openai"})


def read(records: Records) -> Export | None:
    """None for a file that is not OpenAI's."""
    if not records or not all("start_time" in record and "results" in record for record in records):
        return None
    results = [(record["start_time"], result) for record in records for result in record["results"]]
    if any("amount" in result for _, result in results) or not results:
        return Export("OpenAI costs", PROVIDERS, tuple(_cost(day, said) for day, said in results))
    return Export("OpenAI completions usage", PROVIDERS, tuple(_usage(day, said) for day, said in results))


def _cost(day: int, said: Record) -> Line:
    """A line item reads `gpt-6.1-sol, input`; without one the amount is of all models together."""
    model = str(said.get("line_item") or "").partition(",")[0].strip()
    return Line(day_of(day), model, cost=amount(said["amount"]["value"]))


def _usage(day: int, said: Record) -> Line:
    read_, written = count(said.get("input_cached_tokens")), count(said.get("input_cache_write_tokens"))
    usage = Usage(
        fresh=count(said.get("input_tokens")) - read_ - written,
        cache_read=read_,
        cache_write_5m=written,
        output=count(said.get("output_tokens")),
    )
    return Line(day_of(day), said.get("model") or "", usage=usage)
