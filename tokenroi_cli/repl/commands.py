"""Slash commands: each parses its words and calls the same verb of `app` as the command line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from tokenroi_cli.app import budgets
from tokenroi_cli.app.plan import PlanOptions, plan
from tokenroi_cli.app.report import breakdown
from tokenroi_cli.app.run_spec import ExecOptions, run_spec
from tokenroi_cli.app.undo import Files, files_of
from tokenroi_cli.domain.call import CallState
from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.repl.seat import Chore, Leave, Outcome, Said, Seat, Work
from tokenroi_cli.views.bill import calls_table
from tokenroi_cli.views.budgets import budgets_text
from tokenroi_cli.views.counts import counted
from tokenroi_cli.views.money import dollars, with_unknown
from tokenroi_cli.views.report import breakdown_table, certainty
from tokenroi_cli.views.safe import prose
from tokenroi_cli.views.tables import table
from tokenroi_cli.views.undo import Undone, checkpoints_text, undone_text

DIFF_LINES = 400
"""Of a patch on the screen."""

_COMMAND = re.compile(r"/([a-z]*)(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
"""A word after the slash; `/usr/bin is full` is a prompt like any other."""


_LEAVING = ("exit", "quit", "/exit")
"""What other programs take for it; none is a prompt worth paying for."""


@dataclass(frozen=True, slots=True)
class Command:
    words: str
    """What may follow the name, as `/help` shows it."""
    help: str
    run: Callable[[Seat, str], Outcome]


def respond(seat: Seat, text: str) -> Outcome:
    """What an input asks for: a slash command, or a prompt for the model."""
    if text.strip().lower() in _LEAVING:
        return Leave()
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return Work(lambda: seat.conversation.say(text))
    name, words = match[1].lower(), (match[2] or "").strip()
    command = COMMANDS.get(name)
    return command.run(seat, words) if command else Said(_unknown(name))


def _unknown(name: str) -> str:
    near = get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    return f"there is no /{name}; " + (f"did you mean /{near[0]}?" if near else "/help lists what there is")


def _help(_seat: Seat, _words: str) -> Outcome:
    rows = [(f"/{name} {command.words}".rstrip(), command.help) for name, command in COMMANDS.items()]
    keys = [("Enter", "send"), ("Alt-Enter", "new line"), ("Ctrl-C", "stop; twice on an empty line: leave")]
    return Said(table(("", ""), [*rows, *keys], "ll").lstrip("\n"))


def _plan(seat: Seat, words: str) -> Outcome:
    if not words:
        return Said("say what to plan: /plan add a retry to fetch()")
    return Work(lambda: plan(seat.conversation.workplace, PlanOptions(words)))


def _exec(seat: Seat, words: str) -> Outcome:
    def run() -> RunResult:  # the newest when its turn comes: a /plan before it may still be at work
        return run_spec(
            seat.conversation.workplace, ExecOptions(seat.workplace.root / (words or _newest(seat)))
        )

    return Work(run)


def _newest(seat: Seat) -> str:
    """The spec that was written last."""
    specs = seat.workplace.tree.paths("specs/*.md")
    if not specs:
        raise UsageError("there is no spec in specs/", "name one: /exec path/to/spec.md; /plan makes one")
    return max(specs, key=lambda path: (seat.workplace.tree.resolve(path).stat().st_mtime_ns, path))


def _cost(seat: Seat, words: str) -> Outcome:
    if not seat.calls:
        return Said("no call yet: $0.00 since this REPL began")
    if words:
        return _cost_by(seat, words)
    status = seat.conversation.status()
    cap = "no cap" if status.cap is None else f"cap {dollars(status.cap)} {'hard' if status.hard else 'soft'}"
    cost, calls = with_unknown(*_sums(seat)), counted(len(seat.calls), "call")
    sums = breakdown(seat.calls, "class")
    said = [
        calls_table(seat.calls),
        "",
        breakdown_table(sums, "class"),
        "",
        *certainty(sums),
        f"since this REPL began: {cost} for {calls}, plans and specs included",
        f"this session, resumed parts included: {with_unknown(status.spent, status.unknown)}, {cap}",
    ]
    return Said("\n".join(said))


def _cost_by(seat: Seat, by: str) -> Outcome:
    """What was called since the REPL began, by one column."""
    try:
        sums = breakdown(seat.calls, by)
    except UsageError as error:
        return Said(f"{error.what}: {error.hint}")
    return Said("\n".join([breakdown_table(sums, by), "", *certainty(sums)]))


def _budget(seat: Seat, words: str) -> Outcome:
    environ, root = seat.workplace.environ, seat.workplace.root
    verb, *rest = words.split() or ["show"]
    try:
        match verb, rest:
            case "show", []:
                session = ScopePart("session", seat.conversation.session.id)
                own = {session: seat.conversation.status().cap}
                return Said(budgets_text(budgets.show(environ, root, own)))
            case "thaw", [scope]:
                part, why = budgets.thaw(environ, root, scope)
                return Said(f"{part} may spend again; it was frozen because {why}")
    except TokenroiError as error:
        return Said(f"{error.what}: {error.hint}")
    return Said("/budget, or /budget thaw SCOPE; caps are set by `tokenroi budget set`, for the next start")


def _sums(seat: Seat) -> tuple[Money, Money]:
    def booked(state: CallState) -> Money:
        return Money(sum(call.event.amount for call in seat.calls if call.event.state is state))

    return booked(CallState.SETTLED), booked(CallState.UNKNOWN)


def _undo(seat: Seat, words: str) -> Outcome:
    if words == "list":
        points = _files(seat).checkpoints()
        return Said(checkpoints_text(points) if points else "nothing has changed a file in this session")
    if words and not words.isdecimal():
        return Said("/undo, /undo N for before checkpoint N, or /undo list")

    def run() -> str:
        files = _files(seat)
        done = files.undo(int(words) if words else None)
        _tell_model(seat, "undone", done)
        listed = checkpoints_text(files.checkpoints(), newest=True)
        return f"{undone_text('undone', done)}\n\n{listed}\n\n/redo takes this back"

    return Chore(run)


def _redo(seat: Seat, _words: str) -> Outcome:
    def run() -> str:
        done = _files(seat).redo()
        _tell_model(seat, "brought back", done)
        return undone_text("redone", done)

    return Chore(run)


def _diff(seat: Seat, words: str) -> Outcome:
    if words and not words.isdecimal():
        return Said("/diff, or /diff N for what changed since before checkpoint N")

    def run() -> str:
        patch = prose(_files(seat).diff(int(words) if words else None))
        rows = patch.splitlines()
        more = len(rows) - DIFF_LINES
        if more > 0:
            return "\n".join([*rows[:DIFF_LINES], f"... {more:,} more lines: tokenroi undo --diff"])
        return patch.rstrip("\n") or "nothing is different from when this session began"

    return Chore(run)


def _files(seat: Seat) -> Files:
    return files_of(seat.workplace, seat.conversation.session.id)


def _tell_model(seat: Seat, verb: str, done: Undone) -> None:
    """It believes that its edits stand until it is told."""
    paths = (*done.reversal.restored, *done.reversal.merged)
    if paths:
        seat.conversation.tell(f"The user has {verb} your changes to: {', '.join(paths)}.")


def _quit(_seat: Seat, _words: str) -> Outcome:
    return Leave()


COMMANDS = {
    "help": Command("", "this list", _help),
    "plan": Command("TASK", "let the premium model write a spec", _plan),
    "exec": Command("[SPEC]", "carry a spec out in a fresh context; without a name the newest", _exec),
    "cost": Command(
        "[COLUMN]", "what was called and what it cost; by model, tier, task, attempt, class", _cost
    ),
    "budget": Command("[thaw SCOPE]", "caps, what is left of them, what is frozen", _budget),
    "undo": Command("[N|list]", "files back to before the last run, or before checkpoint N", _undo),
    "redo": Command("", "take the last undo back", _redo),
    "diff": Command("[N]", "what this session changed in files, or since before checkpoint N", _diff),
    "quit": Command("", "leave (Ctrl-D)", _quit),
}
"""What can follow a slash."""
