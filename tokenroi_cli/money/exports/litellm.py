"""LiteLLM's proxy: its spend logs, one row a request, whatever provider is behind it."""

from tokenroi_cli.money.exports.line import Export, Line, Record, Records, amount, day_of

CACHED = "_cache_hit"
"""In the id of a request that the proxy answered itself, behind that of the answer it repeated."""


def read(records: Records) -> Export | None:
    """None for a file that is not LiteLLM's."""
    if not records or not all("request_id" in record and "spend" in record for record in records):
        return None
    lines = tuple(map(_row, records))
    return Export("LiteLLM spend logs", frozenset(), lines, exhaustive=False)  # rows can be lost


def _row(row: Record) -> Line:
    """The request is named after the answer's own id.

    A row of a failure says nothing of what the provider billed: no call is settled by it.
    """
    began = row.get("startTime") or row["start_time"]
    cost = amount(row["spend"])
    named = str(row["request_id"] or "")
    failed = row.get("status") == "failure" or (cost == 0 and CACHED not in named)
    return Line(day_of(began), row.get("model") or "", cost=cost, answer_id=None if failed else named or None)
