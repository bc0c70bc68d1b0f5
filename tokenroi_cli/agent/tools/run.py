"""`run`: a shell command in the repository root, with the user's leave."""

from tokenroi_cli.agent.tools.tool import INTEGER, STRING, Arguments, Bench, Tool, ToolRefused, schema
from tokenroi_cli.domain.events import Answer, Question, QuestionKind


def _run(bench: Bench, arguments: Arguments) -> str:
    if bench.run is None:
        raise ToolRefused("commands are refused in this mode")
    command = arguments["command"]
    bench.before_run()
    answer = bench.frontend.ask(Question(QuestionKind.RUN_COMMAND, "Run this command?", (command,)))
    if answer is not Answer.YES:
        who = "there is nobody to ask" if answer is Answer.UNASKED else "the user said no"
        raise ToolRefused(f"not run: {who}")
    result = bench.run(command, arguments.get("timeout_s"))
    return f"[{result.end}, {result.seconds:.1f} s]\n{result.output}"


TOOL = Tool(
    schema("run", "Run a shell command in the repository root.", {"command": STRING}, timeout_s=INTEGER),
    _run,
    lambda arguments: str(arguments["command"]),
    failed=lambda text: not text.startswith("[exit 0,"),
)
