"""A run in a thread of its own, which never keeps the process alive."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from tokenroi_cli.domain.result import RunResult


def in_background(run: Callable[[], RunResult]) -> Future[RunResult]:
    """Starts at once; the future holds the result or what was raised."""
    future = Future[RunResult]()
    Thread(target=_complete, args=(future, run), daemon=True).start()
    return future


def _complete(future: Future[RunResult], run: Callable[[], RunResult]) -> None:
    try:
        result = run()
    except BaseException as error:  # noqa: BLE001 (carried over to the thread that waits)
        future.set_exception(error)
    else:
        future.set_result(result)
