"""The one module that touches the terminal: what it can do, how wide it is, what is written and read."""

import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.domain.events import Answer, Question
from tokenroi_cli.views.question import ASK_AGAIN, asked, read_answer

DEFAULT_WIDTH = 80

TRIES = 3
"""How often a question is put before what is no answer counts as no."""

MAX_PIPED = 10_000_000
"""Characters of standard input: more than any context holds."""


class Console:
    """Standard input, output and error of this process, or what a test gives in their place."""

    def __init__(self, stdin: TextIO, out: TextIO, err: TextIO, environ: Mapping[str, str]) -> None:
        self.stdin = stdin
        self.out = out
        self.err = err
        self._environ = environ

    @property
    def attended(self) -> bool:
        """Somebody sits there who sees what is written and can answer."""
        return self.stdin.isatty() and self.out.isatty() and self.err.isatty()

    @property
    def plain(self) -> bool:
        """No colour: not a terminal, a dumb one, or NO_COLOR says so (no-color.org: any value but empty)."""
        dumb = self._environ.get("TERM", "") in ("", "dumb")
        return dumb or bool(self._environ.get("NO_COLOR")) or not self.out.isatty()

    @property
    def width(self) -> int:
        """Columns; COLUMNS of the environment where the output is no terminal."""
        try:
            return os.get_terminal_size(self.out.fileno()).columns or DEFAULT_WIDTH
        except (OSError, ValueError):
            columns = self._environ.get("COLUMNS", "")
            return int(columns) if columns.isdecimal() and int(columns) > 0 else DEFAULT_WIDTH

    def write(self, text: str, style: str = "") -> None:
        """To standard output, at once. `style` is a rich style, for terminals that can show it."""
        if text:
            self.out.write(self.painted(text, style))
            self.out.flush()

    def note(self, text: str) -> None:
        """One line to standard error, where it spoils no pipe."""
        self.err.write(f"{text}\n")
        self.err.flush()

    def painted(self, text: str, style: str) -> str:
        """`text` with the escapes of a rich style around each line, or as it is on a plain console."""
        if not style or self.plain:
            return text
        from rich.color import ColorSystem
        from rich.style import Style

        paint = Style.parse(style)
        rows = text.split("\n")
        return "\n".join(paint.render(row, color_system=ColorSystem.STANDARD) if row else "" for row in rows)

    def read_line(self, prompt: str) -> str | None:
        """One line of input with its newline; None at its end."""
        self.write(prompt)
        return self.stdin.readline() or None

    def piped(self) -> str:
        """What was piped in, to its end; empty at a terminal. Raises UsageError for more than MAX_PIPED."""
        if self.stdin.isatty():
            return ""
        text = self.stdin.read(MAX_PIPED + 1)
        if len(text) > MAX_PIPED:
            raise UsageError(
                f"more than {MAX_PIPED:,} characters on standard input", "name the files instead"
            )
        return text

    def ask(self, question: Question) -> Answer:
        """Puts a question and waits. Keys typed before it was there do not answer it; an empty line is no."""
        for row in asked(question, self.width):
            self.note(row)
        self.err.write("  [y/N] ")
        self.err.flush()
        self._forget_typed_ahead()
        for _ in range(TRIES):
            said = self.stdin.readline()
            if not said:
                self.note("")
                return Answer.UNASKED
            answer = read_answer(said)
            if answer is not None:
                return answer
            self.err.write(f"  {ASK_AGAIN} [y/N] ")
            self.err.flush()
        return Answer.NO

    def _forget_typed_ahead(self) -> None:
        try:
            import termios

            termios.tcflush(self.stdin.fileno(), termios.TCIFLUSH)
        except (ImportError, OSError, ValueError):
            return  # not a terminal: nobody typed anything


def standard(environ: Mapping[str, str]) -> Console:
    """The console of this process. A closed stream reads as empty or swallows; no character is unwritable."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115 (lives as long as the process)
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    return Console(sys.stdin, sys.stdout, sys.stderr, environ)


def hang_up() -> None:
    """After a broken pipe, or on a full disk: what is still buffered goes nowhere: a quiet end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
