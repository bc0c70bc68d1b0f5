"""What a user sees of their money: caps that hold, alerts, what is frozen, prices, a provider's export."""

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest

from tests.flows.world import SPEC, World
from tests.wire.loopback import Cuts, Fails, Fixed, Hangs, Loopback, Reply, Says, Tokens, Tool

pytestmark = pytest.mark.wire

SONNET = "anthropic/claude-sonnet-5-5"
"""$2 fresh, $0.10 read, $2.50 written, $10 out."""
LONG = Says("x", usage=Tokens(fresh=1000, output=2000))
"""$0.022."""
COST = Decimal("0.022")


def ask(world: World, *options: str, text: str = "hello") -> list[dict[str, Any]]:
    """The events of one `-p --json`."""
    return world.run("-p", text, "--json", *options).events


def alerts(events: Sequence[dict[str, Any]], kind: str = "budget") -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == "alert" and event["kind"] == kind]


def capped(world: World, text: str) -> None:
    world.configure((world.home / "config.toml").read_text() + text)


def test_alerts_are_told_once_and_to_the_users_command(world: World, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with Loopback([LONG] * 5) as server:
        world.speak("anthropic", server)
        facts = ("SCOPE", "PERCENT", "SPENT_USD", "CAP_USD")
        line = " ".join(f"$TOKENROI_ALERT_{fact}" for fact in facts)
        capped(world, f'[budget]\nmode = "soft"\nday = 0.08\nalert_command = \'echo "{line}" >> {told}\'\n')
        runs = [ask(world, "--max-usd", "1") for _ in range(5)]
    percents = [[alert["percent"] for alert in alerts(events)] for events in runs]
    assert percents == [[], [50], [80], [100], []]
    (second,) = alerts(runs[1])
    assert (second["spent_usd"], second["cap_usd"], second["unknown_usd"]) == ("0.044", "0.08", "0")
    assert second["scope"].startswith("day/")
    assert [row.split()[1:] for row in told.read_text().splitlines()] == [
        ["50", "0.044", "0.08"],
        ["80", "0.066", "0.08"],
        ["100", "0.088", "0.08"],
    ]
    assert runs[4][-1]["exit_code"] == 12


def test_a_failing_alert_command_is_said_and_stops_nothing(world: World) -> None:
    with Loopback([LONG]) as server:
        world.speak("anthropic", server)
        capped(world, '[budget]\nday = 0.2\nalert_command = "exit 3"\n')
        events = ask(world, "--max-usd", "0.03")
    assert alerts(events, "alert_command")[0]["text"] == "budget.alert_command failed (exit 3)"
    assert events[-1]["exit_code"] == 0


def test_a_call_above_its_reservation_ends_the_run_and_freezes_the_project(world: World) -> None:
    broken = Says("x", usage=Tokens(fresh=100, output=200_000))
    with Loopback([broken, LONG, LONG]) as server:
        world.speak("anthropic", server)
        first = ask(world)
        assert (first[-1]["exit_code"], first[-1]["reason"]) == (12, "overrun")
        (said,) = alerts(first, "overrun")
        assert SONNET in said["text"]
        assert first[-1]["text"] == "x", "what was paid for is not thrown away"

        second = world.run("-p", "again")
        assert second.code == 12
        assert "frozen" in second.err
        assert len(server.requests) == 1

        shown = json.loads(world.run("budget", "show", "--json").out)["budgets"]
        frozen = [row["scope"] for row in shown if row["frozen"]]
        assert f"project/{world.repo}" in frozen
        assert "FROZEN" in world.run("doctor").out
        assert world.run("budget", "thaw", "project/.").code == 0
        assert world.run("budget", "thaw", "project/.").code == 1
        assert ask(world)[-1]["exit_code"] == 0


def test_a_cap_on_one_feature_holds_and_no_other(world: World) -> None:
    plan = Says(SPEC, usage=Tokens(fresh=50, output=400))
    with Loopback([plan, plan]) as server:
        world.speak("anthropic", server)
        assert world.run("budget", "set", "feature/billing", "0.001").code == 0
        refused = world.run("plan", "refuse negative amounts", "--feature", "billing")
        assert refused.code == 12
        assert "feature billing has $0.001 left" in refused.err
        assert server.requests == []
        assert world.run("plan", "refuse negative amounts", "--feature", "other").code == 0


def test_what_a_budget_command_writes_keeps_what_the_user_wrote(world: World) -> None:
    world.configure("# mine\n[budget]\nday = 5.00  # enough\n\n[limits]\nsteps = 7\n")
    assert world.run("budget", "set", "day", "12.5").code == 0
    assert world.run("budget", "set", "project/.", "$40").code == 0
    text = (world.home / "config.toml").read_text()
    assert text == (
        f'# mine\n[budget]\nday = 12.5  # enough\n"project/{world.repo}" = 40.0\n\n[limits]\nsteps = 7\n'
    ) or text.startswith("# mine\n[budget]\nday = 12.5  # enough\n")
    shown = json.loads(world.run("budget", "--json").out)
    assert shown["kinds"]["day"] == "12.5"
    assert {"scope": f"project/{world.repo}", "cap_usd": "40"}.items() <= next(
        row for row in shown["budgets"] if row["scope"].startswith("project/")
    ).items()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("set", "mood", "3"), 2),
        (("set", "feature/", "3"), 2),
        (("set", "day", "-3"), 2),
        (("set", "day", "NaN"), 2),
        (("set", "day", "much"), 2),
        (("thaw", "nothing"), 2),
        (("thaw", "session/none"), 1),
    ],
)
def test_what_is_no_budget(world: World, arguments: tuple[str, ...], code: int) -> None:
    done = world.run("budget", *arguments)
    assert done.code == code
    assert done.err
    assert not (world.home / "config.toml").exists()


