"""A step: one model call with its tools. Tools run only for a reply that really ended."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from tokenroi_cli.agent.desk import Desk
from tokenroi_cli.agent.tools import TOOLS
from tokenroi_cli.agent.tools.tool import Bench, ToolRefused, parse_arguments
from tokenroi_cli.domain.errors import Interrupted, StreamCut, TokenroiError
from tokenroi_cli.domain.events import TextArrived, TextEnded, ToolEnded, ToolStarted
from tokenroi_cli.domain.message import HiddenDelta, Reply, StreamItem, TextDelta, ToolCall, ToolResult
from tokenroi_cli.domain.session import Session
from tokenroi_cli.policy.limits import check, looping
from tokenroi_cli.policy.prompt import LOST_RESULT, lay_out
from tokenroi_cli.policy.repetition import HIDDEN, SPOKEN, Repetition

TAIL = 5
"""Lines of a failed command's output that a person sees."""

SHOWN = 60
"""Characters of what a reply repeats."""

MAX_RESULT = 60_000
"""Characters of one tool result that a model gets, whatever the tool: as many as one `read` gives."""


def call_model(desk: Desk, session: Session) -> Reply:
    """One call on the session's branch; the answer's text is emitted as it arrives."""
    request = lay_out(desk.stable, session.branch(), desk.purpose.route)
    stream = cast(Generator[StreamItem], desk.gateway.stream(request, desk.purpose))
    reply: Reply | None = None
    said = False
    spoken, hidden = Repetition(SPOKEN), Repetition(HIDDEN)
    with closing(stream):  # an interrupt or a limit ends the call here and now, and books it
        for item in stream:
            match item:
                case TextDelta(text):
                    said = True
                    desk.clock.emit(TextArrived(text))
                    _expect_news(desk, spoken, text)
                case HiddenDelta(text):
                    _expect_news(desk, hidden, text)
                case Reply():
                    reply = item
    if said:
        desk.clock.emit(TextEnded())
    if reply is None:
        raise StreamCut("the provider's stream ended without a reply", "try again")
    return reply


def _expect_news(desk: Desk, listening: Repetition, words: str) -> None:
    """Raises LimitReached for a reply that repeats itself, or goes on when the Run's time is up."""
    if again := listening.heard(words):
        shown = " ".join(again.split())[:SHOWN]
        raise looping(f"the reply repeats itself and was cut: {shown or 'blanks'}")
    if reached := check(desk.limits, 0, desk.clock.elapsed()):
        raise reached


def run_tools(desk: Desk, calls: tuple[ToolCall, ...], done: list[ToolResult]) -> None:
    """Runs the calls in order; results go to `done` one by one, so that an interrupt loses none."""
    for call in calls:
        desk.check_stop()
        done.append(_run(desk, call))


def lost(calls: tuple[ToolCall, ...], done: list[ToolResult]) -> tuple[ToolResult, ...]:
    """Results for all calls when only the first ones ran: a history with a call but no result is refused."""
    rest = calls[len(done) :]
    return (*done, *(ToolResult(call.id, LOST_RESULT, error=True) for call in rest))


def _run(desk: Desk, call: ToolCall) -> ToolResult:
    done = carried_out(desk, call.name, lambda: _apply(desk, call))
    return ToolResult(call.id, done.text, error=done.refused)


@dataclass(frozen=True, slots=True)
class Done:
    """What the model is told of a tool's work: what came out, or why it was refused."""

    text: str
    refused: bool = False


def carried_out(desk: Desk, name: str, work: Callable[[], tuple[str, str]]) -> Done:
    """Does the work of the tool `name`, which gives a summary and a text, and tells a person how it ended.

    Of what may go wrong only an interrupt is raised.
    """
    try:
        summary, text = work()
    except ToolRefused as refusal:
        return refused(desk, name, str(refusal))
    except Interrupted:
        raise
    except TokenroiError as error:
        return refused(desk, name, f"{error.what}. {error.hint}".rstrip(". "))
    except OSError as error:
        return refused(desk, name, f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    text = desk.redact(text)
    failed = TOOLS[name].failed(text)
    tail = tuple(text.splitlines()[1:][-TAIL:]) if failed else ()
    desk.clock.emit(ToolEnded(name, summary, True, _detail(text), failed, tail))
    return Done(_bounded(text))


def _detail(text: str) -> str:
    """What a person sees of a result: its one line, what it says of itself in brackets, or its size."""
    first, newline, rest = text.partition("\n")
    if not newline:
        return text
    if first.startswith("[") and first.endswith("]"):
        return first[1:-1]
    return f"{rest.count(newline) + 2} lines, {len(text.encode(errors='replace')):,} bytes"


def _apply(desk: Desk, call: ToolCall) -> tuple[str, str]:
    tool = TOOLS.get(call.name)
    if tool is None:
        raise ToolRefused(f"there is no tool {call.name!r}; there are {', '.join(TOOLS)}")
    arguments = parse_arguments(call.arguments, tool.schema)
    summary = tool.summary(arguments)
    desk.clock.emit(ToolStarted(call.name, summary))
    bench: Bench = desk.bench
    return summary, tool.run(bench, arguments)


def refused(desk: Desk, name: str, why: str) -> Done:
    """The tool `name` did nothing, and a person is told so."""
    why = desk.redact(why)
    desk.clock.emit(ToolEnded(name, "", False, why.partition("\n")[0]))
    return Done(_bounded(why), refused=True)


def _bounded(text: str) -> str:
    if len(text) <= MAX_RESULT:
        return text
    return f"{text[:MAX_RESULT]}\n[cut: {len(text):,} characters in all; ask for less]"
