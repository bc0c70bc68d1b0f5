"""`tokenroi demo`: plan, exec, a failed attempt, the retry, on a bundled project, by a script."""

import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tokenroi_cli.app.plan import PlanOptions, plan
from tokenroi_cli.app.run_spec import ExecOptions, run_spec
from tokenroi_cli.app.workplace import open_workplace
from tokenroi_cli.domain.events import Answer, Event, Frontend, Notice, Question, QuestionKind
from tokenroi_cli.domain.result import RunResult
from tokenroi_cli.store.templates import template_path

TASK = "Make the failing tests of the invoice library pass"


class _Allowing:
    """Answers for the user: the demo's commands are our own, in a folder of our own."""

    def __init__(self, frontend: Frontend) -> None:
        self._frontend = frontend

    def emit(self, event: Event) -> None:
        self._frontend.emit(event)

    def ask(self, question: Question) -> Answer:
        if question.kind is QuestionKind.RUN_COMMAND:
            for command in question.detail:
                self._frontend.emit(Notice(f"allowed by the demo: {command}"))
        return Answer.YES


def demo(frontend: Frontend, environ: Mapping[str, str]) -> Iterator[RunResult]:
    """Runs the main job in a temporary folder with a ledger of its own; needs no key and no network.

    Yields the end of the plan, then, if that went well, the end of its execution.
    """
    with tempfile.TemporaryDirectory(prefix="tokenroi-demo-") as folder:
        project = Path(folder, "project")
        shutil.copytree(template_path("demo/project"), project, ignore=shutil.ignore_patterns("__pycache__"))
        script = Path(folder, "replies.toml")
        replies = template_path("demo/replies.toml").read_text(encoding="utf-8")
        script.write_text(replies.replace("{python}", shlex.quote(sys.executable)), encoding="utf-8")
        own = {**environ, "TOKENROI_HOME": str(Path(folder, "home")), "TOKENROI_SCRIPT": str(script)}
        workplace = open_workplace(project, _Allowing(frontend), own)
        try:
            planned = plan(workplace, PlanOptions(TASK))
            yield planned
            if planned.path is not None:
                yield run_spec(workplace, ExecOptions(project / planned.path))
        finally:
            workplace.close()
