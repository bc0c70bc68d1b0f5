"""What every test stands on: a temporary home, no keys, a real git repository, the command line, a clock."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from tests.real_home import guard, real_homes

ROOT = Path(__file__).parents[1]

FOREIGN = re.compile(
    r".*(_API_KEY|_API_BASE|_BASE_URL|_AUTH_TOKEN|_ACCESS_TOKEN)$"
    r"|(TOKENROI|LITELLM|GIT|XDG)_.*"
    r"|(https?|all|no)_proxy|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LINES|PYTHONUNBUFFERED",
    re.IGNORECASE,
)
"""Variables of the machine that would change what a test sees: keys, hosts, proxies, git's own, colours,
and unbuffered streams, which hide what is left in a buffer."""

# A deadline measures the machine, not the code.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_configure() -> None:
    """Before the first test module is imported, so that nothing reads the user's settings even then."""
    homes = real_homes()
    guard(homes, _own_folders(homes))
    for name in [name for name in os.environ if FOREIGN.fullmatch(name)]:
        del os.environ[name]
    _hear_signals()


def _hear_signals() -> None:
    """What we start inherits which signals are ignored: under nohup, or behind a shell's `&`, some are."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)


def _own_folders(homes: tuple[Path, ...]) -> tuple[Path, ...]:
    """The checkout, the interpreter and the temporary folder, wherever they lie."""
    folders = {ROOT, Path(sys.prefix), Path(sys.base_prefix), Path(tempfile.gettempdir())}
    folders |= {folder.resolve() for folder in folders}
    return tuple(folder for folder in folders if not any(home.is_relative_to(folder) for home in homes))


@pytest.fixture(autouse=True)
def temporary_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home, and nothing in the environment that points out of it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("TOKENROI_HOME", str(folder / "tokenroi"))
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        yield folder


@dataclass(frozen=True, slots=True)
class Repo:
    """A real git repository with an identity of its own."""

    root: Path

    def git(self, *args: str) -> str:
        """Standard output of git, without its last newline. Raises CalledProcessError."""
        done = subprocess.run(["git", *args], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.removesuffix("\n")

    def write(self, path: str, text: str) -> Path:
        """Writes a file below the root, its folders included, newlines as given."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self, message: str = "A change") -> str:
        """Commits everything; the new commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository on branch `main`, without a commit."""
    repo = Repo(tmp_path / "repo")
    repo.root.mkdir()
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.git("config", "user.name", "Test Person")
    repo.git("config", "user.email", "person@example.invalid")
    return repo


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Cli:
    """`tokenroi` as a process of its own, in the temporary home."""

    cwd: Path

    def __call__(
        self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str = ""
    ) -> Ended:
        """Runs it to its end. `env` is added to the test's environment; `stdin` is all that it can read."""
        return self.python("-m", "tokenroi_cli", *args, cwd=cwd, env=env, stdin=stdin)

    def python(
        self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str = ""
    ) -> Ended:
        """The interpreter itself, with the package importable: for what must be seen from inside."""
        done = subprocess.run(
            [sys.executable, *args],
            cwd=cwd or self.cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs the command line; in an empty folder unless `cwd` says otherwise."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return Cli(folder)


@dataclass(slots=True)
class Clock:
    """A clock that moves when it is told to. Call it for the time; pass `advance` where a sleep is wanted."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """Monday, 23 November 2026, 10:15 UTC."""
    return Clock(datetime(2026, 11, 23, 10, 15, tzinfo=UTC))
