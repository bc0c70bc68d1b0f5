"""Edits that a model without tools writes into its answer: applied as those of the tool, all or none."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tokenroi_cli.agent.desk import Desk
from tokenroi_cli.agent.step import Done, carried_out, refused
from tokenroi_cli.agent.tools import edit
from tokenroi_cli.agent.tools.tool import ToolRefused
from tokenroi_cli.domain.events import ToolStarted
from tokenroi_cli.store.templates import template
from tokenroi_cli.workspace.content import FileRefused, read_bytes
from tokenroi_cli.workspace.edits import EditRefused, FileEdit, located
from tokenroi_cli.workspace.paths import confined, shown
from tokenroi_cli.workspace.replies import ReplyRefused, parse_reply

TOOL = "edit"
"""The tool that a person is told of: this is its work."""

WHOLE_AFTER = 2
"""Refused edits of a file, in one turn, after which its whole text is taken instead."""
WHOLE_LINES = 200
"""Of such a file at most: a longer one is not copied without a slip."""
WHOLE_BYTES = 16_000
"""Of such a file at most: output is what costs most."""


class SpokenEdits:
    """Those of one turn: what was refused before in it decides how a file may be sent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._root = Path(os.path.realpath(desk.bench.root))
        self._refused = Counter[Path]()

    def carried_out(self, answer: str) -> Done | None:
        """What the model is told of the edits in its answer.

        None if it holds none; nor are they read where nothing may be written, or there is a tool for it.
        """
        if self._desk.purpose.route.tools or self._desk.bench.journal is None:
            return None
        self._desk.check_stop()
        try:
            asked = parse_reply(answer)
        except ReplyRefused as unclear:
            return refused(self._desk, TOOL, f"{unclear.what}. {unclear.hint}")
        return carried_out(self._desk, TOOL, lambda: self._applied(asked)) if asked else None

    def _applied(self, asked: Sequence[FileEdit]) -> tuple[str, str]:
        summary = ", ".join(one.path for one in asked)
        self._desk.clock.emit(ToolStarted(TOOL, summary))
        try:
            report = edit.apply(self._desk.bench, [self._meant(one) for one in asked])
        except EditRefused as refusal:
            raise ToolRefused(self._told(refusal)) from refusal
        return summary, edit.report_lines(report)

    def _meant(self, asked: FileEdit) -> FileEdit:
        """A whole file in place of one whose edits were refused often enough is its new text."""
        if not self._refused or asked.create is None or not asked.create.strip():
            return asked
        path = located(self._root, asked)
        real = confined(self._root, path)
        text = self._small(real) if self._refused[real] >= WHOLE_AFTER else None
        return asked if text is None else FileEdit(path, hunks=((text, asked.create),))

    def _told(self, refusal: EditRefused) -> str:
        words = f"{refusal.what}. {refusal.hint}".rstrip(". ")
        if refusal.path is None:
            return words
        self._refused[refusal.path] += 1
        text = self._small(refusal.path) if self._refused[refusal.path] >= WHOLE_AFTER else None
        if text is None:
            return words
        name = shown(refusal.path.relative_to(self._root).as_posix())
        offer = template("prompts/whole_file.md").replace("{path}", name).replace("{text}", text)
        return f"{words}\n\n{offer}"

    def _small(self, path: Path) -> str | None:
        """The text of a file that may be sent as a whole; None for any other.

        One with a key of the user's may not: the model sees it without, and would write it without.
        """
        try:
            data = read_bytes(path, path.name)
            text = data.decode().removeprefix("\ufeff")
        except (FileRefused, UnicodeDecodeError):
            return None
        lines = text.count("\n") + (not text.endswith("\n"))
        is_small = lines <= WHOLE_LINES and len(data) <= WHOLE_BYTES
        return text if is_small and text.strip() and self._desk.redact(text) == text else None
