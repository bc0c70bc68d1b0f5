"""The front-ends of the command line: a terminal, a pipe, and a stream of JSON objects."""

from collections.abc import Callable
from typing import Protocol

from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import (
    Answer,
    CallBooked,
    Estimated,
    Event,
    Frontend,
    Question,
    TextArrived,
    TextEnded,
)
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.views.bill import bill
from tokenroi_cli.views.console import Console
from tokenroi_cli.views.errors import error_lines, failure_lines
from tokenroi_cli.views.jsonl import encode, error_object, event_object, result_object
from tokenroi_cli.views.safe import line, prose
from tokenroi_cli.views.styles import style
from tokenroi_cli.views.transcript import Transcript, lines

Asker = Callable[[Question], Answer]


class Screen(Frontend, Protocol):
    """A front-end that also shows how a run ended."""

    def finish(self, result: RunResult) -> None:
        """Shows the end of one run."""
        ...

    def fail(self, error: TokenroiError, spec: str | None = None, /) -> None:
        """Shows what ended a run that has no result; `spec`: the one that it was for."""
        ...


class Terminal:
    """Everything to standard output as it happens; the bill at the end; errors to standard error."""

    def __init__(self, console: Console, ask: Asker) -> None:
        self._console = console
        self._transcript = Transcript()
        self._calls: list[CallBooked] = []
        self.ask = ask

    def emit(self, event: Event) -> None:
        if isinstance(event, CallBooked):
            self._calls.append(event)
        self._console.write(self._transcript.text(event), style(event))

    def finish(self, result: RunResult) -> None:
        self._console.write(self._transcript.ended())
        self._console.write(f"\n{bill(result, _steps(self._calls, result))}\n")
        if result.exit_code:
            self._say_error(failure_lines(result))
        else:
            self._console.write(f"{line(result.what)}\n", "bold")

    def fail(self, error: TokenroiError, _spec: str | None = None, /) -> None:
        self._say_error(error_lines(error))

    def _say_error(self, said: list[str]) -> None:
        self._console.write(self._transcript.ended())
        for row in said:
            self._console.note(row)


class Headless:
    """What was asked for to standard output, progress and errors to standard error.

    Asked for is, with `-p`, the answer alone; of `plan` and `exec` the estimate, the bill, and last one line:
    the spec that was written, or what became of it.
    """

    def __init__(self, console: Console, ask: Asker) -> None:
        self._console = console
        self._calls: list[CallBooked] = []
        self.ask = ask

    def emit(self, event: Event) -> None:
        if isinstance(event, CallBooked):
            self._calls.append(event)
        if isinstance(event, TextArrived | TextEnded):
            return
        for row in lines(event):
            if isinstance(event, Estimated):
                self._console.write(f"{row}\n")
            else:
                self._console.note(row)

    def finish(self, result: RunResult) -> None:
        spent = bill(result, _steps(self._calls, result))
        if result.path or result.spec:
            self._console.write(f"{spent}\n")
        else:
            self._console.note(spent)
        if result.exit_code:
            for row in failure_lines(result):
                self._console.note(row)
            return
        self._console.write(prose(result.text or result.path or result.what).rstrip("\n") + "\n")

    def fail(self, error: TokenroiError, _spec: str | None = None, /) -> None:
        for row in error_lines(error):
            self._console.note(row)


class JsonLines:
    """One JSON object a line to standard output, the last of type `result`; errors as words beside it."""

    def __init__(self, console: Console, ask: Asker) -> None:
        self._console = console
        self._calls: list[CallBooked] = []
        self.ask = ask

    def emit(self, event: Event) -> None:
        if isinstance(event, CallBooked):
            self._calls.append(event)
        shown = event_object(event)
        if shown is not None:
            self._console.write(encode(shown) + "\n")

    def finish(self, result: RunResult) -> None:
        self._calls = []
        self._console.write(encode(result_object(result)) + "\n")

    def fail(self, error: TokenroiError, spec: str | None = None, /) -> None:
        calls, self._calls = self._calls, []
        cost, unknown = (_sum(calls, state) for state in (CallState.SETTLED, CallState.UNKNOWN))
        self._console.write(encode(error_object(error, cost, unknown, len(calls), spec)) + "\n")
        for row in error_lines(error):
            self._console.note(row)


def _steps(calls: list[CallBooked], result: RunResult) -> list[CallBooked]:
    """The calls of one run, for the table that a single call does not need."""
    of_run = [booked for booked in calls if booked.call.purpose.session == result.session]
    return of_run if len(of_run) > 1 else []


def _sum(calls: list[CallBooked], state: CallState) -> Money:
    return Money(sum(booked.event.amount for booked in calls if booked.event.state is state))
