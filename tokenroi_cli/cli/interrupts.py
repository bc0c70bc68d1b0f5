"""Signals that end a Run, heard twice: as KeyboardInterrupt, and by a thread, for Python can lose one."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def as_ctrl_c() -> None:
    """SIGTERM and SIGHUP leave as Ctrl-C does, so that files, money and children are left in order."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:  # not under nohup
            signal.signal(name, _interrupt)


@contextmanager
def also(stop: Callable[[], None]) -> Iterator[None]:
    """While the block runs, a signal that ends also calls `stop`, from another thread.

    A KeyboardInterrupt that is raised inside a finalizer is printed and forgotten; the Run would go on.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    Thread(target=_listen, args=(heard, stop), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _listen(heard: socket.socket, stop: Callable[[], None]) -> None:
    with heard, suppress(OSError):
        while signals := heard.recv(64):
            if not set(ENDING).isdisjoint(signals):
                stop()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
