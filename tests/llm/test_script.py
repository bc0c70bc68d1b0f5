"""Files that are no script, and what is said about them."""

from pathlib import Path

import pytest

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.llm.script import read_script

REPLY = "[[reply]]\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no [[reply]]"),
        ("reply = 1", "reply must be a list"),
        ("reply = [1]", "reply must be tables"),
        ("[[replies]]", "replies is no key"),
        (REPLY + 'txt = "a"', "reply 1.txt is no key"),
        (REPLY + "text = 1", "reply 1.text must be text, is 1"),
        (REPLY + REPLY + "text = true", "reply 2.text"),
        (REPLY + 'task = "planning"', "reply 1.task must be one of plan"),
        (REPLY + 'tier = "best"', "reply 1.tier must be one of triage"),
        (REPLY + 'finish = "done"', "reply 1.finish must be one of stop"),
        (REPLY + "delay_s = -1", "delay_s"),
        (REPLY + "delay_s = nan", "delay_s"),
        (REPLY + 'delay_s = "1"', "delay_s"),
        (REPLY + "usage = 3", "usage must be a table"),
        (REPLY + "usage = { input = 3 }", "usage.input is no key"),
        (REPLY + "usage = { fresh = -3 }", "usage.fresh must not be negative"),
        (REPLY + "usage = { fresh = 1.5 }", "usage.fresh must be a whole number"),
        (REPLY + "usage = { fresh = true }", "usage.fresh must be a whole number"),
        (REPLY + "error = { status = 200 }", "error.status"),
        (REPLY + "error = { }", "error.status"),
        (REPLY + "[[reply.tool]]", "tool 1.name is missing"),
        (REPLY + '[[reply.tool]]\nname = "a"\nargs = {}', "tool 1.args is no key"),
        (REPLY + '[[reply.tool]]\nname = "a"\narguments = "x"', "arguments must be a table"),
        (REPLY + '[[reply.tool]]\nname = "a"\narguments = { d = 2026-11-23 }', "no word for"),
        (REPLY + '[[reply.tool]]\nname = "a"\narguments = { d = nan }', "no word for"),
        (REPLY + '[[reply.tool]]\nname = "a"\narguments = {}\nraw_arguments = ""', "exclude"),
        (REPLY + "text = \n", "line 2"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text(text)
    with pytest.raises(NotConfigured) as caught:
        read_script(file)
    assert str(file) in caught.value.what
    assert word in caught.value.what


def test_a_near_miss_is_corrected(tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text("[[reply]]\nmodle = 'x'")
    with pytest.raises(NotConfigured) as caught:
        read_script(file)
    assert caught.value.hint == "did you mean `model`?"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00", b"\x89PNG"])
def test_binary(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_bytes(content)
    with pytest.raises(NotConfigured):
        read_script(file)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(NotConfigured) as caught:
            read_script(path)
        assert str(path) in caught.value.what


def test_label_and_prices_are_somebody_elses(tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text('label = "demo"\n[prices."scripted/mid"]\ninput = 3.0\n[[reply]]\n')
    assert len(read_script(file)) == 1


def test_the_example_of_the_documentation_is_a_script(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scripted.md").read_text("utf-8")
    file = tmp_path / "script.toml"
    file.write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    first, broken, refused, cut = read_script(file)
    assert (first.task, first.tier, first.model, first.delay_s) == (
        "plan",
        "premium",
        "scripted/premium",
        0.05,
    )
    assert broken.tools[0].arguments == '{"files": ['
    assert refused.error is not None
    assert cut.finish is None
