import json
import os
import stat
import threading
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.message import Block, Text, Thinking, ToolCall, ToolResult
from tokenroi_cli.domain.session import Entry, EntryKind, Session
from tokenroi_cli.domain.tier import TaskKind
from tokenroi_cli.store.sessions import SessionDamaged, SessionStore, project_key

START = datetime(2026, 11, 23, 11, 15, tzinfo=timezone(timedelta(hours=1)))


class Ticking:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    numbers = iter(range(10**6))
    (tmp_path / "tree").mkdir()
    return SessionStore(
        tmp_path / "state", tmp_path / "tree", Ticking(), lambda: f"{next(numbers):012x}"[::-1]
    )


def say(store: SessionStore, session: Session, text: str) -> Session:
    return store.append(session, EntryKind.USER, [Text(text)])


def file_of(store: SessionStore, session: Session) -> Path:
    return store.folder / f"{session.id}.jsonl"


def test_a_new_session(store: SessionStore) -> None:
    session = store.create("# Notes\n")

    assert session == Session(
        id="20261123-101501-0000", root=os.path.realpath(store.root), notes="# Notes\n", tip=None, parent=None
    )
    assert store.load(session.id) == session


def test_an_entry_hangs_on_the_tip_and_becomes_it(store: SessionStore) -> None:
    session = say(store, store.create(""), "hello")
    session = store.append(session, EntryKind.ASSISTANT, [Text("hi"), ToolCall("1", "read", "{}")])
    first, second = session.entries

    assert first == Entry(first.id, None, EntryKind.USER, (Text("hello"),), "2026-11-23T10:15:02+00:00")
    assert second.parent == first.id
    assert session.tip == second.id
    assert session.branch() == (first, second)
    assert store.load(session.id) == session


def test_an_edited_prompt_is_a_sibling(store: SessionStore) -> None:
    session = say(store, say(store, store.create(""), "one"), "two")
    session = say(store, replace(session, tip=session.entries[0].id), "better two")

    assert [entry.blocks for entry in session.branch()] == [(Text("one"),), (Text("better two"),)]
    assert store.load(session.id) == session


def test_a_child_knows_its_parent(store: SessionStore) -> None:
    parent = store.create("")
    child = store.create("", parent=parent.id)
    assert store.load(child.id).parent == parent.id


any_text = st.text(st.characters(codec=None, categories=None, exclude_categories=()), max_size=20)
blocks = st.lists(
    st.one_of(
        st.builds(Text, any_text),
        st.builds(Thinking, any_text, any_text),
        st.builds(ToolCall, any_text, any_text, any_text),
        st.builds(ToolResult, any_text, any_text, st.booleans()),
    ),
    max_size=3,
)
entries = st.lists(st.tuples(st.sampled_from(EntryKind), blocks, st.integers(0, 5)), max_size=6)


