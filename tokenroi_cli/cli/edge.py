"""What one invocation brings along, and the screen it ended up with: errors are shown where the run was."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.views.console import Console

if TYPE_CHECKING:
    from tokenroi_cli.app.workplace import Workplace
    from tokenroi_cli.cli.screens import Screen


@dataclass(slots=True)
class Edge:
    """The object of the command line's context."""

    environ: Mapping[str, str] = field(repr=False)
    console: Console
    json: bool
    """`--json` stands on the command line: an error before any screen is a result object too."""
    screen: "Screen | None" = None

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

        with closing(open_workplace(Path.cwd(), screen, self.environ)) as workplace, also(workplace.stop):
            yield workplace

    def fail(self, error: TokenroiError) -> int:
        """Shows an error where the run was shown; its exit code."""
        (self.screen or self.open_screen(json=self.json)).fail(error)
        return error.exit_code