def test_a_config_that_cannot_be_read_is_left_as_it_is(world: World) -> None:
    world.configure("[budget\nday = 1\n")
    assert world.run("budget", "set", "day", "3").code == 18
    assert (world.home / "config.toml").read_text() == "[budget\nday = 1\n"


def test_prices_of_what_is_in_use_of_one_model_and_of_none(world: World) -> None:
    with Loopback([]) as server:
        world.speak("anthropic", server)
    listed = json.loads(world.run("prices", "--json").out)
    assert [row["model"] for row in listed["models"]][1] == SONNET
    assert listed["as_of"] == "2026-10-21"
    one = json.loads(world.run("prices", SONNET, "--json").out)
    assert {
        name: one[name] for name in ("model", "input", "output", "cache_read", "context", "max_output")
    } == {
        "model": SONNET,
        "input": "2",
        "output": "10",
        "cache_read": "0.1",
        "context": 1_000_000,
        "max_output": 128_000,
    }
    assert (one["cache_write_5m"], one["cache_write_1h"], one["as_of"]) == ("2.5", "4", "2026-10-21")
    assert json.loads(world.run("prices", "mid", "--json").out)["model"] == SONNET
    unknown = world.run("prices", "anthropic/claude-sonnet-5-6")
    assert unknown.code == 14
    assert SONNET in unknown.err


def test_a_tier_without_any_model_has_no_price_and_says_why(world: World) -> None:
    said = world.run("prices", "light")
    assert said.code == 18
    assert "no model configured" in said.err


def test_an_alias_costs_what_its_model_costs(world: World) -> None:
    world.configure('[prices."openai/my-deployment"]\nalias = "openai/gpt-5.5"\n')
    said = json.loads(world.run("prices", "openai/my-deployment", "--json").out)
    assert (said["input"], said["output"], said["source"][:7]) == ("5", "30", "litellm")
    world.configure('[prices."openai/my-deployment"]\nalias = "openai/none"\n')
    assert world.run("prices", "openai/my-deployment").code == 14


def test_a_reply_that_repeats_itself_is_cut_and_the_session_can_go_on(world: World) -> None:
    stuck = Says("Let me check that again. " * 2000, usage=Tokens(fresh=500, output=12_000))
    with Loopback([stuck, Says("Better.")]) as server:
        world.speak("anthropic", server)
        events = ask(world)
        assert (events[-1]["exit_code"], events[-1]["reason"]) == (13, "loop")
        assert "--continue" in events[-1]["hint"]
        (call,) = [event for event in events if event["type"] == "call"]
        assert call["state"] == "unknown"
        assert call["usage"]["fresh"] == 500, "what the provider had said by then is kept"
        assert sum(len(event["text"]) for event in events if event["type"] == "text") < 6000
        assert world.run("-p", "go on", "--continue").code == 0
        assert server.requests[1].body["messages"][0]["content"][0]["text"] == "hello"


