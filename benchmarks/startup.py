"""What a start costs: CPU of `tokenroi --version` against `import typer`, in turns, under the same load.

Usage: python benchmarks/startup.py [RUNS]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile

VERSION = [sys.executable, "-m", "tokenroi_cli", "--version"]
TYPER = [sys.executable, "-c", "import typer"]
BARE = [sys.executable, "-c", "pass"]
AIM = 2.0
"""Times the CPU of `import typer`."""


def cpu(command: list[str], environ: dict[str, str]) -> float:
    """Seconds of CPU, user and system, of one run of a command. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(runs: int) -> dict[str, list[float]]:
    """Seconds per run of each command, taken in turns. The first round warms the caches and is dropped."""
    taken: dict[str, list[float]] = {"tokenroi --version": [], "import typer": [], "pass": []}
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "HOME": home, "TOKENROI_HOME": home}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(runs + 1):
            for seconds, command in zip(taken.values(), (VERSION, TYPER, BARE), strict=True):
                seconds.append(cpu(command, environ))
    return {name: seconds[1:] for name, seconds in taken.items()}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    taken = measure(runs)
    for name, seconds in taken.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        print(f"{name:<20} median {middle * 1000:6.1f} ms   {low * 1000:.1f} .. {high * 1000:.1f}")
    pairs = zip(taken["tokenroi --version"], taken["import typer"], strict=True)
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"ratio                {ratio:.2f}   (must stay at or below {AIM})")
    print(f"{runs} runs of: {' '.join(VERSION[1:])}")


if __name__ == "__main__":
    main()
