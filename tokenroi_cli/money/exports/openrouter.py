"""OpenRouter: the activity page's CSV, the activity API by day and model, and single generations."""

from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, day_of

PROVIDERS = frozenset({"openrouter"})


def read(records: Records) -> Export | None:
    """None for a file that is not OpenRouter's."""
    if not records:
        return None
    first = records[0]
    if "cost_total" in first and "created_at" in first:
        return Export("OpenRouter activity CSV", PROVIDERS, tuple(map(_row, records)))
    if "total_cost" in first and "created_at" in first:
        return Export("OpenRouter generations", PROVIDERS, tuple(map(_generation, records)))
    if "model_permaslug" in first and "usage" in first:
        return Export("OpenRouter activity", PROVIDERS, tuple(map(_day, records)))
    return None


def _row(row: Record) -> Line:
    model = row.get("model_permaslug") or row.get("model") or ""
    cost = amount(row["cost_total"])
    return Line(day_of(row["created_at"]), model, cost=cost, answer_id=row.get("generation_id") or None)


def _generation(said: Record) -> Line:
    cost = amount(said["total_cost"])
    return Line(day_of(said["created_at"]), said.get("model") or "", cost=cost, answer_id=said.get("id"))


def _day(said: Record) -> Line:
    return Line(day_of(said["date"]), said.get("model") or "", cost=amount(said["usage"]))
