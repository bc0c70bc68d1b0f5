"""A signal reaches the Run even where Python loses the KeyboardInterrupt."""

import os
import signal
from threading import Event

from tokenroi_cli.cli.interrupts import also


class Swallows:
    """What happens to a KeyboardInterrupt that is raised in a finalizer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        return kind is KeyboardInterrupt


def test_a_swallowed_interrupt_stops_the_run_all_the_same() -> None:
    stopped = Event()
    with also(stopped.set):
        with Swallows():
            os.kill(os.getpid(), signal.SIGINT)
        assert stopped.wait(60)


def test_without_a_signal_nothing_is_stopped_and_nothing_is_left() -> None:
    stopped = Event()
    before = signal.set_wakeup_fd(-1)
    with also(stopped.set):
        pass
    assert signal.set_wakeup_fd(before) == -1
    assert not stopped.is_set()
