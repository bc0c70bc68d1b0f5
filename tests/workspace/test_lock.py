"""The lock of a work tree: for one process at a time, and for none that is dead."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tokenroi_cli.workspace.lock import Busy, locked

HOLD = """
import sys
from pathlib import Path
from tokenroi_cli.workspace.lock import locked
with locked(Path(sys.argv[1]), Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_dead_process_leaves_no_lock(tmp_path: Path) -> None:
    root, folder = tmp_path / "tree", tmp_path / "locks"
    root.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root), str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy), locked(root, folder):
            pass
        with locked(tmp_path, folder):
            pass  # another tree is another lock
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with locked(root, folder):
        pass
    (path, _) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
