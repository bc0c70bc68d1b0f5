"""The guard alone: a plain httpx client in litellm's place, so that any request can be tried."""

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.llm.permits import permit
from tests.wire.loopback import Fails, Loopback, Raw, Says, Tokens
from tests.wire.speech import chat
from tokenroi_cli.domain.call import Permit, Stage
from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.errors import BudgetRefused, ConnectionFailed, NotConfigured, ProviderError
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.failures import failure
from tokenroi_cli.llm.shapes import text_in
from tokenroi_cli.llm.transfer import Transfer
from tokenroi_cli.llm.wire import WireGuard

KEY = "sk-the-real-one"
BODY = {"model": "m", "stream": True, "max_tokens": 100, "messages": []}
TIMEOUT = httpx.Timeout(5)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(lambda body: Says("hello")) as loopback:
        yield loopback


def transfer_to(base: str | None, *, leave: Permit | None = None, key: str = KEY) -> Transfer:
    return Transfer(leave or permit("openai/m", max_output=100), Endpoint("openai", base, key), TIMEOUT)


def post(transfer: Transfer, url: str, body: Any = BODY, *, method: str = "POST") -> httpx.Response:
    """One request as litellm would make it, and its whole answer."""
    guard = WireGuard()
    headers = {"authorization": f"Bearer {transfer.token}"}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with httpx.Client(transport=guard) as client, guard.expecting(transfer):
        return client.request(method, url, content=content, headers=headers)


def refused(transfer: Transfer, url: str, body: Any = BODY, *, method: str = "POST") -> str:
    """The reason of a refusal; asserts that nothing was sent and nothing marked."""
    with pytest.raises(ProviderError) as caught:
        post(transfer, url, body, method=method)
    assert caught.value is transfer.stopped is failure(transfer, caught.value)
    assert caught.value.reason == "wire_refused"
    assert transfer.permit.stage is Stage.ISSUED
    return caught.value.what


def test_the_request_that_was_reserved_goes_out_with_the_real_key(server: Loopback) -> None:
    order: list[tuple[str, int]] = []
    leave = permit("openai/m", max_output=100, mark_sent=lambda: order.append(("sent", len(server.requests))))
    transfer = transfer_to(server.url, leave=leave)
    assert post(transfer, f"{server.url}/v1/chat/completions").status_code == 200
    assert order == [("sent", 0)]
    assert leave.stage is Stage.DONE
    [seen] = server.requests
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert transfer.token not in str(seen)


@pytest.mark.parametrize("header", ["x-api-key", "x-goog-api-key", "api-key"])
def test_every_header_that_can_carry_a_key(server: Loopback, header: str) -> None:
    transfer, guard = transfer_to(server.url), WireGuard()
    with httpx.Client(transport=guard) as client, guard.expecting(transfer):
        client.post(f"{server.url}/v1/messages", json=BODY, headers={header: transfer.token})
    assert server.requests[0].headers[header] == KEY


def test_a_local_model_without_a_key_gets_no_key_header(server: Loopback) -> None:
    post(transfer_to(server.url, key=""), f"{server.url}/v1/chat/completions")
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"max_tokens": 101}, "101 output tokens"),
        ({"max_tokens": None}, "no output ceiling"),
        ({"max_tokens": 0}, "allows 0"),
        ({"max_tokens": -1}, "allows -1"),
        ({"max_tokens": "100"}, "allows '100'"),
        ({"max_tokens": 99.5}, "allows 99.5"),
        ({"max_tokens": True}, "allows True"),
        ({"max_completion_tokens": 5000}, "5000 output tokens"),
        ({"model": "dearer"}, "asks for dearer"),
        ({"stream": False}, "stream"),
    ],
)
def test_a_body_that_was_not_reserved(server: Loopback, change: dict[str, Any], why: str) -> None:
    transfer = transfer_to(server.url)
    assert why in refused(transfer, f"{server.url}/v1/chat/completions", {**BODY, **change})
    assert server.requests == []


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"\xff"])
def test_a_body_that_cannot_be_read(server: Loopback, body: bytes) -> None:
    assert "JSON object" in refused(transfer_to(server.url), f"{server.url}/v1/chat/completions", body)
    assert server.requests == []


