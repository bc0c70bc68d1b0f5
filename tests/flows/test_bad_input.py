"""What goes wrong for users: a typed exit, one clear line, and the ledger and the tree consistent."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.world import OLD, RIGHT, SPEC, TEST, World, edit
from tests.golden.golden import assert_golden
from tests.wire.loopback import Cuts, Fails, Hangs, Loopback, Raw, Says, Tokens, Tool

WHOLE = (
    Says(
        "", (Tool("edit", edit(OLD, RIGHT)), Tool("write", {"path": "tests/test_negative.py", "text": TEST}))
    ),
    Says("Done."),
)


def write_spec(world: World, text: str = SPEC) -> str:
    (world.repo / "spec.md").write_text(text)
    return "spec.md"


def one_line(err: str) -> str:
    """The error line, and nothing but it and its hint."""
    lines = [line for line in err.splitlines() if line.startswith("tokenroi: ")]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


@pytest.mark.wire
def test_outside_git_all_but_the_commit_works(world: World) -> None:
    shutil.rmtree(world.repo / ".git")
    with Loopback([Says(SPEC), *WHOLE]) as server:
        world.speak("anthropic", server)
        planned = world.run("plan", "refuse negative amounts")
        assert planned.code == 0, planned.err
        spec = "specs/001-refuse-negative-amounts.md"
        assert "base:" not in world.tree()[spec].decode()
        refused = world.run("exec", spec, "--yes", "--commit")
        assert refused.code == 2
        assert "git" in one_line(refused.err)
        assert len(server.requests) == 1
        assert world.run("exec", spec, "--yes").code == 0


@pytest.mark.wire
def test_a_repository_without_a_commit_works(world: World) -> None:
    shutil.rmtree(world.repo / ".git")
    world.git("init", "-q", "-b", "main")
    with Loopback([Says(SPEC), *WHOLE]) as server:
        world.speak("openai", server)
        assert world.run("plan", "refuse negative amounts").code == 0
        done = world.run("exec", "specs/001-refuse-negative-amounts.md", "--yes", "--commit")
    assert done.code == 0, done.err
    assert "billing/charge.py" in world.git("show", "--stat", "HEAD")


@pytest.mark.parametrize("command", [("-p", "hello"), ("plan", "a task"), ("exec", "spec.md", "--yes")])
def test_without_a_key_it_says_which_to_export(world: World, command: tuple[str, ...]) -> None:
    write_spec(world)
    before = world.tree()
    done = world.run(*command)
    assert done.code == 18
    one_line(done.err)
    assert "ANTHROPIC_API_KEY" in done.err
    assert "tokenroi demo" in done.err
    assert world.tree() == before
    assert world.report()["calls"] == 0


@pytest.mark.wire
@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_a_refused_key_costs_nothing_and_is_not_tried_again(world: World, provider: str) -> None:
    with Loopback([Fails(401, "invalid x-api-key sk-leaked-by-provider")]) as server:
        world.speak(provider, server)
        done = world.run("-p", "hello")
        assert len(server.requests) == 1
    assert done.code == 18
    one_line(done.err)
    assert "LOOPBACK_KEY" in done.err
    report = world.report()
    assert (report["calls"], report["cost_usd"], report["unknown_usd"]) == (1, "0", "0")


@pytest.mark.wire
def test_an_unknown_model_is_refused_before_anything_is_sent(world: World) -> None:
    with Loopback([]) as server:
        world.speak("openai", server)
        unpriced = world.run("-p", "hello", "--model", "openai/gpt-nonexistent")
        nowhere = world.run("-p", "hello", "--model", "nonsense")
        nobody = world.run("-p", "hello", "--model", "nosuch/model")
        assert server.requests == []
    assert unpriced.code == 14
    assert "gpt-nonexistent" in one_line(unpriced.err)
    assert (nowhere.code, nobody.code) == (18, 18)
    assert "nonsense" in one_line(nowhere.err)
    assert "nosuch" in one_line(nobody.err)


@pytest.mark.wire
def test_a_model_that_the_provider_does_not_know(world: World) -> None:
    with Loopback([Fails(404, "model not found")]) as server:
        world.speak("openai", server)
        done = world.run("-p", "hello")
    assert done.code == 18
    assert world.report()["unknown_usd"] == "0"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (None, "no such file"),
        (b"", "empty"),
        (b"\x00\x01\x02", "NUL"),
        (b"\xff\xfe# Task", "UTF-8"),
        (b"hello\n", "no spec"),
    ],
)
def test_a_spec_that_is_none(world: World, data: bytes | None, word: str) -> None:
    if data is not None:
        (world.repo / "spec.md").write_bytes(data)
    done = world.run("exec", "spec.md", "--yes", ANTHROPIC_API_KEY="sk-ant-made-up-0123456789")
    assert done.code == 10, done.err
    assert word in one_line(done.err)


@pytest.mark.parametrize("name", ["billing", "pipe", "zero", "loop", "large", "new\nline.md"])
def test_what_is_no_regular_file_is_no_spec(world: World, name: str) -> None:
    """None of these may hang, and none may be read to an end that it does not have."""
    os.mkfifo(world.repo / "pipe")
    (world.repo / "zero").symlink_to("/dev/zero")
    (world.repo / "loop").symlink_to("loop")
    (world.repo / "large").write_bytes(b"# Task: x\n" * 600_000)
    done = world.run("exec", name, "--yes", ANTHROPIC_API_KEY="sk-ant-made-up-0123456789")
    assert done.code == 10, done.err
    one_line(done.err)


@pytest.mark.wire
@pytest.mark.parametrize("provider", ["anthropic", "openai"])
@pytest.mark.parametrize(
    "arguments", ['{"path": "billing/cha', '{"path": "a"} x', "[]", '{"path": 7}', '{"pth": "a"}']
)
def test_tool_arguments_that_are_not_what_the_tool_takes(world: World, provider: str, arguments: str) -> None:
    with Loopback([Says("", (Tool("read", arguments, id="call_1"),)), Says("I could not.")]) as server:
        world.speak(provider, server)
        before = world.tree()
        done = world.run("-p", "read it")
        told = json.dumps(server.requests[1].body["messages"][-1])
    assert done.code == 0, done.err
    assert "arguments" in told
    assert world.tree() == before


@pytest.mark.wire
@pytest.mark.parametrize("provider", ["anthropic", "openai"])
@pytest.mark.parametrize("how", ["reset", "clean", "done"])
def test_a_stream_that_stops_half_way_runs_no_tool(world: World, provider: str, how: str) -> None:
    half = Says("I will edit", (Tool("edit", edit(OLD, RIGHT)),))
    with Loopback([Cuts(half, how), Cuts(half, how), Cuts(half, how)]) as server:
        world.speak(provider, server)
        before = world.tree()
        done = world.run("exec", write_spec(world), "--yes", "--json")
        seen = len(server.requests)
    assert done.code == 16, done.err + done.out
    assert done.result["reason"] == "stream_cut"
    assert {path: data for path, data in world.tree().items() if path != "spec.md"} == before
    report = world.report()
    assert report["calls"] == seen
    assert float(report["unknown_usd"]) > 0, "what a cut stream cost is unknown, and never nothing"


@pytest.mark.wire
def test_an_answer_that_is_no_answer(world: World) -> None:
    with Loopback([Raw(b"<html>log in</html>")] * 3) as server:
        world.speak("openai", server)
        done = world.run("-p", "hello")
    assert done.code == 16
    one_line(done.err)
    assert float(world.report()["unknown_usd"]) > 0


@pytest.mark.wire
def test_a_rate_limit_is_waited_out_and_each_attempt_is_a_call(world: World) -> None:
    limited = Fails(429, "slow down", headers={"retry-after": "0"})
    with Loopback([limited, Says("Hello.", usage=Tokens(output=5))]) as server:
        world.speak("anthropic", server)
        done = world.run("-p", "hello", "--json")
        assert len(server.requests) == 2
    assert done.code == 0, done.err
    first, second = (event for event in done.events if event["type"] == "call")
    assert (first["state"], second["state"]) == ("released", "settled")
    assert second["retry_of"] == first["id"]


@pytest.mark.wire
@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_ctrl_c_during_a_stream(world: World, provider: str) -> None:
    first = WHOLE[0]
    with Loopback([first, Hangs(Says("Done, and "))]) as server:
        world.speak(provider, server)
        spec = write_spec(world)
        before = world.tree()
        process = world.start("exec", spec, "--yes", "--json")
        try:
            assert server.hanging.wait(60)
            assert world.tree() != before, "the first step has edited"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
        assert server.left.wait(60), "the provider sees the connection go"
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert json.loads(out.splitlines()[-1])["reason"] == "interrupted"
    assert world.tree() == before
    report = world.report()
    assert report["calls"] == 2
    assert float(report["unknown_usd"]) > 0


@pytest.mark.wire
def test_a_provider_that_is_not_there(world: World) -> None:
    with Loopback([]) as server:
        world.speak("openai", server)
    done = world.run("-p", "hello")
    assert done.code == 16
    one_line(done.err)
    assert world.report()["unknown_usd"] == "0"


def test_a_broken_config_names_file_and_key(world: World) -> None:
    world.configure('[tier]\nmid = "anthropic/claude-sonnet-5-5"\n')
    done = world.run("-p", "hello")
    assert done.code == 18
    assert "config.toml" in done.err
    assert "tiers" in done.err


def test_a_ledger_that_is_garbage_spends_nothing(world: World) -> None:
    state = world.home / "state"
    state.mkdir(parents=True, mode=0o700)
    (state / "ledger.db").write_bytes(b"not a database" * 100)
    done = world.run("-p", "hello", ANTHROPIC_API_KEY="sk-ant-made-up-0123456789")
    assert done.code == 12, done.err
    assert "ledger" in one_line(done.err)


NO_NETWORK = """
import socket, sys
def refuse(*arguments, **named):
    print("LOOKED UP", arguments[0], file=sys.stderr)
    raise OSError("no network")