def test_tool_arguments_that_repeat_themselves_are_cut(world: World) -> None:
    stuck = Says("", (Tool("write", '{"path": "a.txt", "text": "' + "0, " * 20_000),))
    with Loopback([stuck]) as server:
        world.speak("anthropic", server)
        events = ask(world)
    assert (events[-1]["exit_code"], events[-1]["reason"]) == (13, "loop")
    assert "a.txt" not in world.tree()


def test_the_same_words_with_other_tools_are_a_loop(world: World) -> None:
    numbers = count(1)

    def stuck(_body: dict[str, Any]) -> Fixed:
        read = Tool("read", {"path": "billing/charge.py", "first": next(numbers)})
        return Says("I will look at the file once more, to be quite sure of what it says.", (read,))

    with Loopback(stuck) as server:
        world.speak("openai", server)
        events = ask(world)
        assert len(server.requests) == 3
    assert (events[-1]["exit_code"], events[-1]["reason"]) == (13, "loop")


def test_every_request_that_the_provider_saw_is_one_call(world: World) -> None:
    """Chat, plan, explore, execute, their retries: the sets are equal, by the answers' own names."""
    script: list[Reply] = [
        Says("hello", id="r1"),
        Says("", (Tool("explore", {"question": "where?"}),), id="r2"),
        Says("in billing/charge.py", id="r3"),
        Fails(529),
        Says(SPEC, id="r4"),
        Fails(429, headers={"retry-after": "0"}),
        Cuts(Says("half of it", id="r5")),
    ]
    with Loopback([*script, *[Says("I am done.", id=f"r{number}") for number in range(6, 9)]]) as server:
        world.speak("anthropic", server)
        runs = [
            world.run("-p", "hello", "--json"),
            world.run("plan", "refuse negative amounts", "--json"),
            world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes", "--json"),
        ]
        seen = len(server.requests)
    calls = [event for run in runs for event in run.events if event["type"] == "call"]
    assert len(calls) == seen == world.report()["calls"]
    assert len({call["id"] for call in calls}) == seen
    assert {call["task"] for call in calls} == {"chat", "plan", "explore", "execute"}
    named = [call["answer_id"] for call in calls if call["answer_id"]]
    assert sorted(named) == sorted(set(named))
    assert len(named) == seen - 2, "all but the two that were refused"
    retries = [call for call in calls if call["retry_of"]]
    assert {call["retry_of"] for call in retries} <= {call["id"] for call in calls}
    assert len(retries) == 2 + 0
    found = world.report()
    assert (found["retries"], found["unbilled_calls"]) == (2, 1)
    assert Decimal(found["unknown_usd"]) > 0


def test_a_process_that_is_killed_in_mid_answer_leaves_its_worst_case(world: World) -> None:
    """What it had sent counts in full, whoever looks next; what it had not reserved does not."""
    with Loopback([Hangs(LONG), LONG]) as server:
        world.speak("anthropic", server)
        capped(world, "[budget]\nday = 0.2\n")
        process = world.start("-p", "hello", "--json")
        assert server.hanging.wait(60)
        in_flight = json.loads(world.run("budget", "--json").out)["budgets"][1]
        process.kill()
        process.communicate()
        assert server.left.wait(60)
        report = world.report()
        assert (report["cost_usd"], report["calls"]) == ("0", 1)
        assert Decimal(report["unknown_usd"]) == Decimal(in_flight["in_flight_usd"]) > Decimal("0.1")
        assert ask(world, text="x" * 9000)[-1]["exit_code"] == 12
        assert len(server.requests) == 1


def test_a_second_process_waits_for_the_room_that_the_first_one_holds(world: World) -> None:
    with Loopback([Hangs(LONG), LONG]) as server:
        world.speak("anthropic", server)
        capped(world, "[budget]\nday = 0.15\n")
        first = world.start("-p", "hello", "--json")
        assert server.hanging.wait(60)
        second = world.start("-p", "hello", "--json")
        assert second.stdout is not None
        waiting = next(line for line in iter(second.stdout.readline, "") if '"waiting"' in line)
        assert "that other calls have reserved" in waiting
        first.send_signal(SIGINT)
        first.communicate()
        out, err = second.communicate()
    assert second.returncode == 12, out + err
    assert "calls of unknown cost" in out
    report = world.report()
    assert Decimal("0.1") < Decimal(report["unknown_usd"]) <= Decimal("0.15")