def test_a_place_that_was_not_reserved(server: Loopback) -> None:
    with Loopback([Says()]) as elsewhere:
        for url, method, why in (
            (f"{elsewhere.url}/v1/chat/completions", "POST", "the endpoint is"),
            (f"{server.url.replace('127.0.0.1', 'localhost')}/v1/chat/completions", "POST", "localhost"),
            (f"{server.url}/v1/embeddings", "POST", "no endpoint"),
            (f"{server.url}/v1/chat/completions", "GET", "GET"),
        ):
            assert why in refused(transfer_to(server.url), url, method=method)
        assert server.requests == elsewhere.requests == []


def test_a_provider_known_to_litellm_alone_is_reached_by_https_only() -> None:
    assert "https" in refused(transfer_to(None), "http://127.0.0.1:9/v1/chat/completions")


def test_a_port_may_be_written_out_or_not() -> None:
    """Both name the same place; whether somebody listens there is another matter."""
    transfer = transfer_to("http://127.0.0.1:80/v1", leave=permit("openai/other"))
    assert "reserved is openai/other" in refused(transfer, "http://127.0.0.1/v1/chat/completions")


def test_a_second_request_on_the_same_token(server: Loopback) -> None:
    transfer, guard = transfer_to(server.url), WireGuard()
    url, headers = f"{server.url}/v1/chat/completions", {"authorization": f"Bearer {transfer.token}"}
    with httpx.Client(transport=guard) as client, guard.expecting(transfer):
        client.post(url, json=BODY, headers=headers)
        with pytest.raises(ProviderError, match="no permit left"):
            client.post(url, json=BODY, headers=headers)
    with httpx.Client(transport=guard) as client, pytest.raises(ProviderError, match="no permit left"):
        client.post(url, json=BODY)
    assert len(server.requests) == 1


def test_a_ledger_that_cannot_mark_lets_nothing_out(server: Loopback) -> None:
    def full() -> None:
        raise BudgetRefused("the ledger's disk is full")

    transfer = transfer_to(server.url, leave=permit("openai/m", max_output=100, mark_sent=full))
    with pytest.raises(BudgetRefused) as caught:
        post(transfer, f"{server.url}/v1/chat/completions")
    assert failure(transfer, caught.value) is caught.value
    assert (server.requests, transfer.permit.stage) == ([], Stage.ISSUED)


def test_a_permit_cancelled_before_it_was_used(server: Loopback) -> None:
    transfer = transfer_to(server.url)
    transfer.permit.cancel()
    with pytest.raises(ProviderError) as caught:
        post(transfer, f"{server.url}/v1/chat/completions")
    assert (caught.value.reason, transfer.permit.stage) == ("cancelled", Stage.ISSUED)
    assert server.requests == []


def test_a_permit_cancelled_while_connecting_writes_nothing(server: Loopback) -> None:
    leave = permit("openai/m", max_output=100, mark_sent=lambda: leave.cancel())
    transfer = transfer_to(server.url, leave=leave)
    with pytest.raises(ConnectionFailed) as caught:
        post(transfer, f"{server.url}/v1/chat/completions")
    assert failure(transfer, caught.value) is caught.value
    assert (caught.value.reason, leave.stage) == ("cancelled", Stage.SENT)
    assert server.requests == []


@pytest.mark.parametrize("key", ["sk-with space", "sk-\n", "sk-é", "\ud800"])
def test_a_key_that_no_header_can_carry_is_not_shown(server: Loopback, key: str) -> None:
    transfer = transfer_to(server.url, key=key)
    with pytest.raises(NotConfigured) as caught:
        post(transfer, f"{server.url}/v1/chat/completions")
    assert key not in str(caught.value) + caught.value.hint
    assert server.requests == []


def test_the_environments_proxy_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Loopback([Says("by proxy")]) as proxy, Loopback([Says("directly")]) as server:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        far = "http://provider.invalid"
        assert "by prox" in post(transfer_to(far), f"{far}/v1/chat/completions").text
        assert "directl" in post(transfer_to(server.url), f"{server.url}/v1/chat/completions").text


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
        transfer = transfer_to(base)
        with pytest.raises(httpx.ConnectError) as caught:
            post(transfer, f"{base}/v1/chat/completions")
    error = failure(transfer, caught.value)
    assert isinstance(error, ConnectionFailed)
    assert transfer.permit.stage is Stage.SENT


