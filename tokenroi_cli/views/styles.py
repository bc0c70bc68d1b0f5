"""Which rich style an event is shown in. Colour only repeats what the words say."""

from tokenroi_cli.domain.events import (
    Alert,
    AttemptEnded,
    BudgetAlert,
    CallBooked,
    CommandRan,
    Event,
    ToolEnded,
    ToolStarted,
)


def style(event: Event) -> str:
    """Empty for what is shown as it is."""
    match event:
        case ToolStarted() | CallBooked():
            return "dim"
        case ToolEnded():
            return "dim" if event.ok and not event.failed else "yellow"
        case Alert() | BudgetAlert():
            return "yellow"
        case CommandRan():
            return "green" if event.result.passed else "red"
        case AttemptEnded():
            return "bold green" if event.attempt.accepted else "bold red"
    return ""
