"""The command line: parse, call `app`, print. One try at the edge turns every failure into an exit code."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

import typer

from tokenroi_cli.cli.budget import budget
from tokenroi_cli.cli.check import check
from tokenroi_cli.cli.config import config
from tokenroi_cli.cli.demo import demo
from tokenroi_cli.cli.doctor import doctor
from tokenroi_cli.cli.edge import FULL, Edge
from tokenroi_cli.cli.exec import exec_
from tokenroi_cli.cli.interrupts import as_ctrl_c
from tokenroi_cli.cli.plan import plan
from tokenroi_cli.cli.prices import prices
from tokenroi_cli.cli.report import report
from tokenroi_cli.cli.root import root
from tokenroi_cli.cli.undo import undo
from tokenroi_cli.domain.errors import Interrupted, TokenroiError, UsageError
from tokenroi_cli.views.console import Console, hang_up, standard

COMMANDS: Mapping[str, Callable[..., int]] = {
    "plan": plan,
    "exec": exec_,
    "check": check,
    "undo": undo,
    "report": report,
    "prices": prices,
    "doctor": doctor,
    "demo": demo,
}


def application() -> typer.Typer:
    """The commands of DESIGN 4 that work today. Plain help: rich's costs more than the rest of the start."""
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(root)
    for name, command in COMMANDS.items():
        app.command(name)(command)
    app.add_typer(budget, name="budget")
    app.add_typer(config, name="config")
    return app


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Runs one command line; its exit code. A reader that left, or a terminal that vanished, is no bug."""
    try:
        return _run(argv, Edge(environ, console, json="--json" in argv))
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            raise
        hang_up()
        return 1


def _run(argv: Sequence[str], edge: Edge) -> int:
    """The one try that turns every failure into an exit code and a line."""
    command = typer.main.get_command(application())
    try:
        with command.make_context("tokenroi", list(argv), obj=edge) as context:
            code = command.invoke(context) or 0
            edge.console.out.flush()
            return int(code)
    except typer.Exit as leave:
        return leave.exit_code
    except typer.TyperException as error:
        return edge.fail(_usage(error))
    except TokenroiError as error:
        return edge.fail(error)
    except KeyboardInterrupt:
        return edge.fail(Interrupted("interrupted"))
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno not in FULL:
            return edge.fail(_bug(error, argv, edge))
        code = edge.fail(TokenroiError(f"nothing more can be written: {error.strerror}", "free some space"))
        hang_up()
        return code
    except Exception as error:  # noqa: BLE001 (the edge: a bug must leave a file and a typed exit)
        return edge.fail(_bug(error, argv, edge))


def _bug(error: Exception, argv: Sequence[str], edge: Edge) -> TokenroiError:
    from tokenroi_cli.cli.crash import record

    return record(error, argv, edge.environ)


def _usage(error: typer.TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "tokenroi"
    return UsageError(error.format_message(), f"see `{where} --help`")


def main() -> None:
    """The entry point `tokenroi`."""
    as_ctrl_c()
    environ = dict(os.environ)
    code = run(sys.argv[1:], environ, standard(environ))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: what is left is Python's own end
    sys.exit(code)
