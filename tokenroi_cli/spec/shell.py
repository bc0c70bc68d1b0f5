"""A command line taken apart far enough to see which programs it starts: for advice, not for safety."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise

_PUNCTUATION = "();<>|&`\n"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_WRAPPERS = re.compile(
    r"sudo|doas|env|time|nohup|exec|command|builtin|xargs|nice|timeout|stdbuf|if|then|else|while|until|do|!|{"
)
_WRAPPER_ARGUMENT = re.compile(r"-.*|[A-Za-z_]\w*=.*|\d+(?:\.\d+)?[smhd]?")
_MAX_DEPTH = 4
"""How many shells inside shells are looked into."""


def programs(command: str, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """The words of each program that `command` starts, the program's bare name first.

    Pipes, lists, substitutions and `sh -c` are looked into; assignments and wrappers such as `sudo` are
    dropped.
    """
    if depth > _MAX_DEPTH:
        return
    for words in _simple_commands(_words(command)):
        started = _unwrapped(words)
        if started:
            yield (started[0].rpartition("/")[2], *started[1:])
        for inner in _inner_commands(started):
            yield from programs(inner, depth + 1)


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace_split = True
    lexer.whitespace = " \t\r"
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # a quote that is not closed
        return re.findall(rf"[{_PUNCTUATION}]+|[^\s{_PUNCTUATION}]+", command)


def _simple_commands(words: Sequence[str]) -> Iterator[list[str]]:
    current: list[str] = []
    for word in words:
        if not set(word) <= set(_PUNCTUATION):
            current.append(word)
        elif not set(word) <= set("<>&") or set(word) == {"&"}:
            yield current
            current = []
    yield current


def _unwrapped(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) and _ASSIGNMENT.match(words[start]):
        start += 1
    if start < len(words) and _WRAPPERS.fullmatch(words[start].rpartition("/")[2]):
        start += 1
        while start < len(words) and _WRAPPER_ARGUMENT.fullmatch(words[start]):
            start += 1
        return _unwrapped(words[start:])
    return words[start:]


def _inner_commands(words: Sequence[str]) -> Iterator[str]:
    if words and words[0].rpartition("/")[2] == "eval":
        yield " ".join(words[1:])
    is_shell = bool(words) and words[0].rpartition("/")[2] in _SHELLS
    for option, argument in pairwise(words):
        if is_shell and re.fullmatch(r"-[a-z]*c", option):
            yield argument
    for word in words:
        if "$(" in word or "`" in word:
            yield re.sub(r"\$\(|[`)]", " ; ", word)
