"""What can go wrong on the wire: each a typed error, and a stage that says whether it can be billed."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.llm.permits import permit
from tests.wire.loopback import Cuts, Fails, Fixed, Hangs, Loopback, Raw, Says, Tokens, Tool
from tests.wire.routes import ANTHROPIC, COMPATIBLE, GEMINI, KEY, OPENAI, RESPONSES, ROUTES, Route
from tokenroi_cli.domain.call import Permit, PermitSpent, Stage
from tokenroi_cli.domain.errors import (
    BudgetRefused,
    ConnectionFailed,
    ProviderError,
    RateLimited,
    Rejected,
    StreamCut,
    TokenroiError,
)
from tokenroi_cli.domain.message import Message, Reply, Role, Text, TextDelta
from tokenroi_cli.domain.usage import Usage

MAIN = {name: ROUTES[name] for name in ("anthropic", "openai", "responses", "compatible", "vllm", "gemini")}
main_routes = pytest.mark.parametrize("route", MAIN.values(), ids=MAIN)
SAYS = Says("I write", (Tool("write", {"path": "a", "text": "line"}),), Tokens(fresh=100, cache_read=50))


def failed(route: Route, reply: Fixed, **change: object) -> tuple[TokenroiError, Permit]:
    """The error of one call that must have made exactly one request, and its permit."""
    leave = route.permit()
    with Loopback([reply, Says("a second request was made")]) as server:
        with pytest.raises(TokenroiError) as caught:
            route.call(server, leave, **change)
        assert len(server.requests) == 1
    assert not leaks(caught.value)
    return caught.value, leave


def leaks(error: BaseException) -> list[str]:
    """Places in an exception and all that led to it that hold the key or a permit's token."""
    found, seen, left = list[str](), set[int](), list[BaseException | None]([error])
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        left += [one.__cause__, one.__context__]
        texts = [str(one), repr(one), repr(vars(one)), *map(repr, getattr(one, "__notes__", ()))]
        for name in ("request", "response"):
            texts += [str(dict(getattr(getattr(one, name, None), "headers", None) or {}))]
        found += [text for text in texts if KEY in text]
    return found


def test_the_search_for_leaks_finds_one() -> None:
    error = ValueError("outer")
    error.__cause__ = KeyError(KEY)
    assert leaks(error)


@main_routes
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_refusal_is_one_request_and_proves_that_nothing_is_billed(route: Route, status: int) -> None:
    error, leave = failed(route, Fails(status, f"no: {KEY}"))
    assert type(error) is Rejected
    assert (error.status, error.unbilled, error.exit_code) == (
        status,
        True,
        18 if status in (401, 403, 404) else 16,
    )
    assert "no: [redacted]" in error.what
    assert leave.stage is Stage.DONE


