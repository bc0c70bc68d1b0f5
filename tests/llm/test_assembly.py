"""Chunks in the shapes that litellm gives them."""

from types import SimpleNamespace as Chunk
from typing import Any

from tokenroi_cli.domain.message import HiddenDelta, Text, TextDelta, Thinking, ToolCall
from tokenroi_cli.llm.assembly import Assembly


def delta(**said: Any) -> Chunk:
    return Chunk(choices=[Chunk(delta=Chunk(**{"content": None, "tool_calls": None, **said}))])


def piece(index: int | None, arguments: str | None, id: str | None = None, name: str | None = None) -> Chunk:
    return Chunk(index=index, id=id, function=Chunk(name=name, arguments=arguments))


def test_pieces_of_two_calls_and_words_between_them() -> None:
    assembly = Assembly("c9")
    chunks = (
        delta(content="I "),
        delta(tool_calls=[piece(1, "", "b", "list"), piece(0, '{"pa', None, "read")]),
        delta(content="", tool_calls=[piece(0, 'th": "x')]),
        Chunk(choices=[]),
        Chunk(choices=None),
        delta(content="read", tool_calls=[piece(1, None), piece(1, "{}")]),
    )
    assert [item for chunk in chunks for item in assembly.add(chunk)] == [
        TextDelta("I "),
        HiddenDelta('{"pa'),
        HiddenDelta('th": "x'),
        TextDelta("read"),
        HiddenDelta("{}"),
    ]
    assert assembly.blocks() == (
        Text("I "),
        ToolCall("b", "list", "{}"),
        ToolCall("c9-1", "read", '{"path": "x'),
        Text("read"),
    )


def test_what_stood_between_thoughts_stays_between_them() -> None:
    assembly = Assembly("c")
    for number in (1, 2):
        list(assembly.add(delta(reasoning_content="hm", thinking_blocks=[{"thinking": "hm"}])))
        list(assembly.add(delta(thinking_blocks=[{"thinking": "", "signature": f"sig-{number}"}])))
        list(assembly.add(delta(content="So.")))
        list(assembly.add(delta(tool_calls=[piece(number, "{}", f"t{number}", "read")])))
    assert assembly.blocks() == (
        Thinking("hm", "sig-1"),
        Text("So."),
        ToolCall("t1", "read", "{}"),
        Thinking("hm", "sig-2"),
        Text("So."),
        ToolCall("t2", "read", "{}"),
    )


def test_another_id_at_the_same_index_is_another_call() -> None:
    assembly = Assembly("c")
    for id, name in (("a", "read"), ("b", "list")):
        list(assembly.add(delta(tool_calls=[piece(0, "{", id, name)])))
        list(assembly.add(delta(tool_calls=[piece(None, "}", id if id == "b" else None)])))
    assert assembly.blocks() == (ToolCall("a", "read", "{}"), ToolCall("b", "list", "{}"))


def test_an_id_that_comes_twice_is_given_out_once() -> None:
    assembly = Assembly("c")
    for index in (0, 1):
        list(assembly.add(delta(tool_calls=[piece(index, "{}", "a", "read")])))
    assert assembly.blocks() == (ToolCall("a", "read", "{}"), ToolCall("c-1", "read", "{}"))


def test_thoughts_keep_their_signatures() -> None:
    assembly = Assembly("c")
    chunks = (
        delta(reasoning_content="h", thinking_blocks=[{"type": "thinking", "thinking": "h"}]),
        delta(reasoning_content="m", thinking_blocks=[{"type": "thinking", "thinking": "m"}]),
        delta(thinking_blocks=[{"type": "thinking", "thinking": "hm", "signature": "sig"}]),
        delta(thinking_blocks=[{"type": "redacted_thinking", "data": "d"}]),
    )
    added = [item for chunk in chunks for item in assembly.add(chunk)]
    assert added == [HiddenDelta("h"), HiddenDelta("m")]
    assert assembly.blocks() == (Thinking("hm", "sig"), Thinking("", "redacted:d"))


def test_thoughts_without_signature_are_kept_as_text() -> None:
    assembly = Assembly("c")
    list(assembly.add(delta(reasoning_content="so ")))
    list(assembly.add(delta(reasoning_content="what")))
    assert assembly.blocks() == (Thinking("so what"),)


def test_nothing_said() -> None:
    assert Assembly("c").blocks() == ()
