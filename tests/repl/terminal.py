"""A terminal of our own: runs a program in a pty, keeps its screen, answers what terminals are asked."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[2]

PATIENCE = 60.0
"""Seconds until a screen that does not come is a failure."""


class Screen(pyte.Screen):  # type: ignore[misc]
    """Reports of the cursor's place go back to the program, unless this terminal knows none."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        super().__init__(columns, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class Terminal:
    """A program on a screen. Waiting reads what it writes; nothing sleeps."""

    def __init__(self, child: pexpect.spawn, columns: int, rows: int, *, answers: bool = True) -> None:
        self.child = child
        self.screen = Screen(columns, rows, child.send if answers else lambda _report: None)
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.screen.display).rstrip()

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def until(self, holds: Callable[[str], bool], what: str) -> str:
        """The screen once it holds; AssertionError with the screen when it does not come."""
        deadline = time.monotonic() + PATIENCE
        while not holds(self.text):
            assert time.monotonic() < deadline, f"no {what} on the screen:\n{self.text}"
            try:
                self.read()
            except pexpect.EOF:
                raise AssertionError(f"it ended without {what}:\n{self.text}") from None
        return self.text

    def see(self, *words: str) -> str:
        """Waits until every one of the words is on the screen."""
        return self.until(lambda text: all(word in text for word in words), " and ".join(words))

    def read(self) -> None:
        """Takes what was written since, or waits a moment for it."""
        try:
            piece = self.child.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return
        self.written += piece
        self._stream.feed(piece)

    def ended(self) -> int:
        """Reads to the end; the exit code."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, f"still running:\n{self.text}"
            try:
                self.read()
            except pexpect.EOF:
                self.child.wait()
                return -1 if self.child.exitstatus is None else int(self.child.exitstatus)

    def vanish(self) -> None:
        """Closes the window; the program has to end by itself."""
        self.child.ptyproc.fileobj.close()
        self.child.ptyproc.closed = self.child.closed = True
        deadline = time.monotonic() + PATIENCE
        while self.child.isalive():
            assert time.monotonic() < deadline, "still running without a terminal"


@contextmanager
def tokenroi(
    cwd: Path, *args: str, env: Mapping[str, str], columns: int = 80, answers: bool = True
) -> Iterator[Terminal]:
    """`tokenroi` in a terminal of its own, which says where its cursor is unless it `answers` nothing."""
    environ = {**os.environ, "TERM": "xterm-256color", **env}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenroi_cli", *args],
        cwd=str(cwd),
        env=environ,
        dimensions=(40, columns),
    )
    try:
        yield Terminal(child, columns, 40, answers=answers)
    finally:
        child.close(force=True)
