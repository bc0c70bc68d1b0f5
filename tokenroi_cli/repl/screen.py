"""How a Run shows itself above the prompt: in whole lines, since an unfinished one would be drawn over."""

from threading import Lock

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.domain.events import CallBooked, Event, TextArrived
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.views.bill import bill
from tokenroi_cli.views.console import Console
from tokenroi_cli.views.errors import error_lines, failure_lines
from tokenroi_cli.views.safe import line
from tokenroi_cli.views.styles import style
from tokenroi_cli.views.transcript import Transcript


class Lines:
    """Writes events from any thread. Text that is not yet a line waits for its end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._transcript = Transcript()
        self._unfinished = ""
        self._lock = Lock()

    @property
    def unfinished(self) -> str:
        """What has arrived of a line that is not printed yet."""
        return self._unfinished

    def event(self, event: Event) -> None:
        with self._lock:
            if not isinstance(event, TextArrived):
                self._write(self._transcript.ended(), "")
            self._write(self._transcript.text(event), style(event))

    def say(self, text: str, style: str = "") -> None:
        """Lines of our own, apart from what streams."""
        with self._lock:
            self._write(self._transcript.ended(), "")
            self._write(f"{text}\n", style)

    def ended(self, result: RunResult | str, calls: list[CallBooked]) -> None:
        """The end of a Run: what failed, or the bill of what was more than one answer. A chore's words."""
        if isinstance(result, str):
            return self.say(result)
        if result.attempts or result.path:
            self.say(f"\n{bill(result, calls)}")
        if result.exit_code:
            self.say("\n".join(failure_lines(result)), "red")
        elif not result.text:
            self.say(line(result.what), "bold")
        if result.path and not result.spec:  # a plan: of an exec the path is a patch
            self.say(f"next: /exec {line(result.path)}")
        return None

    def failed(self, error: TokenroiError) -> None:
        self.say("\n".join(error_lines(error)), "red")

    def _write(self, text: str, style: str) -> None:
        whole, newline, rest = (self._unfinished + text).rpartition("\n")
        self._unfinished = rest
        self._console.write(whole + newline, style)