def lost_and_found(world: World, server: Loopback) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A settled call, a cut one, a settled one; what the report says then."""
    world.speak("anthropic", server)
    events = [ask(world) for _ in range(len(cut_in_the_middle()))]
    return world.report(), [call for run in events for call in run if call["type"] == "call"]


def today(calls: Sequence[dict[str, Any]]) -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat() if calls else ""


def cut_in_the_middle() -> list[Reply]:
    cut: Reply = Cuts(Says("x" * 50, usage=Tokens(fresh=1000, output=1)), how="clean")
    return [LONG, cut, cut, LONG, LONG]


def test_a_cost_report_lowers_what_is_unknown_and_nothing_else(world: World, tmp_path: Path) -> None:
    with Loopback(cut_in_the_middle()) as server:
        before, calls = lost_and_found(world, server)
    settled = Decimal(before["cost_usd"])
    unknown = Decimal(before["unknown_usd"])
    billed = settled + Decimal("0.0301")
    assert unknown > Decimal("0.1")
    export = {
        "data": [
            {
                "starting_at": f"{today(calls)}T00:00:00Z",
                "ending_at": f"{today(calls)}T23:59:59Z",
                "results": [{"currency": "USD", "amount": str(billed * 100), "model": "claude-sonnet-5-5"}],
            }
        ],
        "has_more": False,
    }
    file = tmp_path / "cost.json"
    file.write_text(json.dumps(export))
    found = json.loads(world.run("report", "--reconcile", str(file), "--json").out)
    (match,) = found["reconcile"]["matches"]
    assert match["provider_usd"] == format(billed, "f").rstrip("0")
    assert Decimal(match["difference_usd"]) == Decimal("0.0301")
    assert Decimal(found["unknown_usd"]) == Decimal("0.0301")
    assert found["cost_usd"] == before["cost_usd"]
    again = json.loads(world.run("report", "--reconcile", str(file), "--json").out)
    assert again["reconcile"]["corrected_calls"] == 0
    assert again["unknown_usd"] == found["unknown_usd"]
    text = world.run("report", "--reconcile", str(file)).out
    assert "Anthropic cost report" in text


def test_a_log_by_request_settles_what_it_names(world: World, tmp_path: Path) -> None:
    with Loopback([Cuts(Says("x" * 50, id="msg_cut")), Cuts(Says("x" * 50, id="msg_two"))]) as server:
        world.speak("anthropic", server)
        events = ask(world) + ask(world)
    calls = [event for event in events if event["type"] == "call"]
    assert [call["answer_id"] for call in calls] == ["msg_cut", "msg_two"]
    at = f"{today(calls)}T10:00:00Z"
    rows = [
        {"request_id": "msg_cut", "spend": 0.0123, "startTime": at, "model": "claude-sonnet-5-5"},
        {"request_id": "msg_two", "spend": 0.5, "startTime": at, "model": "claude-sonnet-5-5"},
        {"request_id": "chatcmpl-foreign", "spend": 0.7, "startTime": at, "model": "claude-sonnet-5-5"},
    ]
    file = tmp_path / "logs.json"
    file.write_text(json.dumps(rows))
    found = json.loads(world.run("report", "--reconcile", str(file), "--json").out)
    assert (found["cost_usd"], found["unknown_usd"]) == ("0.5123", "0")
    assert found["provider_billed_usd"] == "0.5123", "also above what was reserved: evidence goes up, too"
    (match,) = found["reconcile"]["matches"]
    assert (match["foreign_requests"], match["difference_usd"]) == (1, "0.7")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "not an export", '{"data": [{"x": 1}]}', "a,b\n1,2\n", "[1]"]
)
def test_what_is_no_export(world: World, tmp_path: Path, text: str) -> None:
    file = tmp_path / "export"
    file.write_text(text)
    done = world.run("report", "--reconcile", str(file))
    assert done.code == 2
    assert "export" in done.err
    assert world.run("report", "--reconcile", str(tmp_path / "gone")).code == 2
    assert world.run("report", "--reconcile", str(tmp_path)).code == 2


def test_a_soft_provider_is_asked_about_once_for_all(world: World) -> None:
    with Loopback([LONG, LONG]) as server:
        world.speak("openai", server)
        text = (world.home / "config.toml").read_text().replace("enforces_max_tokens = true\n", "")
        world.configure(text)
        assert world.run("-p", "hello").code == 14
        world.configure(text + "allow_soft = true\n")
        assert world.run("-p", "hello").code == 0