def whole_characters(text: str) -> str:
    """The text with surrogates that make a character together put together."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@given(any_text, entries)
def test_what_is_loaded_is_what_was_in_memory(
    tmp_path_factory: pytest.TempPathFactory, notes: str, appended: list[tuple[EntryKind, list[Block], int]]
) -> None:
    store = SessionStore(tmp_path_factory.getbasetemp() / "state", Path("/"))
    session = store.create(notes)
    for kind, said, tip in appended:
        if tip < len(session.entries):
            session = replace(session, tip=session.entries[tip].id)
        session = store.append(session, kind, said)

    assert store.load(session.id) == session
    assert session.notes == whole_characters(notes)
    assert [entry.kind for entry in session.entries] == [kind for kind, _, _ in appended]
    assert [entry.blocks for entry in session.entries] == [tuple(map(whole, said)) for _, said, _ in appended]


def whole(block: Block) -> Block:
    fields: dict[str, Any] = asdict(block)
    texts = {name: whole_characters(value) for name, value in fields.items() if isinstance(value, str)}
    return type(block)(**(fields | texts))


def test_halves_of_a_character_that_came_apart_are_one(store: SessionStore) -> None:
    session = say(store, store.create(""), "\ud83d" + "\ude00")
    assert session.entries[0].blocks == (Text("\U0001f600"),)


@pytest.mark.parametrize("cut", [1, 2, 30, -1])
def test_a_torn_last_line_does_not_count(store: SessionStore, cut: int) -> None:
    kept = say(store, store.create(""), "one")
    path = file_of(store, kept)
    size = path.stat().st_size
    say(store, kept, "two")
    os.truncate(path, (size if cut > 0 else path.stat().st_size) + cut)

    assert store.load(kept.id) == kept
    again = say(store, kept, "two again")
    assert store.load(kept.id) == again


@pytest.mark.parametrize(
    "tail", [b"\0" * 5000, b"\0" * 70_000 + b"\n", b'{"id":"x\n', b"\xff\xfe\n", b"\n", b"[1]\n"]
)
def test_a_last_line_of_which_pages_are_missing_does_not_count(store: SessionStore, tail: bytes) -> None:
    kept = say(store, store.create(""), "one")
    with file_of(store, kept).open("ab") as file:
        file.write(tail)

    assert store.load(kept.id) == kept
    again = say(store, kept, "two")
    assert store.load(kept.id) == again


def test_a_long_last_line_is_found(store: SessionStore) -> None:
    session = say(store, say(store, store.create(""), "x" * 300_000), "y" * 700_000)
    session = say(store, session, "z")
    assert store.load(session.id) == session


@pytest.mark.parametrize("garbage", [b"garbage", b"\xff\0\xff", b"{}", b'{"id":1}', b"[" * 100_000, b""])
def test_garbage_in_the_middle_is_told_and_the_rest_kept(store: SessionStore, garbage: bytes) -> None:
    first = say(store, store.create("notes"), "one")
    session = say(store, say(store, replace(first, tip=None), "two"), "three")
    path = file_of(store, session)
    lines = path.read_bytes().split(b"\n")
    lines[1] = garbage
    path.write_bytes(b"\n".join(lines))
    before = path.read_bytes()

    with pytest.raises(SessionDamaged) as caught:
        store.load(session.id)

    assert caught.value.what.startswith(f"{path}: line 2 ")
    assert caught.value.kept == replace(session, entries=session.entries[1:])
    assert isinstance(caught.value, TokenroiError)
    assert path.read_bytes() == before


def test_entries_that_hang_on_a_lost_one_are_lost_too(store: SessionStore) -> None:
    session = say(store, say(store, say(store, store.create(""), "one"), "two"), "three")
    path = file_of(store, session)
    lines = path.read_bytes().split(b"\n")
    lines[2] = b"garbage"
    path.write_bytes(b"\n".join(lines))

    with pytest.raises(SessionDamaged, match="2 lost") as caught:
        store.load(session.id)
    assert caught.value.kept.branch() == session.entries[:1]


@pytest.mark.parametrize(
    "change", [{"kind": "song"}, {"blocks": [{"type": "image"}]}, {"blocks": [1]}, {"at": None}]
)
def test_an_entry_of_a_later_version_is_never_taken_for_a_torn_one(
    store: SessionStore, change: dict[str, object]
) -> None:
    session = say(store, store.create(""), "one")
    path = file_of(store, session)
    header, entry, _ = path.read_bytes().split(b"\n")
    later = json.dumps(json.loads(entry) | change).encode() + b"\n"
    path.write_bytes(header + b"\n" + later)

    with pytest.raises(SessionDamaged, match="line 2"):
        store.load(session.id)
    say(store, session, "two")
    assert later in path.read_bytes()


@pytest.mark.parametrize("change", [{"tokenroi": 2}, {"notes": None}, {"root": 1}])
def test_a_header_of_a_later_version_keeps_the_entries(
    store: SessionStore, change: dict[str, object]
) -> None:
    session = say(store, store.create("notes"), "one")
    path = file_of(store, session)
    header, entry = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps(json.loads(header) | change).encode() + b"\n" + entry)

    with pytest.raises(SessionDamaged, match="line 1") as caught:
        store.load(session.id)
    assert caught.value.kept == replace(session, notes="")


@pytest.mark.parametrize("data", [b"", b"\n", b'{"tokenroi":1', b"\0" * 100])
def test_a_file_without_a_header_is_told_and_not_written_to(store: SessionStore, data: bytes) -> None:
    session = store.create("")
    file_of(store, session).write_bytes(data)

    with pytest.raises(SessionDamaged):
        store.load(session.id)
    with pytest.raises(TokenroiError, match="first line is lost"):
        say(store, session, "one")
    assert store.list() == ()
    assert store.newest() is None


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_no_bytes_crash_it(tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes) -> None:
    store = SessionStore(tmp_path_factory.getbasetemp() / "any", Path("/"))
    session = say(store, store.create(""), "one")
    path = file_of(store, session)
    path.write_bytes(before + path.read_bytes() + after)
    try:
        kept = store.load(session.id)
    except SessionDamaged as error:
        kept = error.kept
    assert set(kept.branch()) <= set(kept.entries)
    store.list()


def test_two_writers_lose_nothing(store: SessionStore) -> None:
    session = say(store, store.create(""), "root")
    ours = SessionStore(store.state, store.root)

    def write(name: str) -> None:
        mine = session
        for number in range(25):
            mine = say(ours, mine, f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    loaded = store.load(session.id)
    assert len(loaded.entries) == 101
    said = {block.text for entry in loaded.entries for block in entry.blocks if isinstance(block, Text)}
    assert said == {"root"} | {f"{name} {number}" for name in "abcd" for number in range(25)}


def test_the_list_and_the_newest(store: SessionStore) -> None:
    assert store.list() == ()
    assert store.newest() is None
    first = say(store, store.create(""), "\n first prompt \nmore")
    second = store.create("")
    child = store.create("", parent=first.id)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for age, session in enumerate([child, second, first]):
        os.utime(file_of(store, session), 2 * ((long_ago - timedelta(days=age)).timestamp(),))

    assert [(info.id, info.parent, info.title) for info in store.list()] == [
        (child.id, first.id, ""),
        (second.id, None, ""),
        (first.id, None, "first prompt"),
    ]
    assert store.list()[0].updated == long_ago
    assert store.newest() == first, "nothing was said in the other one"
    second = say(store, second, "again")
    assert store.newest() == second


def test_only_a_chat_is_the_newest_and_what_is_no_file_does_not_hang(store: SessionStore) -> None:
    chat = store.create("")
    for task in (TaskKind.PLAN, TaskKind.EXECUTE, TaskKind.EXPLORE):
        assert store.load(store.create("", task=task).id).task is task
    os.mkfifo(store.folder / "pipe.jsonl")
    (store.folder / "folder.jsonl").mkdir()
    assert store.newest() == chat


def test_a_session_that_does_not_say_what_it_is_for_is_a_chat(store: SessionStore) -> None:
    session = store.create("")
    path = file_of(store, session)
    path.write_bytes(path.read_bytes().replace(b'"task":"chat",', b""))
    assert store.newest() == session


def test_sessions_of_another_tree_are_not_shown(store: SessionStore, tmp_path: Path) -> None:
    session = store.create("")
    elsewhere = SessionStore(store.state, tmp_path)

    assert elsewhere.list() == ()
    with pytest.raises(UsageError, match="no session"):
        elsewhere.load(session.id)


def test_a_link_to_the_tree_is_the_tree(store: SessionStore, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store.root)
    assert SessionStore(store.state, tmp_path / "link").load(store.create("").id).root == str(store.root)


def test_a_project_key_is_a_plain_name() -> None:
    for root in (Path("/"), Path("/a b/../\udcff"), Path("/" + "x" * 300), Path("/...")):
        key = project_key(root)
        assert len(key) < 60
        assert key.isascii()
        assert not set(key) & set("/ .")
    assert project_key(Path("/a/x")) != project_key(Path("/b/x"))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\0b", "x" * 65, "none"])
def test_a_session_that_is_not_there(store: SessionStore, name: str) -> None:
    store.create("")
    with pytest.raises(UsageError, match="no session"):
        store.load(name)


def test_only_the_owner_reads_them(store: SessionStore) -> None:
    old = os.umask(0)
    try:
        session = store.create("")
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (file_of(store, session), store.folder, store.state)]
    assert modes == [0o600, 0o700, 0o700]


def test_the_same_name_is_never_given_twice(store: SessionStore) -> None:
    names = iter(["aaaa", "aaaa", "bbbb"])
    fixed = SessionStore(store.state, store.root, lambda: START, lambda: next(names))

    assert [fixed.create("").id, fixed.create("").id] == ["20261123-101500-aaaa", "20261123-101500-bbbb"]
    stuck = SessionStore(store.state, store.root, lambda: START, lambda: "aaaa")
    with pytest.raises(TokenroiError, match="free name"):
        stuck.create("")


def test_a_disk_that_refuses_is_told(store: SessionStore) -> None:
    session = store.create("")
    file_of(store, session).unlink()
    with pytest.raises(TokenroiError, match="No such file") as caught:
        say(store, session, "one")
    assert caught.value.reason == "session_store"

    store.folder.rmdir()
    store.folder.write_text("")
    with pytest.raises(TokenroiError, match=store.folder.name):
        store.create("")
