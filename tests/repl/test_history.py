"""The up-arrow knows earlier REPLs."""

from pathlib import Path

from prompt_toolkit.history import InMemoryHistory

from tokenroi_cli.repl.history import history_in


def keyless(text: str) -> str:
    return text.replace("sk-mine", "[redacted]")


def test_no_key_is_written_down(tmp_path: Path) -> None:
    history_in(tmp_path, keyless).append_string("my key is sk-mine")
    assert "sk-mine" not in (tmp_path / "history").read_text()
    assert list(history_in(tmp_path, keyless).load_history_strings()) == ["my key is [redacted]"]


def test_what_was_typed_is_there_the_next_time_newest_first(tmp_path: Path) -> None:
    history = history_in(tmp_path, keyless)
    history.append_string("one")
    history.append_string("two\nlines")
    assert list(history_in(tmp_path, keyless).load_history_strings()) == ["two\nlines", "one"]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    (tmp_path / "history").touch(0o644)
    history_in(tmp_path, keyless)
    assert (tmp_path / "history").stat().st_mode & 0o777 == 0o600


def test_without_a_file_it_is_of_this_repl_alone(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    assert isinstance(history_in(tmp_path, keyless), InMemoryHistory)