socket.getaddrinfo = socket.create_connection = refuse
from tokenroi_cli.cli.main import main
sys.argv = ["tokenroi", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    "command",
    [("--version",), ("--help",), ("demo",), ("check",), ("report",), ("doctor",), ("config", "show")],
)
def test_without_a_network_everything_but_a_provider_works(world: World, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, *command],
        cwd=world.repo,
        env={**world.environ, "ANTHROPIC_API_KEY": "sk-ant-made-up-0123456789"},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert "LOOKED UP" not in done.stderr


def test_the_patch_of_a_failure_is_private(world: World, tmp_path: Path) -> None:
    script = tmp_path / "replies.toml"
    script.write_text(
        '[prices."scripted/mid"]\ninput = 1\noutput = 5\n'
        '[[reply]]\n[[reply.tool]]\nname = "write"\n'
        'arguments = { path = "tests/test_negative.py", text = "import nothing_of_that_name" }\n'
        '[[reply]]\ntext = "Done."\n[[reply]]\ntext = "Done again."\n'
    )
    done = world.run("exec", write_spec(world), "--yes", "--json", TOKENROI_SCRIPT=str(script))
    assert done.code == 11, done.err + done.out
    patch = Path(done.result["path"])
    assert patch.stat().st_mode & 0o077 == 0
    assert "nothing_of_that_name" in patch.read_text()
    assert not (world.repo / "tests" / "test_negative.py").exists()


