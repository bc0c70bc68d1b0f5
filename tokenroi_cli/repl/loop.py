"""The REPL: a prompt that stays open while one worker thread runs the turns typed into it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli import __version__
from tokenroi_cli.app.say import NOTHING_TO_CONTINUE, Conversation
from tokenroi_cli.app.workplace import open_workplace
from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import Alert, Answer, CallBooked, Event, Question
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.session import EntryKind, Session
from tokenroi_cli.repl.seat import Seat
from tokenroi_cli.views.console import Console
from tokenroi_cli.views.counts import counted
from tokenroi_cli.views.money import with_unknown
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.styles import style
from tokenroi_cli.views.transcript import lines as transcript_lines


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line brings along."""

    root: Path
    environ: Mapping[str, str] = field(repr=False)
    console: Console
    bug: Callable[[BaseException], TokenroiError]
    """Records what should never happen; the REPL says where and goes on."""
    resume: bool = False
    """Go on in the newest session of this work tree."""
    cap: Money | None = None
    """On the session, instead of the configured one."""


class Switchboard:
    """The front-end that a workplace is built with: passes on to whichever loop is running."""

    def __init__(self) -> None:
        self.early: list[Event] = []
        """What was told before a loop ran."""
        self.on_event: Callable[[Event], None] = self.early.append
        self.on_question: Callable[[Question], Answer] = lambda _question: Answer.UNASKED
        self.calls: list[CallBooked] = []

    def emit(self, event: Event) -> None:
        if isinstance(event, CallBooked):
            self.calls.append(event)
        self.on_event(event)

    def ask(self, question: Question) -> Answer:
        return self.on_question(question)


def repl(start: Start) -> int:
    """Runs until the user leaves; the exit code. Raises NotConfigured when no model can be called."""
    board = Switchboard()
    workplace = open_workplace(start.root, board, start.environ)
    try:
        before = workplace.sessions.newest() if start.resume else None
        seat = Seat(workplace, Conversation(workplace, before, start.cap), board.calls)
        start.console.write(f"{welcome(seat)}\n", "dim")
        if start.resume:
            start.console.write(f"{continued(before)}\n", "dim")
        _tell_early(board, start.console)
        code = _talk(seat, board, start)
        if seat.calls:
            start.console.write(f"{farewell(seat)}\n", "dim")
        return code
    finally:
        workplace.close()


def _tell_early(board: Switchboard, console: Console) -> None:
    """What was found before there was a screen, but for the welcome's own words."""
    for event in board.early:
        if not (isinstance(event, Alert) and event.kind == "scripted"):
            console.write("".join(f"{row}\n" for row in transcript_lines(event)), style(event))


def _talk(seat: Seat, board: Switchboard, start: Start) -> int:
    """The loop that the terminal can show."""
    if start.environ.get("TERM", "dumb") == "dumb":
        from tokenroi_cli.repl.plain import plain_loop

        return plain_loop(seat, board, start)
    from tokenroi_cli.repl.prompt import prompt_loop

    return asyncio.run(prompt_loop(seat, board, start))


def continued(session: Session | None) -> str:
    """What is gone on with, by its first words."""
    if session is None:
        return NOTHING_TO_CONTINUE
    prompts = [entry for entry in session.branch() if entry.kind is EntryKind.USER]
    words = [block.text for entry in prompts[:1] for block in entry.blocks if isinstance(block, Text)]
    return f"going on after {counted(len(prompts), 'prompt')}: {line(' '.join(words), 60)}"


def farewell(seat: Seat) -> str:
    """What the session cost, and the way back to it."""
    status = seat.conversation.status()
    return f"this session: {with_unknown(status.spent, status.unknown)}; to go on: tokenroi --continue"


def welcome(seat: Seat) -> str:
    """Where this is, whether it is real, and the way to the rest."""
    said = [f"tokenroi {__version__}, {line(str(seat.workplace.root))}"]
    if seat.workplace.config.script:
        said.append("SCRIPTED: replies come from a file, no model is called")
    return "\n".join([*said, "/help lists what there is"])
