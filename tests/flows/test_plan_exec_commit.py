"""The main job over the wire: plan with premium, execute with mid-tier, the validation decides, commit."""

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flows.world import KEY, MODELS, OLD, RIGHT, SPEC, TEST, WRONG, World, edit
from tests.wire.loopback import Loopback, Says, Tokens, Tool

pytestmark = pytest.mark.wire

PLANNING = (
    Says("", (Tool("search", {"pattern": "def charge"}), Tool("read", {"path": "billing/charge.py"}))),
    Says(SPEC, usage=Tokens(fresh=50, cache_read=900, output=400)),
)
EXECUTING = (
    Says(
        "", (Tool("edit", edit(OLD, WRONG)), Tool("write", {"path": "tests/test_negative.py", "text": TEST}))
    ),
    Says("Done."),
    Says("", (Tool("edit", edit('"negative"', 'f"amount {amount} is negative"')),)),
    Says("The message names the amount now.", usage=Tokens(fresh=10, cache_read=2000, output=9)),
)


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_plan_exec_commit(world: World, provider: str) -> None:
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak(provider, server)
        planned = world.run("plan", "refuse negative amounts in charge()", "--feature", "billing")
        assert (planned.code, planned.err) == (0, planned.err), planned.err
        (spec,) = world.git("ls-files", "--others").split()
        assert spec == "specs/001-refuse-negative-amounts.md"
        before = world.tree()[spec].decode()
        assert SPEC in before
        assert f"base: {world.git('rev-parse', 'HEAD').strip()}" in before
        assert "billing/charge.py" in before.partition("# Task")[0]
        assert f"planned_by: {MODELS[provider]['premium']}" in before

        done = world.run("exec", spec, "--yes", "--commit", "--json")
        assert done.code == 0, done.err + done.out
        requests = server.requests

    assert [request.body["model"] for request in requests] == [
        MODELS[provider][tier].partition("/")[2]
        for tier in ("premium", "premium", "mid", "mid", "mid", "mid")
    ]
    assert RIGHT in world.tree()["billing/charge.py"].decode()
    assert world.git("status", "--porcelain") == ""
    message = world.git("log", "-1", "--format=%B")
    assert f"Spec: {spec}" in message
    assert f"Models: {MODELS[provider]['mid']}" in message
    assert f"Cost-USD: {done.result['cost_usd']}" in message

    calls = [event for event in done.events if event["type"] == "call"]
    assert [call["state"] for call in calls] == ["settled"] * 4
    assert [call["attempt"] for call in calls] == [1, 1, 2, 2]
    assert sum(Decimal(call["cost_usd"]) for call in calls) == Decimal(done.result["cost_usd"])
    assert [event["accepted"] for event in done.events if event["type"] == "attempt"] == [False, True]
    assert done.result["status"] == "accepted"

    report = world.report()
    assert report["calls"] == len(requests)
    assert report["unknown_usd"] == "0"
    by_task = json.loads(world.run("report", "--by", "task", "--json").out)["by"]
    assert {row["key"]: row["calls"] for row in by_task} == {"plan": 2, "execute": 4}


def test_the_executor_sees_the_spec_and_the_files_and_nothing_of_the_planning(world: World) -> None:
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("anthropic", server)
        world.run("plan", "a secret sentence of the planning talk")
        world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes")
        first = json.dumps(server.requests[2].body)
    assert "secret sentence" not in first
    assert "Refuse negative amounts" in first
    assert "return amount + FEE" in first
    assert "Error messages are lower case." in first


def test_every_step_extends_the_one_before(world: World) -> None:
    """On the wire too: without cache marks, each request of a session begins with the whole one before it."""
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes")
        bodies = [_without_marks(request.body) for request in server.requests[2:]]
    assert len(bodies) == 4
    for earlier, later in pairwise(bodies):
        assert (later["system"], later["tools"]) == (earlier["system"], earlier["tools"])
        flat_earlier, flat_later = _flat(earlier), _flat(later)
        assert flat_later[: len(flat_earlier)] == flat_earlier
        assert len(flat_later) > len(flat_earlier)


def _flat(body: dict[str, object]) -> list[object]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return [(message["role"], block) for message in messages for block in message["content"]]


def _without_marks(body: dict[str, object]) -> dict[str, object]:
    text = json.dumps(body)
    found: dict[str, object] = json.loads(text, object_hook=_unmarked)
    return found


def _unmarked(value: dict[str, object]) -> dict[str, object]:
    return {key: inner for key, inner in value.items() if key != "cache_control"}


