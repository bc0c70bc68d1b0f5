"""LiteLLM's proxy: its spend logs, one row a request, whatever provider is behind it."""

from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, day_of


def read(records: Records) -> Export | None:
    """None for a file that is not LiteLLM's."""
    if not records or not all("request_id" in record and "spend" in record for record in records):
        return None
    return Export("LiteLLM spend logs", frozenset(), tuple(map(_row, records)))


def _row(row: Record) -> Line:
    """The request is named after the answer's own id."""
    began = row.get("startTime") or row["start_time"]
    model, cost = row.get("model") or "", amount(row["spend"])
    return Line(day_of(began), model, cost=cost, answer_id=row["request_id"] or None)
