"""A command cannot hang us, flood us, read a key, or live on after its time or ours."""

import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer

import pytest

from tokenroi_cli.domain.errors import Interrupted
from tokenroi_cli.domain.spec import CommandResult
from tokenroi_cli.workspace.commands import run_command
from tokenroi_cli.workspace.output import HEAD, TAIL, Output, clean

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes, in /proc")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., CommandResult]:
    def run(command: str, timeout_s: float = 30, environ: dict[str, str] | None = None) -> CommandResult:
        given = os.environ if environ is None else environ
        return run_command(command, tmp_path, timeout_s=timeout_s, environ=given)

    return run


Run = Callable[..., CommandResult]


def is_alive(pid: int) -> bool:
    """Zombies count as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def pids(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("pid*")]


def test_a_command_and_its_end(run: Run, tmp_path: Path) -> None:
    result = run("echo out; echo err >&2; pwd; exit 3")
    assert (result.command, result.exit_code, result.timed_out) == (
        "echo out; echo err >&2; pwd; exit 3",
        3,
        False,
    )
    assert result.output == f"out\nerr\n{tmp_path}\n"
    assert 0 < result.seconds < 30
    assert run("true").passed


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("no-such-program", 127),
        ("./not-executable", 126),
        ("kill -9 $$", 137),
        ("kill -TERM $$", 143),
        ("(", 2),
    ],
)
def test_how_else_a_command_ends(run: Run, tmp_path: Path, command: str, code: int) -> None:
    (tmp_path / "not-executable").write_text("x")
    assert run(command).exit_code == code


@pytest.mark.parametrize("command", ["echo a\0b", "echo \ud800", "x" * 200_000])
def test_what_no_shell_can_be_given_could_not_start(run: Run, command: str) -> None:
    result = run(command)
    assert result.could_not_start
    assert result.output


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    result = run_command("true", tmp_path / "gone", timeout_s=5, environ=os.environ)
    assert (result.exit_code, result.output) == (None, "could not start: No such file or directory")


def test_only_the_allowed_environment_arrives(run: Run) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "LC_TIME": "C",
        "ANTHROPIC_API_KEY": "sk-secret",
        "MY_PLAIN_NAME": "sk-secret",
        "SSH_AUTH_SOCK": "/agent",
        "GIT_DIR": "/elsewhere",
        "LC_SMUGGLED": "sk-secret",
    }
    seen = run("env; tr '\\0' '\\n' </proc/$PPID/environ", environ=environ).output
    names = {line.partition("=")[0] for line in seen.splitlines()}
    assert {"PATH", "LC_TIME"} <= names
    assert not names & set(environ) - {"PATH", "LC_TIME"}
    assert "sk-secret" not in seen


def test_there_is_nothing_to_read_and_no_terminal(run: Run) -> None:
    result = run("read line; echo $?; (exec </dev/tty) 2>/dev/null || echo none", 5)
    assert result.output == "1\nnone\n"


@linux
def test_no_core_and_the_usual_signals(run: Run) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        assert run("ulimit -c").output == "0\n"
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    ignored = run("grep SigIgn /proc/self/status").output.split()[1]
    assert int(ignored, 16) & (1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGTERM - 1)) == 0


@linux
def test_only_three_files_are_open(run: Run) -> None:
    with Path(__file__).open() as file:
        os.set_inheritable(file.fileno(), True)
        assert run("ls /proc/$$/fd").output.split() == ["0", "1", "2"]


@linux
def test_what_is_held_is_the_guards_and_not_the_commands(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    command = f"readlink /proc/$PPID/fd/{held}; readlink /proc/$$/fd/{held}"
    try:
        result = run_command(command, tmp_path, timeout_s=30, environ=os.environ, held=(held,))
    finally:
        os.close(held)
    assert result.output.splitlines() == [str(tmp_path)]


def test_time_is_up(run: Run) -> None:
    result = run("echo before; sleep 100; echo after", 1)
    assert (result.exit_code, result.timed_out, result.could_not_start) == (None, True, True)
    assert result.output == "before\n"
    assert result.seconds < 1 + 3


def test_a_command_may_clean_up_before_it_is_killed(run: Run) -> None:
    assert run("trap 'echo bye; exit' TERM; sleep 100 & wait", 1).output == "bye\n"


@linux
def test_nobody_survives_the_end_of_time(run: Run, tmp_path: Path) -> None:
    stubborn = "trap '' TERM HUP INT; echo $$ > pid$1; while :; do sleep 1; done"
    (tmp_path / "stubborn").write_text(stubborn)
    result = run(
        "sh stubborn 1 & nohup sh stubborn 2 & setsid sh stubborn 3 & (setsid sh -c 'sh stubborn 4 &' &);"
        "while [ ! -s pid1 ] || [ ! -s pid2 ] || [ ! -s pid3 ] || [ ! -s pid4 ]; do :; done; sh stubborn 5",
        3,
    )
    assert result.timed_out
    assert result.seconds < 3 + 3
    assert len(pids(tmp_path)) == 5
    assert [pid for pid in pids(tmp_path) if is_alive(pid)] == []


@linux
def test_nobody_is_left_running_by_a_command_that_ended(run: Run, tmp_path: Path) -> None:
    result = run("setsid sh -c 'echo $$ > pid1; sleep 100' & while [ ! -s pid1 ]; do :; done; echo done", 20)
    assert (result.exit_code, result.output) == (0, "done\n")
    assert result.seconds < 10
    assert [pid for pid in pids(tmp_path) if is_alive(pid)] == []


@linux
def test_nobody_survives_us(tmp_path: Path) -> None:
    command = "setsid sh -c 'echo $$ > pid1; sleep 100' & echo $$ > pid2; echo $PPID > pid3; sleep 100"
    ours = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import os, sys, pathlib; from tokenroi_cli.workspace.commands import run_command;"
            "run_command(sys.argv[1], pathlib.Path(sys.argv[2]), timeout_s=60, environ=os.environ)",
            *(command, str(tmp_path)),
        ]
    )
    while len(list(tmp_path.glob("pid*"))) < 3 or not all(path.read_text() for path in tmp_path.glob("pid*")):
        assert ours.poll() is None
    started = pids(tmp_path)
    ours.kill()
    ours.wait()
    for pid in started:
        _until_gone(pid)
    assert [pid for pid in started if is_alive(pid)] == []


def _until_gone(pid: int) -> None:
    """Waits for the end of a process that is not our child, five seconds at most."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([watched], [], [], 5)
    os.close(watched)


