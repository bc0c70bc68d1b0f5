"""A model without tools does the main job: its edits stand in its answers, the validation decides as ever."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.world import OLD, RIGHT, SPEC, TEST, WRONG, Done, World
from tests.repl.scripts import PRICES
from tokenroi_cli.agent.spoken_edits import WHOLE_LINES

CHARGE = "billing/charge.py"

Script = Callable[..., None]


def block(old: str, new: str, path: str = CHARGE) -> str:
    return f"**{path}**\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


def whole(text: str, path: str = "tests/test_negative.py") -> str:
    return f"{path}\n```python\n{text}```\n"


@pytest.fixture
def script(world: World, tmp_path: Path) -> Script:
    """Sets what the scripted models say, those of the tiers named having no tools."""

    def says(*replies: str | tuple[str, str], without: tuple[str, ...] = ("mid",)) -> None:
        world.configure("".join(f"tiers.{tier}.tools = false\n" for tier in without))
        path = tmp_path / "replies.toml"
        path.write_text(PRICES + "".join(map(_reply, replies)))
        world.environ["TOKENROI_SCRIPT"] = str(path)

    return says


def _reply(reply: str | tuple[str, str]) -> str:
    text, finish = (reply, "stop") if isinstance(reply, str) else reply
    return f"[[reply]]\ntext = {json.dumps(text)}\nfinish = {json.dumps(finish)}\n"


def write_spec(world: World) -> str:
    (world.repo / "spec.md").write_text(SPEC)
    return "spec.md"


def tool_states(done: Done) -> list[str]:
    return [event["state"] for event in done.events if event["type"] == "tool"]


def session_of(world: World, name: str) -> str:
    (found,) = world.home.rglob(f"{name}.jsonl")
    return found.read_text()


def test_exec_applies_what_the_answer_says_in_one_call(world: World, script: Script) -> None:
    script(f"Here it is.\n\n{block(OLD, RIGHT)}\n{whole(TEST)}\nBoth are done.")
    done = world.run("exec", write_spec(world), "--yes", "--json")
    assert (done.code, done.result["status"], done.result["calls"]) == (0, "accepted", 1), done.err
    assert RIGHT in world.tree()[CHARGE].decode()
    assert world.tree()["tests/test_negative.py"].decode() == TEST
    assert tool_states(done) == ["started", "done"]
    undone = world.run("undo")
    assert undone.code == 0, undone.err
    assert OLD in world.tree()[CHARGE].decode()


def test_a_failed_validation_asks_again_and_then_restores_the_tree(world: World, script: Script) -> None:
    old, new = '        raise ValueError("negative")\n', "        raise ValueError(amount)\n"
    script(block(OLD, WRONG) + whole(TEST), block(old, new))
    spec = write_spec(world)
    before = world.tree()
    done = world.run("exec", spec, "--yes", "--json")
    assert (done.code, done.result["reason"]) == (11, "validation_failed"), done.err
    assert [event["accepted"] for event in done.events if event["type"] == "attempt"] == [False, False]
    assert world.tree() == before


def test_two_refusals_and_then_the_whole_small_file(world: World, script: Script) -> None:
    before = world.tree()[CHARGE].decode()
    after = before.replace(OLD, RIGHT)
    script(
        block("    return amount - FEE\n", RIGHT) + whole(TEST),
        block("    return amount + fee\n", RIGHT) + whole(TEST),
        whole(after, CHARGE) + "\n" + whole(TEST),
    )
    done = world.run("exec", write_spec(world), "--yes", "--json")
    assert (done.code, done.result["calls"]) == (0, 3), done.err
    assert world.tree()[CHARGE].decode() == after
    assert tool_states(done) == [*["started", "refused"] * 2, "started", "done"]


def test_a_large_file_is_never_taken_as_a_whole(world: World, script: Script) -> None:
    text = "".join(f"FEE_{number} = {number}\n" for number in range(WHOLE_LINES + 1))
    (world.repo / CHARGE).write_text(text)
    script(*(block(f"none = {number}\n", "") for number in range(2)), whole("x = 1\n", CHARGE), "I give up.")
    done = world.run("-p", "empty the fees", "--json")
    assert (done.code, done.result["calls"]) == (0, 4), done.err
    assert world.tree()[CHARGE].decode() == text
    said = session_of(world, done.result["session"])
    assert "already exists" in said
    assert "as a whole" not in said


def test_a_reply_that_was_cut_is_joined_before_it_is_applied(world: World, script: Script) -> None:
    reply = block(OLD, RIGHT) + "\n" + whole(TEST)
    cut = reply.index("from billing.charge")
    script((reply[:cut], "length"), reply[cut:])
    done = world.run("exec", write_spec(world), "--yes", "--json")
    assert (done.code, done.result["calls"]) == (0, 2), done.err
    assert world.tree()["tests/test_negative.py"].decode() == TEST


def test_nothing_outside_the_specs_lists_is_written(world: World, script: Script) -> None:
    good = block(OLD, RIGHT) + whole(TEST)
    script(good + whole("x = 1\n", "elsewhere.py"), good)
    done = world.run("exec", write_spec(world), "--yes", "--json")
    assert (done.code, done.result["calls"]) == (0, 2), done.err
    assert "elsewhere.py" not in world.tree()
    assert "not in the spec's lists" in session_of(world, done.result["session"])


def test_a_conversation_goes_on_with_a_model_that_has_no_tools(world: World, script: Script) -> None:
    script("Which file?")
    assert world.run("-p", "refuse negative amounts").code == 0
    script(block(OLD, RIGHT))
    done = world.run("-p", CHARGE, "--continue", "--json")
    assert (done.code, done.result["calls"]) == (0, 1), done.err
    assert RIGHT in world.tree()[CHARGE].decode()


def test_a_planner_without_tools_is_refused_before_anything_is_spent(world: World, script: Script) -> None:
    script(SPEC, without=("premium",))
    done = world.run("plan", "refuse negative amounts")
    assert done.code == 18
    assert "the planner needs a model with tools" in done.err
    assert "tiers.premium" in done.err
    assert world.report()["calls"] == 0
    assert list(world.home.rglob("*.jsonl")) == []


def test_the_settings_say_who_has_no_tools(world: World, script: Script) -> None:
    script("Hello.")
    shown = world.run("config", "show", "--origin").out
    assert "tiers.mid.tools" in shown
    assert "scripted/mid, priced, without tools" in world.run("doctor").out
