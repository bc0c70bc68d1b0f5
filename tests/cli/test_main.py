"""One try at the edge: every failure is an exit code and a line or two, in JSON too."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import tokenroi
from tests.conftest import Cli
from tests.golden.golden import assert_golden
from tokenroi_cli import __version__
from tokenroi_cli.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert tokenroi("--version").code == 0
    assert capsys.readouterr().out == f"tokenroi {__version__}\n"


@pytest.fixture
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("eighty_columns")
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_of_the_whole(capsys: pytest.CaptureFixture[str], flag: str) -> None:
    assert tokenroi(flag).code == 0
    assert_golden("help/tokenroi.txt", capsys.readouterr().out)


@pytest.mark.usefixtures("eighty_columns")
@pytest.mark.parametrize(
    "command",
    [*COMMANDS, "budget", "budget show", "budget set", "budget thaw", "config", "config show", "config path"],
)
def test_help_of_each_command(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert tokenroi(*command.split(), "--help").code == 0
    assert_golden(f"help/{command.replace(' ', '_')}.txt", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["frobnicate"], "frobnicate"),
        (["exec"], "SPEC"),
        (["plan"], "TASK"),
        (["plan", "x", "--tier", "best"], "premium"),
        (["plan", "x", "--max-usd", "-1"], "amount"),
        (["plan", "x", "--max-usd", "NaN"], "amount"),
        (["plan", "x", "--max-usd", "1e999999999"], "amount"),
        (["plan", "x", "--max-usd", "1e9"], "between"),
        (["plan", "x", "--bogus"], "--bogus"),
        (["config"], "command"),
        (["-p"], "-p"),
        (["-p", "  "], "empty"),
        (["plan", ""], "empty"),
        (["--json", "report"], "--json"),
        (["-p", "x", "report"], "-p"),
        (["--tier", "mid"], "--tier"),
        ([], "terminal"),
        (["--continue"], "terminal"),
        (["report", "--by", "moon"], "moon"),
        (["report", "--since", "yesterday-ish"], "yesterday-ish"),
        (["check", "--format", "xml"], "xml"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_2_with_a_line_and_a_hint(args: list[str], word: str) -> None:
    said = tokenroi(*args)
    lines = said.err.splitlines()
    assert said.code == 2
    assert said.out == "" or "--json" in args
    assert lines[0].startswith("tokenroi: ")
    assert word in said.err
    assert len(lines) == 2
    assert lines[1].startswith("  ")


def test_in_json_mode_an_error_is_a_result_object_too() -> None:
    for args in (["plan", "--json"], ["report", "--by", "moon", "--json"], ["plan", "x", "--json"]):
        said = tokenroi(*args)
        last = json.loads(said.out.splitlines()[-1])
        assert (last["type"], last["exit_code"]) == ("result", said.code)
        assert last["status"] == "error"
        assert last["reason"] in ("usage", "not_configured")
        assert said.err.startswith("tokenroi: ")


def test_a_bug_leaves_a_log_without_keys(monkeypatch: pytest.MonkeyPatch, temporary_home: Path) -> None:
    key = "sk-ant-0123456789abcdef"

    def broken(*_args: object) -> None:
        raise RuntimeError(f"unexpected {key}")

    monkeypatch.setattr("tokenroi_cli.app.doctor.doctor", broken)
    said = tokenroi("doctor", env={"ANTHROPIC_API_KEY": key})
    assert said.code == 70
    assert said.err.splitlines()[0] == "tokenroi: a bug: RuntimeError: unexpected [redacted]"
    (log,) = (temporary_home / "tokenroi" / "state" / "logs").iterdir()
    assert str(log) in said.err
    assert "Traceback" in log.read_text()
    assert "broken" in log.read_text()
    assert key not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_bug_without_a_place_for_its_log_is_still_70(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenroi_cli.app.doctor.doctor", lambda *_args: 1 // 0)
    said = tokenroi("doctor", env={"TOKENROI_HOME": "/proc/nowhere"})
    assert said.code == 70
    assert "no log could be written" in said.err


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tokenroi_cli.app.doctor.doctor", interrupted)
    said = tokenroi("doctor")
    assert (said.code, said.err) == (130, "tokenroi: interrupted\n")


TOKENROI = f"{sys.executable} -m tokenroi_cli"


def shelled(cli: Cli, line: str) -> subprocess.CompletedProcess[str]:
    """A line of shell, for what only a shell does to the streams of a command."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(line, shell=True, cwd=cli.cwd, env=environ, capture_output=True, text=True)


def test_a_reader_that_leaves_early_is_no_error(cli: Cli) -> None:
    for command in ("--help", "doctor", "config show", "frobnicate 2>&1"):
        done = shelled(cli, f"({TOKENROI} {command} || echo $? >code) 2>err | true; cat err")
        assert done.stdout == "", command


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_survived(cli: Cli, closed: str) -> None:
    done = shelled(cli, f"{TOKENROI} config show {closed}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, name: signal.Signals) -> None:
    script = tmp_path / "replies.toml"
    script.write_text(SLOW)
    process = subprocess.Popen(
        [sys.executable, "-m", "tokenroi_cli", "-p", "hello", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TOKENROI_SCRIPT": str(script)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while '"type": "text"' not in lines[-1]:
        assert lines[-1], lines
        lines.append(process.stdout.readline())
    process.send_signal(name)
    out, err = process.communicate(timeout=60)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 130, err
    assert (last["type"], last["reason"], last["calls"]) == ("result", "interrupted", 1)
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "command", ["--version", "--help", "config show", "config show --json", "plan --json"]
)
def test_a_full_disk_is_no_bug(cli: Cli, command: str) -> None:
    done = shelled(cli, f"{TOKENROI} {command} >/dev/full")
    lines = done.stderr.splitlines()
    if "plan" in command:
        assert (done.returncode, lines[0]) == (2, "tokenroi: Missing argument 'TASK'."), "the cause, as ever"
    else:
        assert (done.returncode, lines[0]) == (
            1,
            "tokenroi: nothing more can be written: No space left on device",
        )
    assert len(lines) == 2, done.stderr


@pytest.mark.parametrize("command", [["-p", "x"], ["plan", "x"], ["exec", "x.md"], ["check"], ["doctor"]])
def test_a_current_folder_that_is_gone(tmp_path: Path, command: list[str]) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", sys.executable, "-m", "tokenroi_cli", *command],
        cwd=gone,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ANTHROPIC_API_KEY": "sk-ant-made-up-0123456789"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    lines = done.stderr.splitlines()
    assert (done.returncode, lines[0]) == (2, "tokenroi: the current folder does not exist any more"), lines
    assert len(lines) == 2


SLOW = """
[prices."scripted/mid"]
input = 3.00
output = 15.00
max_output = 4000
context = 200000

[[reply]]
text = "one two three four five six seven eight nine ten"
delay_s = 1.0
usage = { fresh = 1000, output = 10 }
"""


def test_the_version_is_said_before_anything_else_is_loaded(cli: Cli) -> None:
    ended = cli.python("-X", "importtime", "-m", "tokenroi_cli", "--version")
    names = {row.rpartition("|")[2].strip() for row in ended.err.splitlines() if "import time:" in row}
    assert "tokenroi_cli.cli.main" in names
    heavy = (
        "rich",
        "yaml",
        "pydantic",
        "sqlite3",
        "tokenroi_cli.app",
        "tokenroi_cli.repl",
        "tokenroi_cli.store",
    )
    assert {name for name in names if name.startswith(heavy)} == set()
