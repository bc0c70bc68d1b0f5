"""The loop for terminals that only scroll: one line in, the turn's lines out, the status line after it."""

from collections.abc import Callable

from tokenroi_cli.domain.errors import Interrupted, TokenroiError
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.repl.commands import respond
from tokenroi_cli.repl.loop import Start, Switchboard
from tokenroi_cli.repl.screen import Lines
from tokenroi_cli.repl.seat import Leave, Said, Seat
from tokenroi_cli.views.safe import well_formed
from tokenroi_cli.views.status_bar import status_bar

AGAIN = "press Ctrl-C again to leave"


def plain_loop(seat: Seat, board: Switchboard, start: Start) -> int:
    """Runs until the user leaves; the exit code."""
    lines = Lines(start.console)
    board.on_event, board.on_question = lines.event, start.console.ask
    seat.workplace.warm_up()
    armed = False
    while True:
        try:
            text = start.console.read_line("> ")
        except KeyboardInterrupt:
            if armed:
                return Interrupted.exit_code
            armed = True
            lines.say(f"\n{AGAIN}")
            continue
        armed = False
        if text is None:
            return 0
        if text.strip() and not _answered(seat, lines, well_formed(text.rstrip("\n"))):
            return 0
        lines.say(status_bar(seat.conversation.status(), start.console.width))


def _answered(seat: Seat, lines: Lines, text: str) -> bool:
    """False when the user wants to leave."""
    outcome = respond(seat, text)
    if isinstance(outcome, Leave):
        return False
    if isinstance(outcome, Said):
        lines.say(outcome.text)
    else:
        _work(seat, lines, outcome.run)
    return True


def _work(seat: Seat, lines: Lines, run: Callable[[], RunResult | str]) -> None:
    before = len(seat.calls)
    seat.workplace.stopping.clear()
    try:
        lines.ended(run(), seat.calls[before:])
    except TokenroiError as error:
        lines.failed(error)
    except KeyboardInterrupt:
        lines.failed(Interrupted("interrupted"))
