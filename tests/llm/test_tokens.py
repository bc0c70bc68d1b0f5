"""Counting without litellm and without the network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.llm import tokens
from tokenroi_cli.llm.tokens import CACHE_DIR, TokenCount, count, guess


@pytest.fixture
def forgetful() -> Iterator[None]:
    """The encoding is loaded anew, and again after the test."""
    tokens._encoding.cache_clear()
    yield
    tokens._encoding.cache_clear()


def test_words() -> None:
    assert count("hello world") == TokenCount(2, exact=True)
    assert count("") == TokenCount(0, exact=True)


@pytest.mark.parametrize("text", ["<|endoftext|>", "\ud800", "\x00", "a\udcffb"])
def test_nothing_in_a_file_makes_it_raise(text: str) -> None:
    assert count(text).tokens > 0


def test_one_endless_word_is_counted_in_pieces() -> None:
    assert count("a" * 1_000_000).tokens == 125_000


@given(st.text())
def test_never_more_tokens_than_bytes(text: str) -> None:
    size = len(text.encode(errors="surrogatepass"))
    assert count(text).tokens <= size
    assert guess(text) <= size


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("before", [None, "/nowhere"])
def test_the_environment_is_left_as_it_was(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_DIR, raising=False)
    if before is not None:
        monkeypatch.setenv(CACHE_DIR, before)
    assert count("hello world").exact
    assert os.environ.get(CACHE_DIR) == before


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("content", [None, b"", b"not the encoding"])
def test_without_a_whole_file_it_guesses_and_says_so(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A litellm that bundles no such file, or a broken one: tiktoken would go to the network for it."""
    folder = tmp_path / "litellm" / "litellm_core_utils" / "tokenizers"
    folder.mkdir(parents=True)
    (tmp_path / "litellm" / "__init__.py").touch()
    if content is not None:
        (folder / tokens.BUNDLED).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "litellm", raising=False)
    assert count("hello, world") == TokenCount(4, exact=False)


def test_counting_imports_no_litellm() -> None:
    code = (
        "import sys; from tokenroi_cli.llm.tokens import count; count('a'); print('litellm' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
