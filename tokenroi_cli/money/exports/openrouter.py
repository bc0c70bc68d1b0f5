"""OpenRouter: the activity page's CSV files, the activity API by day and model, and single generations."""

from tokenroi_cli.domain.money import Money
from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, day_of

PROVIDERS = frozenset({"openrouter"})
OWN_KEY = "byok_usage_inference"
"""What a call on the user's own key costs at the provider behind the router, beside the router's amount."""


def read(records: Records) -> Export | None:
    """None for a file that is not OpenRouter's."""
    names = records[0].keys() if records else frozenset()
    if {"cost_total", "created_at"} <= names:
        return Export("OpenRouter activity CSV", PROVIDERS, tuple(map(_row, records)))
    if {"Date", "Slug", "Usage"} <= names:
        return Export("OpenRouter activity CSV by day", PROVIDERS, tuple(map(_day_row, records)))
    if {"total_cost", "created_at"} <= names:
        return Export("OpenRouter generations", PROVIDERS, tuple(map(_generation, records)))
    if {"model_permaslug", "usage"} <= names:
        return Export("OpenRouter activity", PROVIDERS, tuple(map(_day, records)))
    return None


def _row(row: Record) -> Line:
    model = row.get("model_permaslug") or row.get("model") or ""
    cost = Money(amount(row["cost_total"]) + amount(row.get(OWN_KEY) or 0))
    return Line(day_of(row["created_at"]), model, cost=cost, answer_id=row.get("generation_id") or None)


def _day_row(row: Record) -> Line:
    cost = Money(amount(row["Usage"]) + amount(row.get("BYOK Usage") or 0))
    return Line(day_of(row["Date"]), row["Slug"], cost=cost)


def _generation(said: Record) -> Line:
    cost = amount(said["total_cost"])
    if said.get("is_byok"):
        cost = Money(cost + amount(said.get("upstream_inference_cost") or 0))
    return Line(day_of(said["created_at"]), said.get("model") or "", cost=cost, answer_id=said.get("id"))


def _day(said: Record) -> Line:
    cost = Money(amount(said["usage"]) + amount(said.get(OWN_KEY) or 0))
    return Line(day_of(said["date"]), said.get("model") or "", cost=cost)
