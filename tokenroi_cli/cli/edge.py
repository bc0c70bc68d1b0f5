"""What one invocation brings along, and the screen it ended up with: errors are shown where the run was."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.views.console import Console, hang_up
from tokenroi_cli.views.errors import error_lines

if TYPE_CHECKING:
    from tokenroi_cli.app.workplace import Workplace
    from tokenroi_cli.cli.screens import Screen


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""How the system says that a stream or a file takes no more."""


@dataclass(slots=True)
class Edge:
    """The object of the command line's context."""

    environ: Mapping[str, str] = field(repr=False)
    console: Console
    json: bool
    """`--json` stands on the command line: an error before any screen is a result object too."""
    screen: "Screen | None" = None

    @property
    def folder(self) -> Path:
        """Where the user is. Raises UsageError when that is gone."""
        try:
            return Path.cwd()
        except FileNotFoundError as error:
            raise UsageError("the current folder does not exist any more", "cd to one that does") from error

    def open_screen(self, *, json: bool, yes: bool = False) -> "Screen":
        """JSON when asked for, a terminal when somebody sits there, else headless."""
        from tokenroi_cli.cli.answers import Person, PersonWithFlag, flag, nobody
        from tokenroi_cli.cli.screens import Headless, JsonLines, Terminal

        if json:
            self.screen = JsonLines(self.console, flag if yes else nobody)
        elif self.console.attended:
            self.screen = Terminal(self.console, (PersonWithFlag if yes else Person)(self.console))
        else:
            self.screen = Headless(self.console, flag if yes else nobody)
        return self.screen

    @contextmanager
    def workplace(self, screen: "Screen") -> "Iterator[Workplace]":
        """A workplace for the current folder, closed with the block; a signal that ends stops its Run."""
        from tokenroi_cli.app.workplace import open_workplace
        from tokenroi_cli.cli.interrupts import also

        with closing(open_workplace(self.folder, screen, self.environ)) as workplace, also(workplace.stop):
            yield workplace

    def fail(self, error: TokenroiError) -> int:
        """Shows an error where the run was shown, or at least on standard error; its exit code."""
        try:
            (self.screen or self.open_screen(json=self.json)).fail(error)
        except OSError as full:
            if full.errno not in FULL:
                raise
            for row in error_lines(error):
                self.console.note(row)
            hang_up()  # what could not be written is still buffered: Python would end with 120 over it
        return error.exit_code
