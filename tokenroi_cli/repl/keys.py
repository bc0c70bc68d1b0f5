"""Which key does what at the prompt."""

from typing import Protocol

from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


class Typing(Protocol):
    """Whoever takes what is typed."""

    def submit(self) -> None: ...

    def interrupt(self) -> None: ...


def bindings(typing: Typing) -> KeyBindings:
    """Enter sends, Alt-Enter breaks the line, Ctrl-C (or a SIGINT from elsewhere) stops."""
    keys = KeyBindings()
    at_prompt = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=at_prompt)
    def send(_event: KeyPressEvent) -> None:
        typing.submit()

    @keys.add("escape", "enter", filter=at_prompt)
    def break_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c", filter=at_prompt)
    @keys.add("<sigint>")
    def stop(_event: KeyPressEvent) -> None:
        typing.interrupt()

    return keys
