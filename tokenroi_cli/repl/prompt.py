"""The loop on a real terminal: one prompt-toolkit prompt, open all the time, text printed above it."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout

from tokenroi_cli.domain.errors import Interrupted, TokenroiError
from tokenroi_cli.domain.events import Answer, CallBooked, Event, Question, TextArrived
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.repl.asking import Asking
from tokenroi_cli.repl.commands import respond
from tokenroi_cli.repl.history import history_in
from tokenroi_cli.repl.keys import bindings
from tokenroi_cli.repl.loop import Start, Switchboard
from tokenroi_cli.repl.screen import Lines
from tokenroi_cli.repl.seat import Chore, Leave, Said, Seat, Work
from tokenroi_cli.repl.worker import in_background
from tokenroi_cli.views.console import Console
from tokenroi_cli.views.question import ASK_AGAIN, read_answer
from tokenroi_cli.views.safe import prose, well_formed
from tokenroi_cli.views.status_bar import status_bar
from tokenroi_cli.views.width import wrapped

LEAVING_SECONDS = 5.0
"""How long leaving waits for a stopped turn to book its call and end its commands."""

LIVE = 8
"""Rows of an unfinished line that the prompt shows."""

AGAIN = "press Ctrl-C again to leave"


async def prompt_loop(seat: Seat, board: Switchboard, start: Start) -> int:
    """Runs until the user leaves; the exit code."""
    with patch_stdout(raw=True):
        console = Console(sys.stdin, sys.stdout, sys.stderr, start.environ)
        prompt = Prompt(seat, Lines(console), start.bug)
        board.on_event, board.on_question = prompt.show, prompt.ask
        return await prompt.run()


class Prompt:
    """The open prompt. `show` and `ask` are for the worker's thread, the rest runs in the loop's."""

    def __init__(self, seat: Seat, lines: Lines, bug: Callable[[BaseException], TokenroiError]) -> None:
        self._seat = seat
        self._lines = lines
        self._bug = bug
        self._status = seat.conversation.status()
        self._loop = asyncio.get_running_loop()
        self._running: asyncio.Future[RunResult | str] | None = None
        self._queue: list[tuple[str, Work | Chore]] = []
        self._asking: Asking | None = None
        self._armed = False
        self._has_toolbar = True
        self._calls_before = 0
        self._session: PromptSession[int] = PromptSession(
            message=self._message,
            bottom_toolbar=self._bar,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=bindings(self),
            enable_suspend=True,
            history=history_in(seat.workplace.home.state, seat.workplace.redact),
        )
        self._session.default_buffer.on_text_changed += self._disarm
        self._session.app.renderer.cpr_not_supported_callback = self._do_without_toolbar

    async def run(self) -> int:
        """Until the user leaves. A turn in progress is then stopped, and waited for."""
        try:
            return await self._session.prompt_async(pre_run=self._seat.workplace.warm_up)
        except EOFError:
            return 0
        finally:
            self._queue.clear()
            if self._running is not None:
                self._stop()
                await asyncio.wait([self._running], timeout=LEAVING_SECONDS)

    def show(self, event: Event) -> None:
        self._lines.event(event)
        if isinstance(event, CallBooked):
            self._status = self._seat.conversation.status()
        if isinstance(event, CallBooked | TextArrived):
            self._session.app.invalidate()

    def ask(self, question: Question) -> Answer:
        opened: Future[Asking] = Future()
        self._loop.call_soon_threadsafe(lambda: opened.set_result(self._open(question)))
        return opened.result().answer.result()

    def submit(self) -> None:
        """Enter: an answer, a slash command, or a prompt; prompts wait while a turn runs."""
        buffer = self._session.default_buffer
        text = well_formed(buffer.text)
        self._disarm()
        if self._asking is not None:
            return self._answered(self._asking, text)
        if not text.strip():
            return None
        buffer.text = text  # as it is written: the history is a file, too
        buffer.reset(append_to_history=True)
        self._lines.say("> " + prose(text).replace("\n", "\n  "), "bold")
        match respond(self._seat, text):
            case Leave():
                self._leave(0)
            case Said(answer):
                self._lines.say(answer)
            case Work() | Chore() as work:
                self._queue.append((text, work))
                self._start_next()
        return None

    def _answered(self, asking: Asking, text: str) -> None:
        answer = read_answer(text)
        if answer is not None:
            return self._close(answer)
        asking.put_away(text, self._session.default_buffer)
        return self._lines.say(f"{ASK_AGAIN}; what you typed comes back afterwards")

    def interrupt(self) -> None:
        """Ctrl-C: stops what runs, else clears what is typed, else leaves at the second time."""
        buffer = self._session.default_buffer
        if self._armed:
            return self._leave(Interrupted.exit_code)
        if self._running is None:
            if buffer.text:
                return buffer.reset()
        elif not self._seat.workplace.stopping.is_set():
            self._stop()
            return self._take_back_queue()
        self._armed = True
        return self._lines.say(AGAIN)

    def _leave(self, code: int) -> None:
        if not self._session.app.is_done:
            self._session.app.exit(result=code)

    def _start_next(self) -> None:
        if self._running is not None or not self._queue:
            return
        _text, work = self._queue.pop(0)
        self._calls_before = len(self._seat.calls)
        self._seat.workplace.stopping.clear()  # an earlier Ctrl-C stopped an earlier Run
        self._running = asyncio.wrap_future(in_background(work.run))
        self._running.add_done_callback(self._ended)

    def _ended(self, turn: asyncio.Future[RunResult | str]) -> None:
        self._running = None
        error = turn.exception()
        if error is None:
            self._lines.ended(turn.result(), self._seat.calls[self._calls_before :])
        else:
            self._lines.failed(error if isinstance(error, TokenroiError) else self._bug(error))
        self._status = self._seat.conversation.status()
        if not self._has_toolbar:
            self._lines.say(self._bar())
        self._start_next()
        self._session.app.invalidate()

    def _stop(self) -> None:
        if self._asking is not None:
            self._close(Answer.NO)
        self._seat.workplace.stop()

    def _take_back_queue(self) -> None:
        """Prompts that waited behind the stopped turn are the user's to send again."""
        buffer = self._session.default_buffer
        waiting = [text for text, _work in self._queue]
        self._queue.clear()
        buffer.text = "\n".join(filter(None, (*waiting, buffer.text)))
        buffer.cursor_position = len(buffer.text)

    def _open(self, question: Question) -> Asking:
        asking = Asking(question, self._session.output.get_size().columns, self._session.default_buffer)
        if self._session.app.is_running:
            self._asking = asking
            if asking.long:
                self._lines.say("\n".join(asking.lines))
        else:  # on the way out: nobody is left to ask
            asking.close(Answer.NO, self._session.default_buffer)
        self._session.app.invalidate()
        return asking

    def _close(self, answer: Answer) -> None:
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.close(answer, self._session.default_buffer)
            self._lines.say("\n".join([*asking.lines, f"  {answer}"]), "bold")
            self._session.app.invalidate()

    def _message(self) -> str:
        if self._asking is not None:
            return self._asking.prompt
        return "> " if self._running is None else self._live() + "working > "

    def _live(self) -> str:
        """The end of what is being said, until its line is whole and stands above the prompt for good."""
        if not self._lines.unfinished:
            return ""
        rows = wrapped(self._lines.unfinished, self._session.output.get_size().columns - 1)
        return "".join(f"{row}\n" for row in rows[-LIVE:])

    def _bar(self) -> str:
        return status_bar(self._status, self._session.output.get_size().columns)

    def _disarm(self, *_changed: object) -> None:
        self._armed = False

    def _do_without_toolbar(self) -> None:
        """The terminal does not say where its cursor is: the bar is printed after each turn instead."""
        self._has_toolbar = False
        self._lines.say(self._bar())