def test_the_key_is_on_the_wire_and_nowhere_else(world: World) -> None:
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("openai", server)
        printed = (
            world.run("plan", "refuse negative amounts"),
            world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes"),
        )
        assert all(KEY in request.headers["authorization"] for request in server.requests)
    written = [
        path.read_bytes()
        for folder in (world.home, world.repo)
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert not any(KEY.encode() in data for data in written)
    assert not any(KEY in done.out + done.err for done in printed)


def test_a_failed_validation_leaves_the_tree_as_it_was(world: World) -> None:
    stubborn = (
        Says(
            "",
            (Tool("edit", edit(OLD, WRONG)), Tool("write", {"path": "tests/test_negative.py", "text": TEST})),
        ),
        Says("Done."),
        Says("It passes, believe me."),
    )
    with Loopback([*PLANNING, *stubborn]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        before = world.tree()
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes", "--json")
    assert done.code == 11
    assert done.result["reason"] == "validation_failed"
    assert world.tree() == before
    patch = done.result["path"]
    assert WRONG.splitlines()[0] in Path(patch).read_text()


def test_a_spec_planned_on_other_contents_is_stale(world: World) -> None:
    with Loopback([*PLANNING]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        (world.repo / "billing" / "charge.py").write_text("FEE = 4\n")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes")
        assert len(server.requests) == 2
    assert done.code == 17
    assert "billing/charge.py" in done.err


def test_nothing_outside_the_lists_is_written(world: World) -> None:
    astray = (
        Says(
            "",
            (
                Tool("write", {"path": "elsewhere.py", "text": "x = 1\n"}),
                Tool("edit", edit(OLD, RIGHT)),
                Tool("write", {"path": "tests/test_negative.py", "text": TEST}),
            ),
        ),
        Says("Done."),
    )
    with Loopback([*PLANNING, *astray]) as server:
        world.speak("openai", server)
        world.run("plan", "refuse negative amounts")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes")
        refusal = json.dumps(server.requests[3].body)
    assert done.code == 0, done.err
    assert "not in the spec's lists" in refusal
    assert not (world.repo / "elsewhere.py").exists()


def test_without_a_yes_no_command_runs_and_nothing_is_spent(world: World) -> None:
    with Loopback([*PLANNING]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md")
        assert len(server.requests) == 2
    assert done.code == 11
    assert "--yes" in done.err


def test_the_cap_holds(world: World) -> None:
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        done = world.run(
            "exec", "specs/001-refuse-negative-amounts.md", "--yes", "--max-usd", "0.0001", "--json"
        )
        assert len(server.requests) == 2
    assert done.code == 12
    assert done.result["exit_code"] == 12


def test_a_link_does_not_lead_out_of_the_lists(world: World) -> None:
    """A link of another name to a listed file is that file; what links out of a listed folder is not."""
    (world.repo / "alias.py").symlink_to("billing/charge.py")
    (world.repo / "billing" / "fee.py").symlink_to("../app/part0/module0.py")
    elsewhere = (world.repo / "app" / "part0" / "module0.py").read_bytes()
    steps = (
        Says(
            "",
            (
                Tool("edit", edit(OLD, RIGHT, "alias.py")),
                Tool("edit", edit("VALUE = 0\n" * 20, "", "billing/fee.py")),
                Tool("write", {"path": "tests/test_negative.py", "text": TEST}),
            ),
        ),
        Says("Done."),
    )
    with Loopback([*PLANNING, *steps]) as server:
        world.speak("anthropic", server)
        world.run("plan", "refuse negative amounts")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes")
    assert done.code == 0, done.err
    assert RIGHT in (world.repo / "billing" / "charge.py").read_text()
    assert (world.repo / "app" / "part0" / "module0.py").read_bytes() == elsewhere


def test_specs_that_git_ignores_are_not_committed(world: World) -> None:
    (world.repo / ".git" / "info" / "exclude").write_text("specs/\n")
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("openai", server)
        world.run("plan", "refuse negative amounts")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes", "--commit")
    assert done.code == 0, done.err
    assert "specs/" not in world.git("show", "--stat", "--format=", "HEAD")
    assert "billing/charge.py" in world.git("show", "--stat", "--format=", "HEAD")


def test_what_the_user_had_staged_stays_staged(world: World) -> None:
    (world.repo / "mine.txt").write_text("mine\n")
    world.git("add", "mine.txt")
    with Loopback([*PLANNING, *EXECUTING]) as server:
        world.speak("openai", server)
        world.run("plan", "refuse negative amounts")
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes", "--commit")
    assert done.code == 0, done.err
    assert "mine.txt" not in world.git("show", "--stat", "--format=", "HEAD")
    assert world.git("diff", "--cached", "--name-only") == "mine.txt\n"
