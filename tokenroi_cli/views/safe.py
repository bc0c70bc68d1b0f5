"""What came from a model, a file or a command is text, never instructions to the terminal."""

import re

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, or turns the order
    "\ud800-\udfff\U000e0000-\U000e007f"  # lone surrogates, tags
)
_UNSAFE = re.compile(f"[{_HIDDEN}]")


def prose(text: str) -> str:
    """Text of many lines: whatever a terminal would obey or hide stands there as an escape.

    Character by character, so a stream may be cut anywhere; a carriage return is dropped.
    """
    return _UNSAFE.sub(_escaped, text)


def line(text: str, width: int = 0) -> str:
    """The same on one line, runs of white space as one space; cut to `width` characters unless that is 0."""
    flat = _UNSAFE.sub(_escaped, " ".join(text.split()))
    return flat if not width or len(flat) <= width else flat[: max(width - 3, 0)] + "..."


def exact(text: str) -> str:
    """One line that has a single meaning, for what the user must approve.

    Plain when every character shows itself; otherwise in quotes, marked `escaped`, backslashes doubled.
    """
    plain = text.isprintable() and not text.startswith("escaped ")
    return text if plain else f"escaped {text!r}"


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return "" if character == "\r" else ascii(character)[1:-1]


def well_formed(text: str) -> str:
    """Input that can be written as UTF-8: bytes that were no text become question marks."""
    return text.encode(errors="replace").decode()
