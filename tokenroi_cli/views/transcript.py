"""Events as text for a terminal that only scrolls: the answer as it arrives, one line for everything else."""

from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.events import (
    Alert,
    AttemptEnded,
    BudgetAlert,
    CallBooked,
    CommandRan,
    Estimated,
    Event,
    Notice,
    TextArrived,
    TextEnded,
    ToolEnded,
    ToolStarted,
)
from tokenroi_cli.domain.spec import Attempt, CommandResult
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.views.alerts import budget_words
from tokenroi_cli.views.counts import counted, tokens
from tokenroi_cli.views.money import dollars, with_unknown
from tokenroi_cli.views.safe import line, prose

OUTPUT_LINES = 20
"""How much of a failing command's output a screen shows: its end, where the error is."""
TAIL_WIDTH = 160
"""Characters of each last line of a tool's failure."""


class Transcript:
    """Turns events into what is written next; it remembers whether the last line was finished."""

    def __init__(self) -> None:
        self._open_line = False

    def text(self, event: Event) -> str:
        """What to write for one event; empty for what a plain screen does not show."""
        if isinstance(event, TextArrived):
            return self._piece(prose(event.text))
        if isinstance(event, TextEnded):
            return self.ended()
        said = lines(event)
        return self.ended() + "".join(f"{row}\n" for row in said) if said else ""

    def ended(self) -> str:
        """The newline that an unfinished answer still needs, or nothing."""
        missing, self._open_line = "\n" if self._open_line else "", False
        return missing

    def _piece(self, text: str) -> str:
        if text:
            self._open_line = not text.endswith("\n")
        return text


def lines(event: Event) -> tuple[str, ...]:
    """The lines of any event but the answer's text, which is not made of lines."""
    match event:
        case ToolStarted():
            return (f"  > {line(event.name)} {line(event.summary, 120)}".rstrip(),)
        case ToolEnded():
            came = "refused" if not event.ok else "failed" if event.failed else "ok"
            tail = (f"      {prose(row[:TAIL_WIDTH])}" for row in event.tail)
            return (f"    {came}: {line(event.detail, 160)}", *tail)
        case CallBooked():
            return (f"  $ {booked(event)}",)
        case CommandRan():
            return _command(event.result, "before any change" if event.baseline else "")
        case Estimated():
            return _estimated(event)
        case AttemptEnded():
            return _attempt(event.attempt)
        case Alert():
            return (f"  ! {line(event.text)}",)
        case BudgetAlert():
            return (f"  ! {budget_words(event)}",)
        case Notice():
            return tuple(prose(row) for row in event.text.splitlines()) or ("",)
    return ()


def booked(event: CallBooked) -> str:
    """One call on one line: who, what for, tokens, cost, and what the same tokens cost on premium."""
    purpose = event.call.purpose
    model = purpose.route.model.rpartition("/")[2]
    who = dict.fromkeys(filter(None, (purpose.route.tier, line(model))))
    parts = [f"{purpose.task} on {' '.join(who)}"]
    if event.event.model and not event.event.model.rpartition("/")[2].startswith(model):
        parts.append(f"answered by {line(event.event.model)}")
    if event.event.told is not None:
        parts.append(usage(event.event.told))
    parts.append(_amount(event))
    if event.repriced_premium is not None:
        parts.append(f"on premium: {dollars(event.repriced_premium)}")
    return ", ".join(parts)


def usage(counts: Usage) -> str:
    """`12.3k in (9.0k cached), 340 out`."""
    cached = f" ({tokens(counts.cache_read)} cached)" if counts.cache_read else ""
    return f"{tokens(counts.context)} in{cached}, {tokens(counts.output)} out"


def _amount(event: CallBooked) -> str:
    match event.event.state:
        case CallState.RELEASED:
            return "not billed"
        case CallState.SETTLED:
            return dollars(event.event.amount)
        case _:
            return f"cost unknown, booked at the most it can be: {dollars(event.event.amount)}"


def _command(result: CommandResult, when: str) -> tuple[str, ...]:
    end = ", ".join(filter(None, (f"{result.end}, {result.seconds:.1f} s", when)))
    head = f"  {'ok  ' if result.passed else 'FAIL'} {line(result.command, 100)} ({end})"
    if result.passed or when:
        return (head,)
    return (head, *(f"       {prose(row)}" for row in result.output.splitlines()[-OUTPUT_LINES:]))


def _estimated(event: Estimated) -> tuple[str, ...]:
    head = f"  executing {line(event.spec)} is estimated at"
    if not event.ranges:
        return (f"{head} nothing: no tier has a price",)
    rows = (f"    {tier:8} {dollars(low)} to {dollars(high)}" for tier, (low, high) in event.ranges.items())
    return (head, *rows)


def _attempt(attempt: Attempt) -> tuple[str, ...]:
    verdict = "accepted" if attempt.accepted else "failed"
    marks = f" [{', '.join(map(line, attempt.notes))}]" if attempt.notes else ""
    return (
        f"  attempt {attempt.number} on {attempt.tier}: {verdict}, {counted(attempt.calls, 'call')}, "
        f"{with_unknown(attempt.cost, attempt.unknown)}{marks}",
    )