def test_a_planner_that_writes_no_spec(world: World, tmp_path: Path) -> None:
    script = tmp_path / "replies.toml"
    script.write_text(
        '[prices."scripted/premium"]\ninput = 1\noutput = 5\n'
        '[[reply]]\ntext = "Let me think."\n[[reply]]\ntext = "I would rather not."\n'
    )
    before = world.tree()
    done = world.run("plan", "a task", "--json", TOKENROI_SCRIPT=str(script))
    assert done.code == 10
    assert "no spec" in done.result["message"]
    assert done.result["session"] in done.result["hint"]
    assert done.result["calls"] == 2, "the findings go back to the model once"
    (session,) = (world.home / "state" / "sessions").rglob("*.jsonl")
    again = json.loads(session.read_text().splitlines()[3])["blocks"][0]["text"]
    assert_golden("prompts/plan_findings.md", again)
    assert world.tree() == before


def test_a_plan_overwrites_nothing(world: World, tmp_path: Path) -> None:
    done = world.run("plan", "a task", "-o", "AGENTS.md", ANTHROPIC_API_KEY="sk-ant-made-up-0123456789")
    assert done.code == 2
    assert "AGENTS.md" in one_line(done.err)
    outside = world.run(
        "plan", "a task", "-o", str(tmp_path / "spec.md"), ANTHROPIC_API_KEY="sk-ant-made-up-0123456789"
    )
    assert outside.code == 2
