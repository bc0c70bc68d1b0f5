"""Token counts for display: tiktoken's o200k_base from the file that litellm bundles. Caps never use them."""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

ENCODING = "o200k_base"
BUNDLED = "fb374d419588a4632f3f557e76b4b70aebbca790"
"""The encoding's file name: SHA-1 of the address that tiktoken would otherwise fetch it from."""
SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""Of its contents. tiktoken throws another file away and goes to the network for it."""
CACHE_DIR = "TIKTOKEN_CACHE_DIR"
PIECE = 20_000
"""Characters encoded at a time: one endless word takes quadratic time. Costs well under 0.1 % accuracy."""

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Tokens of a text. Not exact: guessed from its length, as no tokenizer is at hand."""

    tokens: int
    exact: bool
    """In o200k_base; other providers' tokenizers differ by up to 45 %."""


def count(text: str) -> TokenCount:
    """Tokens of a text. The first call takes about a second; none goes to the network."""
    with _loading:
        encoding = _encoding()
    if encoding is None:
        return TokenCount(guess(text), exact=False)
    pieces = (text[at : at + PIECE] for at in range(0, len(text), PIECE))
    return TokenCount(sum(len(encoding.encode(piece, disallowed_special=())) for piece in pieces), exact=True)


def guess(text: str) -> int:
    """Two tokens for every seven bytes of UTF-8, rounded up: too many for most prose and code."""
    return -(-2 * len(text.encode(errors="surrogatepass")) // 7)


@cache
def _encoding() -> "Encoding | None":
    folder = _bundled_folder()
    if folder is None:
        return None
    try:
        import tiktoken
    except ImportError:
        return None
    with _cache_dir(folder):
        return tiktoken.get_encoding(ENCODING)


def _bundled_folder() -> Path | None:
    """Where litellm keeps the file, if it is there and whole. Does not import litellm."""
    found = find_spec("litellm")
    for place in (found and found.submodule_search_locations) or ():
        folder = Path(place) / "litellm_core_utils" / "tokenizers"
        if _is_whole(folder / BUNDLED):
            return folder
    return None


def _is_whole(file: Path) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
    except OSError:
        return False


@contextmanager
def _cache_dir(folder: Path) -> Iterator[None]:
    """tiktoken looks for its files where the environment says; ours is left as it was."""
    before = os.environ.get(CACHE_DIR)
    os.environ[CACHE_DIR] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[CACHE_DIR]
        else:
            os.environ[CACHE_DIR] = before