@main_routes
def test_a_rate_limit_is_one_request_and_says_how_long(route: Route) -> None:
    error, _ = failed(route, Fails(429, "slow down", {"retry-after": "7"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7


@main_routes
def test_a_quota_is_no_rate_limit(route: Route) -> None:
    error, _ = failed(route, Fails(429, "You exceeded your quota", code="insufficient_quota"))
    assert type(error) is Rejected
    assert error.unbilled


@main_routes
@pytest.mark.parametrize("status", [500, 503, 529])
def test_a_server_error_is_one_request_that_may_be_billed(route: Route, status: int) -> None:
    error, leave = failed(route, Fails(status, "boom"))
    assert isinstance(error, Rejected)
    assert (error.status, error.unbilled) == (status, False)
    assert leave.stage is Stage.DONE


@main_routes
@pytest.mark.parametrize(
    "message",
    [
        "Conversation roles must alternate user/assistant",
        "Could not finish the message because max_tokens or model output limit was reached.",
        '{"detail": [{"loc": ["body", "max_tokens"], "msg": "extra fields not permitted"}]}',
    ],
)
def test_litellms_second_tries_never_leave(route: Route, message: str) -> None:
    error, _ = failed(route, Fails(422 if "detail" in message else 400, message))
    assert isinstance(error, Rejected)


@main_routes
@pytest.mark.parametrize("how", ["reset", "clean", "done"])
def test_a_stream_without_its_end_is_cut(route: Route, how: str) -> None:
    """litellm itself calls most of these finished, and makes up the usage."""
    error, leave = failed(route, Cuts(SAYS, how))
    assert isinstance(error, StreamCut)
    early = Usage(fresh=100, cache_read=50, output=1) if route is ANTHROPIC else None
    assert error.usage == early
    assert leave.stage in (Stage.ANSWERED, Stage.DONE)


def test_what_came_before_the_cut_was_passed_on() -> None:
    said: list[Any] = []
    with Loopback([Cuts(Says("so far so"))]) as server, pytest.raises(StreamCut):
        said.extend(OPENAI.provider(server).stream(OPENAI.request(), OPENAI.permit()))
    assert all(isinstance(item, TextDelta) for item in said)


@main_routes
@pytest.mark.parametrize(
    "raw",
    [
        Raw(b"<html>Please sign in</html>"),
        Raw(b""),
        Raw(b"data: {not json}\n\n", content_type="text/event-stream"),
        Raw(b'{"choices": []}', content_type="application/json"),
        Raw(b"\x00\xff" * 1000, content_type="text/event-stream"),
        Raw(b'data: {"choices": 7, "type": [], "candidates": {}}\n\n', content_type="text/event-stream"),
    ],
    ids=["portal", "empty", "no json", "no stream", "binary", "shapes"],
)
def test_a_garbled_answer_is_cut_and_may_be_billed(route: Route, raw: Raw) -> None:
    error, leave = failed(route, raw)
    assert isinstance(error, StreamCut)
    assert leave.stage in (Stage.ANSWERED, Stage.DONE)


@main_routes
def test_an_error_page_that_is_no_providers_proves_nothing(route: Route) -> None:
    error, _ = failed(route, Raw(b"<html>Forbidden by your network</html>", 403))
    assert isinstance(error, Rejected)
    assert not error.unbilled


def test_an_error_inside_a_stream_names_its_reason() -> None:
    overloaded = b'event: error\ndata: {"type": "error", "error": {"message": "Overloaded"}}\n\n'
    error, _ = failed(ANTHROPIC, Raw(overloaded, content_type="text/event-stream"))
    assert isinstance(error, StreamCut)
    assert "Overloaded" in error.what


def test_a_finish_reason_that_is_none_is_named() -> None:
    error, _ = failed(COMPATIBLE, Says("x", finish="insufficient_system_resource"))
    assert isinstance(error, StreamCut)
    assert "insufficient_system_resource" in error.what


@main_routes
def test_a_redirect_is_not_followed(route: Route) -> None:
    with Loopback([Says("hello")]) as elsewhere:
        there = {"location": elsewhere.url + route.path}
        error, _ = failed(route, Raw(b"", 307, headers=there))
        assert elsewhere.requests == []
    assert isinstance(error, Rejected)
    assert not error.unbilled


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.settimeout(30)
        yield listener


def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@main_routes
def test_no_answer_at_all_is_a_cut_after_the_stall_time(route: Route, silent: socket.socket) -> None:
    leave = route.permit()
    with pytest.raises(StreamCut, match="ReadTimeout") as caught:
        list(route.at(address(silent), stall_s=0.05).stream(route.request(), leave))
    assert leave.stage is Stage.WRITING
    assert not leaks(caught.value)


@main_routes
def test_a_stall_in_the_middle_is_a_cut(route: Route) -> None:
    leave = route.permit()
    with Loopback([Hangs(Says("I thi"))]) as server:
        with pytest.raises(StreamCut, match="ReadTimeout"):
            list(route.provider(server, stall_s=1.0).stream(route.request(), leave))
        assert server.left.wait(60)
        assert len(server.requests) == 1
    assert leave.stage is Stage.ANSWERED


@main_routes
def test_nobody_listens(route: Route) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        leave = route.permit()
        with pytest.raises(ConnectionFailed) as caught:
            list(route.at(address(closed)).stream(route.request(), leave))
    assert leave.stage is Stage.SENT
    assert not leaks(caught.value)


def in_another_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@main_routes
def test_cancel_from_another_thread_ends_the_stream_and_the_provider_sees_it(route: Route) -> None:
    leave, caught = route.permit(), list[BaseException]()

    def consume() -> None:
        try:
            route.call(server, leave)
        except TokenroiError as error:
            caught.append(error)

    with Loopback([Hangs(SAYS)]) as server:
        worker = in_another_thread(consume)
        assert server.hanging.wait(60)
        leave.cancel()
        worker.join(60)
        assert server.left.wait(60)
    [error] = caught
    assert isinstance(error, StreamCut)
    assert error.reason == "cancelled"
    assert leave.stage is Stage.ANSWERED


def test_cancel_while_no_answer_has_come(silent: socket.socket) -> None:
    leave, caught = OPENAI.permit(), list[BaseException]()

    def consume() -> None:
        try:
            list(OPENAI.at(address(silent)).stream(OPENAI.request(), leave))
        except TokenroiError as error:
            caught.append(error)

    worker = in_another_thread(consume)
    connection, _ = silent.accept()
    with connection:
        assert connection.recv(4) == b"POST"
        leave.cancel()
        worker.join(60)
    [error] = caught
    assert isinstance(error, StreamCut)
    assert (error.reason, leave.stage) == ("cancelled", Stage.WRITING)


def test_cancel_beforehand_sends_nothing() -> None:
    leave = OPENAI.permit()
    leave.cancel()
    with Loopback([Says("x")]) as server:
        with pytest.raises(ProviderError) as caught:
            OPENAI.call(server, leave)
        assert server.requests == []
    assert (caught.value.reason, leave.stage) == ("cancelled", Stage.ISSUED)


@main_routes
def test_leaving_in_the_middle_closes_the_connection(route: Route) -> None:
    with Loopback([Hangs(Says("I think of a long answer"))]) as server:
        items = route.provider(server).stream(route.request(), route.permit())
        assert isinstance(next(items), TextDelta)
        assert server.hanging.wait(60)
        with pytest.raises(StreamCut, match="ended from our side") as caught:
            items.close()  # type: ignore[attr-defined]
        assert server.left.wait(60)
    told = caught.value.usage
    assert (told is not None and told.fresh == 100) is (route is ANTHROPIC), "it says its input at once"


@main_routes
def test_a_permit_is_good_for_one_request(route: Route) -> None:
    leave = route.permit()
    with Loopback([Says("x"), Says("y")]) as server:
        route.call(server, leave)
        with pytest.raises(PermitSpent):
            route.call(server, leave)
        assert len(server.requests) == 1


@main_routes
def test_a_ceiling_above_the_reserved_one_is_not_sent(route: Route) -> None:
    leave = route.permit()
    with Loopback([Says("x")]) as server:
        with pytest.raises(ProviderError) as caught:
            route.call(server, leave, max_tokens=778)
        assert server.requests == []
    assert (caught.value.reason, leave.stage) == ("wire_refused", Stage.ISSUED)
    assert "778" in caught.value.what


@main_routes
def test_another_model_than_the_reserved_one_is_not_sent(route: Route) -> None:
    leave = permit(route.model.partition("/")[0] + "/cheap", max_output=777)
    with Loopback([Says("x")]) as server:
        with pytest.raises(ProviderError) as caught:
            route.call(server, leave)
        assert server.requests == []
    assert (caught.value.reason, leave.stage) == ("wire_refused", Stage.ISSUED)


@main_routes
def test_a_ledger_that_cannot_mark_is_heard_through_litellm(route: Route) -> None:
    def full() -> None:
        raise BudgetRefused("the disk is full")

    leave = permit(route.model, max_output=777, mark_sent=full)
    with Loopback([Says("x")]) as server:
        with pytest.raises(BudgetRefused):
            route.call(server, leave)
        assert server.requests == []
    assert leave.stage is Stage.ISSUED


@pytest.mark.parametrize("route", [OPENAI, ANTHROPIC, RESPONSES, GEMINI])
def test_calls_in_parallel_do_not_mix(route: Route) -> None:
    def echo(body: dict[str, Any]) -> Says:
        return Says(f"<{max(str(body).split('@')[1:], key=len)[:3]}>")

    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        *_, reply = route.call(server, messages=(Message(Role.USER, (Text(f"@{number:03}"),)),))
        assert isinstance(reply, Reply)
        answers[number] = reply.text

    with Loopback(echo) as server:
        workers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
    assert answers == {number: f"<{number:03}>" for number in range(8)}


@main_routes
def test_ctrl_c_goes_through_litellm(route: Route) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    leave = permit(route.model, max_output=777, mark_sent=press)
    with Loopback([Says("x")]) as server:
        with pytest.raises(KeyboardInterrupt):
            route.call(server, leave)
        assert server.requests == []
    assert leave.stage is Stage.ISSUED
