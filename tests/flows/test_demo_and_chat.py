"""By script: the demo from an empty home, `-p`, and going on in a session."""

import json
from pathlib import Path

import pytest

from tests.flows.world import World

PLAN_ONLY = '[[reply]]\ntask = "plan"\ntext = "A plan."\n'
PRICE = '[prices."scripted/mid"]\ninput = 1.00\noutput = 5.00\n'


def script(tmp_path: Path, replies: str) -> str:
    path = tmp_path / "replies.toml"
    path.write_text(PRICE + replies)
    return str(path)


def test_the_demo_needs_nothing_and_says_that_it_is_scripted(world: World) -> None:
    done = world.run("demo")
    assert done.code == 0, done.err
    text = done.out + done.err
    assert "SCRIPTED" in text
    assert "FAIL" in text, "the first attempt fails for real"
    assert "Ran 3 tests" in text
    assert "accepted" in text
    assert done.out.index("\nwrote specs/") < done.out.index("attempt 1 on mid"), "a bill for each half"
    assert not world.home.exists(), "the user's own ledger stays as it is"


def test_the_demos_bill_adds_up(world: World) -> None:
    done = world.run("demo", "--json")
    assert done.code == 0, done.err
    calls = [event for event in done.events if event["type"] == "call"]
    assert [(call["task"], call["attempt"]) for call in calls] == [
        ("plan", None),
        ("plan", None),
        ("execute", 1),
        ("execute", 1),
        ("execute", 2),
        ("execute", 2),
    ]
    executed = [_pico(call["cost_usd"]) for call in calls if call["task"] == "execute"]
    assert sum(executed) == _pico(done.result["cost_usd"])
    assert all(call["model"].startswith("scripted/") for call in calls)


def _pico(amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int(whole) * 10**12 + int(fraction.ljust(12, "0"))


def test_a_prompt_is_answered_and_piped_text_comes_along(world: World, tmp_path: Path) -> None:
    replies = script(tmp_path, '[[reply]]\ntext = "Forty-two."\n')
    done = world.run("-p", "how many?", stdin="a piped line\n", TOKENROI_SCRIPT=replies)
    assert (done.code, done.out.strip()) == (0, "Forty-two.")
    (session,) = (world.home / "state" / "sessions").rglob("*.jsonl")
    assert "a piped line" in session.read_text()


def test_continue_goes_on_where_the_last_prompt_ended(world: World, tmp_path: Path) -> None:
    replies = script(tmp_path, '[[reply]]\ntext = "Noted."\n')
    world.run("-p", "remember: blue", TOKENROI_SCRIPT=replies)
    world.run("-p", "which colour?", "--continue", TOKENROI_SCRIPT=replies)
    (session,) = (world.home / "state" / "sessions").rglob("*.jsonl")
    said = [json.loads(line) for line in session.read_text().splitlines()[1:]]
    assert len(said) == 4
    assert world.report()["calls"] == 2


def test_a_plan_is_not_what_is_gone_on_with(world: World, tmp_path: Path) -> None:
    replies = script(tmp_path, '[[reply]]\ntext = "No."\n[[reply]]\ntext = "No."\n[[reply]]\ntext = "New."\n')
    world.run("plan", "a thing", "--tier", "mid", TOKENROI_SCRIPT=replies)
    replies = script(tmp_path, '[[reply]]\ntext = "New."\n')
    done = world.run("-p", "and now?", "--continue", TOKENROI_SCRIPT=replies)
    assert (done.code, done.out) == (0, "New.\n")
    assert "no conversation in this folder" in done.err


def test_the_cap_of_a_continued_prompt_is_its_own(world: World, tmp_path: Path) -> None:
    """What the session cost before does not count against `--max-usd` of the next prompt."""
    replies = script(tmp_path, '[[reply]]\ntext = "x"\nusage = { fresh = 1000, output = 16000 }\n')
    first = world.run("-p", "one", "--max-usd", "0.9", "--json", TOKENROI_SCRIPT=replies)
    assert first.code == 0, first.err
    second = world.run("-p", "two", "--continue", "--max-usd", "0.3", "--json", TOKENROI_SCRIPT=replies)
    assert second.code == 0, second.err


def test_a_script_that_has_no_reply_left_is_loud(world: World, tmp_path: Path) -> None:
    done = world.run("-p", "hello", TOKENROI_SCRIPT=script(tmp_path, PLAN_ONLY))
    assert done.code == 16
    assert "script" in done.err


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_prompt_is_a_usage_error(world: World, tmp_path: Path, text: str) -> None:
    assert world.run("-p", text, TOKENROI_SCRIPT=script(tmp_path, PLAN_ONLY)).code == 2
