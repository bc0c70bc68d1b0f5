"""What a command printed, bounded while it arrives and made safe to read."""

import re
from collections import deque

HEAD = 10_000
TAIL = 20_000
"""Bytes kept of each end; what is between is counted. The end gets more room: failures stand there."""

_CONTROL = re.compile(
    r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: titles, links, clipboard
    r"|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]?"  # the other escapes
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


def clean(text: str) -> str:
    """`text` without control sequences; line feeds and tabs stay, a carriage return ends the line."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class Output:
    """The first HEAD and the last TAIL bytes of a stream of any length."""

    def __init__(self) -> None:
        self._head = b""
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.total = 0
        """Bytes that arrived."""

    def feed(self, chunk: bytes) -> None:
        self.total += len(chunk)
        room = HEAD - len(self._head)
        self._head += chunk[:room]
        if chunk[room:]:
            self._tail.append(chunk[room:])
            self._tail_size += len(chunk[room:])
        while self._tail_size - len(self._tail[0] if self._tail else b"") >= TAIL:
            self._tail_size -= len(self._tail.popleft())

    def text(self) -> str:
        """Both ends, and between them how many bytes are missing."""
        tail = b"".join(self._tail)[-TAIL:]
        missing = self.total - len(self._head) - len(tail)
        if not missing:
            return _decoded(self._head + tail)
        notice = f"\n[... {missing:,} of {self.total:,} bytes left out ...]\n"
        return _decoded(self._head) + notice + _decoded(tail)


def _decoded(data: bytes) -> str:
    return clean(data.decode("utf-8", "replace"))