@pytest.mark.parametrize("status", [401, 500])
def test_an_error_body_is_read_without_the_key(status: int) -> None:
    with Loopback([Fails(status, f"Incorrect API key provided: {KEY}")]) as server:
        transfer = transfer_to(server.url)
        answer = post(transfer, f"{server.url}/v1/chat/completions")
    assert KEY not in answer.text
    assert KEY not in failure(transfer, None).what
    assert "[redacted]" in failure(transfer, None).what


def test_a_server_that_packs_its_answer_though_it_was_asked_not_to() -> None:
    body, tail = chat(Says("hello", usage=Tokens(fresh=5, output=2)), "m")
    events = b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in body + tail)
    packed = Raw(
        gzip.compress(events), content_type="text/event-stream", headers={"content-encoding": "gzip"}
    )
    with Loopback([packed]) as server:
        transfer = transfer_to(server.url)
        answer = post(transfer, f"{server.url}/v1/chat/completions")
        assert server.requests[0].headers["accept-encoding"] == "identity"
    assert answer.content == events
    assert transfer.tap is not None
    assert transfer.tap.usage() == Usage(fresh=5, output=2)


def test_an_error_body_without_end_is_read_in_part() -> None:
    with Loopback([Raw(b"x" * 2_000_000, status=502)]) as server:
        transfer = transfer_to(server.url)
        post(transfer, f"{server.url}/v1/chat/completions")
    assert len(transfer.error_body) == 256 * 1024


def test_a_redirect_goes_nowhere() -> None:
    with Loopback([Says()]) as elsewhere:
        there = {"location": f"{elsewhere.url}/v1/chat/completions"}
        with Loopback([Raw(b"", status=307, headers=there)]) as server:
            transfer = transfer_to(server.url)
            answer = post(transfer, f"{server.url}/v1/chat/completions")
        assert (answer.status_code, elsewhere.requests) == (307, [])
    error = failure(transfer, None)
    assert "api_base" in error.hint


CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"
GEMINI = "/v1beta/models/m:streamGenerateContent"
RESPONSES = "/v1/responses"
BODIES: dict[str, dict[str, Any]] = {
    CHAT: BODY,
    MESSAGES: BODY,
    RESPONSES: {"model": "m", "stream": True, "max_output_tokens": 100, "input": []},
    GEMINI: {"generationConfig": {"maxOutputTokens": 100}, "contents": []},
}


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        (CHAT, {"service_tier": "priority"}, "service_tier"),
        (CHAT, {"web_search_options": {}}, "web_search_options"),
        (CHAT, {"models": ["dear"]}, "models"),
        (CHAT, {"plugins": [{"id": "web"}]}, "plugins"),
        (CHAT, {"provider": {"order": ["x"]}}, "provider"),
        (CHAT, {"modalities": ["audio"]}, "modalities"),
        (CHAT, {"prediction": {"type": "content", "content": "x"}}, "prediction"),
        (CHAT, {"n": 2}, "several answers"),
        (CHAT, {"tools": [{"type": "web_search"}]}, "web_search runs at the provider"),
        (CHAT, {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "image_url"),
        (CHAT, {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "input_audio"),
        (CHAT, {"unheard_of": 1}, "unheard_of"),
        (MESSAGES, {"service_tier": "auto"}, "service_tier"),
        (MESSAGES, {"speed": "fast"}, "speed"),
        (MESSAGES, {"inference_geo": "us"}, "inference_geo"),
        (MESSAGES, {"container": "c"}, "container"),
        (MESSAGES, {"mcp_servers": []}, "mcp_servers"),
        (MESSAGES, {"tools": [{"type": "web_search_20250305", "name": "w"}]}, "runs at the provider"),
        (MESSAGES, {"tools": [{"type": "code_execution_20250522", "name": "c"}]}, "runs at the provider"),
        (MESSAGES, {"messages": [{"role": "user", "content": [{"type": "document"}]}]}, "document"),
        (
            MESSAGES,
            {
                "messages": [
                    {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "image"}]}]}
                ]
            },
            "image",
        ),
        (RESPONSES, {"background": True}, "background"),
        (RESPONSES, {"previous_response_id": "r"}, "previous_response_id"),
        (RESPONSES, {"tools": [{"type": "file_search"}]}, "file_search"),
        (RESPONSES, {"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input_image"),
        (GEMINI, {"cachedContent": "c"}, "cachedContent"),
        (GEMINI, {"tools": [{"googleSearch": {}}]}, "googleSearch"),
        (GEMINI, {"contents": [{"parts": [{"inlineData": {}}]}]}, "inlineData"),
        (GEMINI, {"contents": {"parts": {"inlineData": {}}}}, "inlineData"),
        (GEMINI, {"systemInstruction": {"parts": [{"fileData": {}}]}}, "fileData"),
        (GEMINI, {"generationConfig": {"maxOutputTokens": 9, "candidateCount": 2}}, "several answers"),
        (GEMINI, {"generationConfig": {"maxOutputTokens": 9, "responseModalities": ["IMAGE"]}}, "Modalities"),
    ],
)
def test_what_has_no_known_price_or_bound_is_not_sent(
    server: Loopback, path: str, change: dict[str, Any], why: str
) -> None:
    transfer = transfer_to(server.url)
    assert why in refused(transfer, server.url + path, {**BODIES[path], **change})
    assert server.requests == []


