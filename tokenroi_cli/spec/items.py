"""The lines of a spec that a program acts on: files with their purpose, checkboxes with their commands."""

import re

from tokenroi_cli.domain.spec import FileItem, ValidationItem
from tokenroi_cli.spec.command import commands_in
from tokenroi_cli.spec.prose import code_spans, without_comments

_BOX = re.compile(r"\[[ xX]\](?:\s+|\Z)")
_NONE = re.compile(r"[*_(]*(?:none|n/a|nothing)[*_).]*(?:\s*[—–:,;-].*|\s+\(.*)?", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_VERB = re.compile(
    r"(?:(?:create|new|add|modify|update|edit|change|test)|(delete|remove|rename|move)):?\s+(?=`)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:,|&|\+|,?\s*and)\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[—–]\s*|\s+-{1,2}>?\s+|:\s+|:\Z|\s+(?=\()")
_RANGE = re.compile(r"(?::\d+(?:[-–]\d*)?|#L\d+(?:-L?\d+)?)\Z")
_PATHS = re.compile(r"[^\s,]*[./][^\s,]*(?:,\s+[^\s,]*[./][^\s,]*)+")


def file_items(text: str, line: int) -> tuple[FileItem, ...]:
    """What an item of a file list names: `path — purpose`, several paths for one purpose, or None."""
    words = _BOX.sub("", " ".join(without_comments(text).split()), count=1)
    if says_none(words):
        return ()
    words = _LINK.sub(r"\1", words, count=1) if words.startswith("[") else words.lstrip("*")
    verb = _VERB.match(words)
    words = words[verb.end() :] if verb else words
    paths, rest = _quoted_paths(words) if words.startswith("`") else _plain_paths(words)
    purpose = rest.lstrip(" \t*—–:>-") or (verb[1] if verb and verb[1] else "")
    return tuple(FileItem(_clean(path), purpose, line) for path in paths)


def validation_items(text: str, line: int) -> tuple[ValidationItem, ...]:
    """A checkbox as one item for each of its commands, or one without; nothing where there is no checkbox."""
    words = " ".join(without_comments(text).split())
    box = _BOX.match(words)
    if box is None:
        return ()
    words = words[box.end() :]
    return tuple(ValidationItem(words, command, line) for command in commands_in(words) or (None,))


def says_none(text: str) -> bool:
    """Whether an entry of a file list says that there is none."""
    return _NONE.fullmatch(text.strip()) is not None


def _quoted_paths(words: str) -> tuple[list[str], str]:
    paths: list[str] = []
    end = 0
    for span in code_spans(words):
        if paths and not _JOINT.fullmatch(words, end, span.start):
            break
        if not paths and span.start != 0:
            break
        paths.append(span.code)
        end = span.end
    return (paths, words[end:]) if paths else ([words], "")


def _plain_paths(words: str) -> tuple[list[str], str]:
    separator = _SEPARATOR.search(words)
    named = words[: separator.start()] if separator else words
    rest = words[separator.end() :] if separator else ""
    return (re.split(r",\s+", named) if _PATHS.fullmatch(named) else [named]), rest


def _clean(path: str) -> str:
    """The bare path: no line range, no leading `./`, no emphasis."""
    path = _RANGE.sub("", path.strip().rstrip("*"))
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path