@linux
def test_a_command_that_kills_its_guard_goes_with_it(run: Run, tmp_path: Path) -> None:
    result = run("echo $$ > pid; kill -9 $PPID; while :; do :; done", 20)
    assert result.exit_code == -signal.SIGKILL
    assert result.seconds < 10
    (shell,) = pids(tmp_path)
    _until_gone(shell)
    assert not is_alive(shell)


def test_whoever_then_still_holds_the_output_is_not_waited_for(run: Run, tmp_path: Path) -> None:
    result = run("sleep 100 & echo $! > pid; kill -9 $PPID; while :; do :; done", 20)
    assert result.seconds < 10
    (survivor,) = pids(tmp_path)
    os.kill(survivor, signal.SIGKILL)


@linux
def test_a_key_pressed_in_the_terminal_does_not_reach_it(run: Run) -> None:
    sessions = run("cut -d' ' -f6 /proc/self/stat /proc/$PPID/stat").output.split()
    assert len({*sessions, str(os.getsid(0))}) == 3


def test_output_closed_early_is_no_end(run: Run) -> None:
    result = run("echo x; exec >&- 2>&-; sleep 0.2; exit 7", 20)
    assert (result.exit_code, result.output) == (7, "x\n")


def test_a_flood_is_cut_and_counted(run: Run) -> None:
    result = run("echo first; yes | head -c 50000000; echo last")
    lines = result.output.split("\n")
    assert (lines[0], lines[-2]) == ("first", "last")
    assert "bytes left out ...]" in result.output
    assert len(result.output) < HEAD + TAIL + 100
    assert run("yes", 0.3).timed_out


def test_cancelled(tmp_path: Path) -> None:
    cancel = Event()
    timer = Timer(0.2, cancel.set)
    timer.start()
    with pytest.raises(Interrupted, match="stopped: echo"):
        run_command("echo $$ > pid; sleep 100", tmp_path, timeout_s=50, environ=os.environ, cancel=cancel)
    assert [pid for pid in pids(tmp_path) if is_alive(pid)] == []


def test_interrupted_from_the_keyboard(tmp_path: Path) -> None:
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_command("echo $$ > pid; trap '' INT; sleep 100", tmp_path, timeout_s=50, environ=os.environ)
    assert [pid for pid in pids(tmp_path) if is_alive(pid)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m \x9b31mC1", "red C1"),
        ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b", "ab"),
        ("\x1b]52;c;unfinished\nnext", "\nnext"),
        ("a\r\nb\rc\td\x08\x00\x7f", "a\nb\nc\td"),
        ("\x1bP1;2q\x1b\\x\x1b(By\x1b", "xy"),
        ("caf\u00e9 \u2713", "caf\u00e9 \u2713"),
    ],
)
def test_control_sequences_are_taken_out(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("size", [1, 7, HEAD, HEAD + TAIL, 1 << 20])
@pytest.mark.parametrize("total", [0, HEAD, HEAD + TAIL, HEAD + TAIL + 1, 100_000])
def test_both_ends_are_kept_whatever_the_pieces(size: int, total: int) -> None:
    data = b"".join(b"%07d\n" % number for number in range(total // 8 + 1))[:total]
    output = Output()
    for start in range(0, total, size):
        output.feed(data[start : start + size])
    text = output.text()
    if total <= HEAD + TAIL:
        assert text == data.decode()
        return
    head, _, rest = text.partition("\n[... ")
    count, _, tail = rest.partition(" ...]\n")
    assert (head, tail) == (data[:HEAD].decode(), data[-TAIL:].decode())
    assert count == f"{total - HEAD - TAIL:,} of {total:,} bytes left out"


def test_bytes_that_are_no_text_are_replaced(run: Run) -> None:
    assert run("printf 'a\\377b'").output == "a\ufffdb"
