"""Providers' exports as they are written, each told from all others; a row that is wrong is refused."""

import json
from typing import Any

import pytest

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.money import usd
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.money.exports import READERS, read_export
from tokenroi_cli.money.exports.line import Line

DAY = "2026-11-22"
START = 1795305600
"""Midnight of that day, UTC."""


def page(*results: dict[str, Any], **more: Any) -> str:
    """One bucket in the wrapper that both Admin APIs use."""
    bucket = {
        "starting_at": f"{DAY}T00:00:00Z",
        "ending_at": "2026-11-23T00:00:00Z",
        "results": list(results),
    }
    return json.dumps({"data": [{**bucket, **more}], "has_more": False, "next_page": None})


def openai_page(*results: dict[str, Any]) -> str:
    bucket = {"object": "bucket", "start_time": START, "end_time": START + 86400, "results": list(results)}
    return json.dumps({"object": "page", "data": [bucket], "has_more": False, "next_page": None})


def test_anthropic_cost_report_is_in_cents() -> None:
    found = read_export(
        page(
            {
                "amount": "123.45",
                "currency": "USD",
                "model": "claude-sonnet-4-20250514",
                "token_type": "output",
            },
            {"amount": "0.5", "currency": "USD", "model": None, "cost_type": "web_search"},
        ),
        "cost.json",
    )
    assert found.source == "Anthropic cost report"
    assert found.providers == frozenset({"anthropic"})
    assert found.lines == (
        Line(DAY, "claude-sonnet-4-20250514", cost=usd("1.2345")),
        Line(DAY, "", cost=usd("0.005")),
    )


def test_anthropic_usage_report() -> None:
    result = {
        "uncached_input_tokens": 1500,
        "cache_creation": {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500},
        "cache_read_input_tokens": 200,
        "output_tokens": 500,
        "server_tool_use": {"web_search_requests": 10},
        "model": "claude-opus-5-5",
        "service_tier": "standard",
        "context_window": "0-200k",
    }
    found = read_export(page(result), "usage.json")
    assert found.lines == (Line(DAY, "claude-opus-5-5", usage=Usage(1500, 200, 500, 1000, 500)),)


def test_anthropic_console_csv() -> None:
    text = (
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
        "usage_output_tokens,web_search_count,inference_geo,speed\n"
        f'{DAY},claude-opus-5,Some App,Default,standard,≤ 200k,"46,981",15969,0,7,16932,0,global,\n'
    )
    found = read_export(text, "usage.csv")
    assert found.lines == (Line(DAY, "claude-opus-5", usage=Usage(46981, 7, 15969, 0, 16932)),)


def test_openai_costs_are_in_dollars_by_line_item() -> None:
    found = read_export(
        openai_page(
            {"amount": {"value": 0.06, "currency": "usd"}, "line_item": "gpt-4o, input", "project_id": None},
            {"amount": {"value": "2.25", "currency": "usd"}, "line_item": None},
        ),
        "costs.json",
    )
    assert found.lines == (Line(DAY, "gpt-4o", cost=usd("0.06")), Line(DAY, "", cost=usd("2.25")))


def test_openai_usage_holds_the_cached_tokens_in_the_input() -> None:
    result = {
        "input_tokens": 1000,
        "output_tokens": 50,
        "input_cached_tokens": 800,
        "model": "gpt-5.5-2026-04-01",
    }
    found = read_export(openai_page(result), "usage.json")
    assert found.lines == (
        Line(DAY, "gpt-5.5-2026-04-01", usage=Usage(fresh=200, cache_read=800, output=50)),
    )


def test_openrouter_csv_api_and_generations() -> None:
    csv = (
        "generation_id,created_at,cost_total,cost_web_search,tokens_prompt,model_permaslug,variant\n"
        f"gen-1-a,{DAY} 23:59:59.713,0.0123,0,10389,openai/gpt-oss-120b,free\n"
        f"gen-1-b,{DAY}T10:00:00-07:00,1e-05,0,1,openai/gpt-oss-120b,\n"
    )
    assert read_export(csv, "activity.csv").lines == (
        Line(DAY, "openai/gpt-oss-120b", cost=usd("0.0123"), answer_id="gen-1-a"),
        Line(DAY, "openai/gpt-oss-120b", cost=usd("0.00001"), answer_id="gen-1-b"),
    )
    day = {"date": f"{DAY} 00:00:00", "model": "m/x", "model_permaslug": "m/x-1", "usage": 0.5, "requests": 5}
    assert read_export(json.dumps({"data": [day]}), "activity.json").lines == (
        Line(DAY, "m/x", cost=usd("0.5")),
    )
    one = {"id": "gen-3", "created_at": f"{DAY}T21:19:33.705Z", "model": "m/y", "total_cost": 0.0015}
    for text in (json.dumps({"data": one}), json.dumps([one]), json.dumps(one)):
        found = read_export(text if "data" not in text else json.dumps({"data": [one]}), "generation.json")
        assert found.lines == (Line(DAY, "m/y", cost=usd("0.0015"), answer_id="gen-3"),)


def test_litellm_spend_logs_as_json_as_lines_and_as_csv() -> None:
    row = {
        "request_id": "chatcmpl-1",
        "call_type": "acompletion",
        "spend": 0.000123,
        "startTime": f"{DAY}T10:00:00.123000Z",
        "model": "anthropic/claude-x",
        "metadata": {},
    }
    line = Line(DAY, "anthropic/claude-x", cost=usd("0.000123"), answer_id="chatcmpl-1")
    for text in (json.dumps([row]), json.dumps(row) + "\n" + json.dumps(row)):
        found = read_export(text, "logs.json")
        assert (found.source, found.providers, found.lines[0]) == ("LiteLLM spend logs", frozenset(), line)
    csv = f"request_id,spend,startTime,model\nchatcmpl-1,0.000123,{DAY} 10:00:00,anthropic/claude-x\n"
    assert read_export(csv, "logs.csv").lines == (line,)


