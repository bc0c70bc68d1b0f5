"""A run in a thread of its own, which never keeps the process alive."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

_T = TypeVar("_T")


def in_background(run: Callable[[], _T]) -> Future[_T]:
    """Starts at once; the future holds the result or what was raised."""
    future = Future[_T]()
    Thread(target=_complete, args=(future, run), daemon=True).start()
    return future


def _complete(future: Future[_T], run: Callable[[], _T]) -> None:
    try:
        result = run()
    except BaseException as error:  # noqa: BLE001 (carried over to the thread that waits)
        future.set_exception(error)
    else:
        future.set_result(result)