@pytest.mark.parametrize("path", BODIES)
def test_an_ordinary_request_of_each_protocol_is_sent(server: Loopback, path: str) -> None:
    assert post(transfer_to(server.url), server.url + path, BODIES[path]).status_code == 200


def test_more_text_than_was_reserved_is_not_sent(server: Loopback) -> None:
    """A system prompt, a tool, an example: whatever somebody in between adds to the request."""
    body = {**BODY, "messages": [{"role": "user", "content": "x" * 500}]}
    size = text_in(body)
    assert size > 500
    for allowed, sent in ((size, True), (size - 1, False)):
        leave = permit("openai/m", max_output=100, max_text=allowed)
        if sent:
            assert post(transfer_to(server.url, leave=leave), server.url + CHAT, body).status_code == 200
        else:
            assert "bytes of text" in refused(transfer_to(server.url, leave=leave), server.url + CHAT, body)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "added", [{"system": "y" * 999}, {"tools": [{"name": "y" * 999}]}, {"tool_choice": {"name": "y" * 999}}]
)
def test_text_counts_wherever_it_stands(server: Loopback, added: dict[str, Any]) -> None:
    leave = permit("openai/m", max_output=100, max_text=900)
    assert refused(transfer_to(server.url, leave=leave), server.url + MESSAGES, {**BODY, **added})


def test_text_is_counted_as_the_worst_tokenizer_would() -> None:
    assert text_in({"system": "\ufdfa"}) == 6 + 33
    assert text_in({"tools": [{"b": 12345}, None, True]}) == 5 + 1 + 5 + 4 + 4
    assert text_in({"model": "m" * 100, "metadata": {"user_id": "x"}, "stop": ["x"]}) == 0


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(("reserved", "sent"), [(False, False), (True, True)])
def test_a_cache_that_lasts_an_hour_must_have_been_reserved(
    server: Loopback, reserved: bool, sent: bool, inside: bool
) -> None:
    mark = {"type": "ephemeral", "ttl": "1h"}
    content: list[dict[str, Any]] = [{"type": "text", "text": "hello", "cache_control": mark}]
    if inside:
        content = [{"type": "tool_result", "tool_use_id": "t", "content": content}]
    body = {**BODY, "messages": [{"role": "user", "content": content}]}
    leave = permit("openai/m", max_output=100, cache_an_hour=reserved)
    transfer = transfer_to(server.url, leave=leave)
    if sent:
        post(transfer, server.url + MESSAGES, body)
    else:
        assert "a cache that was not reserved" in refused(transfer, server.url + MESSAGES, body)
    assert len(server.requests) == sent


def test_what_a_schema_or_a_text_speaks_of_is_no_field(server: Loopback) -> None:
    """A tool may well have an argument called `image`, and a file may hold a request."""
    schema = {"type": "object", "properties": {"type": {"enum": ["image"]}, "ttl": {"const": "1h"}}}
    tools = [{"type": "function", "function": {"name": "draw", "parameters": schema}}]
    call = {"id": "c", "type": "function", "function": {"name": "draw", "arguments": '{"type": "image"}'}}
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": json.dumps({"type": "image", "n": 2})},
    ]
    body = {**BODY, "tools": tools, "messages": messages}
    assert post(transfer_to(server.url), server.url + CHAT, body).status_code == 200