@pytest.mark.parametrize(
    "text",
    [
        page({"amount": "-1", "model": "m"}),
        page({"amount": "NaN", "model": "m"}),
        page({"amount": "much", "model": "m"}),
        page({"amount": "1"}, starting_at="someday"),
        page({"uncached_input_tokens": -5, "output_tokens": 1, "model": "m"}),
        page({"uncached_input_tokens": "many", "output_tokens": 1, "model": "m"}),
        page({"amount": "1"}, results=7),
        openai_page({"amount": None}),
        openai_page({"amount": {"value": 1e300}}),
        '[{"request_id": "x", "spend": [], "startTime": "2026-11-22"}]',
        '[{"request_id": "x", "spend": 1}]',
        "generation_id,created_at,cost_total\ng,yesterday,1\n",
        '{"data": [',
        "[[[[",
        "[" * 100_000 + "]" * 100_000,
        "a,b\n" + "x" * 200_000 + ",1\n",
        "a,b\n\0,1\n",
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_the_name_of_the_file(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_export(text, "export.json")
    assert refused.value.what.startswith("export.json")
    assert refused.value.hint


def test_what_is_nobodys_is_refused_with_those_that_are_known() -> None:
    for text in ("[]", "{}", '[{"a": 1}]', "a;b\n1;2\n", "words"):
        with pytest.raises(UsageError) as refused:
            read_export(text, "x")
        assert all(name in refused.value.hint for name in READERS)


def test_anthropic_console_cost_csv_is_rounded_to_cents_and_names_models_as_people_do() -> None:
    text = (
        "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,"
        "cost_type,inference_geo,speed\n"
        f"{DAY},Claude Opus 4.6,Default,k,message,≤ 200k,input_no_cache,1.50,1.50,token,global,\n"
        f"{DAY},Claude Opus 4.6,Default,k,message,≤ 200k,output,0.00,0.00,token,global,\n"
    )
    found = read_export(text, "cost.csv")
    assert [(line.model, line.cost) for line in found.lines] == [
        ("claude-opus-4-6", usd("1.5")),
        ("claude-opus-4-6", usd("0")),
    ]
    assert {line.rounding for line in found.lines} == {usd("0.005")}


COSTS_CSV = (
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,user_email\n"
)


def test_openai_dashboard_csv_files() -> None:
    empty_day = f"{START - 86400},{START},,,,,,\n"
    text = (
        COSTS_CSV
        + empty_day
        + (
            f'{START},{START + 86400},,,0.003835980000000000000000000000,usd,"gpt-5.6-luna, input",a@b.c\n'
            f"{START},{START + 86400},,,0.5,usd,,\n"
        )
    )
    assert read_export(text, "cost.csv").lines == (
        Line(DAY, "gpt-5.6-luna", cost=usd("0.00383598")),
        Line(DAY, "", cost=usd("0.5")),
    )
    usage = (
        "start_time,end_time,num_model_requests,model,input_tokens,output_tokens,input_cached_tokens\n"
        f"{START},{START + 86400},50.0,gpt-4o-mini-2024-07-18,1000,100,200\n"
    )
    assert read_export(usage, "usage.csv").lines == (
        Line(DAY, "gpt-4o-mini-2024-07-18", usage=Usage(fresh=800, cache_read=200, output=100)),
    )
    assert read_export(COSTS_CSV + empty_day, "nothing.csv").lines == ()


def test_openrouter_by_day_and_on_a_key_of_ones_own() -> None:
    daily = f'Date,Slug,Usage,BYOK Usage,Requests\n"{DAY} 00:00:00","m/x","0.5","0.25","3"\n'
    assert read_export(daily, "daily.csv").lines == (Line(DAY, "m/x", cost=usd("0.75")),)
    own = {"date": DAY, "model": "m/x", "model_permaslug": "m/x-1", "usage": 0, "byok_usage_inference": 0.012}
    assert read_export(json.dumps({"data": [own]}), "a.json").lines[0].cost == usd("0.012")
    one = {"id": "g", "created_at": DAY, "model": "m", "total_cost": 0.001, "is_byok": True}
    text = json.dumps({"data": {**one, "upstream_inference_cost": 0.02}})
    assert read_export(text, "generation.json").lines == (Line(DAY, "m", cost=usd("0.021"), answer_id="g"),)


def test_one_page_of_several_is_not_whole() -> None:
    first = page({"amount": "1", "model": "m"}).replace('"has_more": false', '"has_more": true')
    assert not read_export(first, "cost.json").whole
    both = read_export(f"{first}\n{page({'amount': '2', 'model': 'm'})}", "cost.jsonl")
    assert both.whole
    assert [line.cost for line in both.lines] == [usd("0.01"), usd("0.02")]


def test_a_failure_in_a_proxys_log_says_nothing_of_the_providers_bill() -> None:
    rows = [
        {"request_id": "a", "spend": 0.0, "startTime": DAY, "model": "m", "status": "failure"},
        {"request_id": "b", "spend": 0.0, "startTime": DAY, "model": "m", "status": "success"},
        {"request_id": "c_cache_hit1788430600.12", "spend": 0, "startTime": DAY, "model": "m"},
        {"request_id": "d", "spend": 0.5, "startTime": DAY, "model": "m"},
    ]
    found = read_export(json.dumps(rows), "logs.json")
    assert [line.answer_id for line in found.lines] == [None, None, "c_cache_hit1788430600.12", "d"]
    assert not found.exhaustive
