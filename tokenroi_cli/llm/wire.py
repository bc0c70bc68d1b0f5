"""The wire guard: the last of our code before a request leaves, and the first that sees the answer."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from tokenroi_cli.domain.call import Permit, Stage
from tokenroi_cli.domain.errors import NotConfigured, ProviderError, TokenroiError
from tokenroi_cli.llm.dialects import Dialect, Json, dialect_of
from tokenroi_cli.llm.shapes import objection, text_in
from tokenroi_cli.llm.tap import Tap
from tokenroi_cli.llm.transfer import Transfer

KEY_HEADERS = ("authorization", "x-api-key", "x-goog-api-key", "api-key")
TOKEN = re.compile(r"tokenroi-permit-[0-9a-f]{32}")
MOST_ERROR_BYTES = 256 * 1024
KEY = re.compile(r"[!-~]*")
"""What an HTTP header can carry as a key."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WireGuard(httpx.BaseTransport):
    """Sends what a permit covers, once. Everything else is refused before a socket is touched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expected: dict[str, Transfer] = {}

    @contextmanager
    def expecting(self, transfer: Transfer) -> Iterator[None]:
        """Lets one request of `transfer` through while the block runs; ends its connection after it."""
        with self._lock:
            self._expected[transfer.token] = transfer
        try:
            yield
        finally:
            with self._lock:
                self._expected.pop(transfer.token, None)
            transfer.close()

    def close(self) -> None:
        """litellm closes the clients it makes around us when it likes; the connections are the transfers'."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises a TokenroiError for what no permit covers, and leaves it on the transfer, in `stopped`."""
        transfer = self._claim(request)
        try:
            dialect = admitted(transfer, request)
            connection = self._connection(request.url)
            transfer.permit.sent()
        except TokenroiError as error:
            transfer.stopped = error
            raise
        answer = transfer.send(connection, _onward(transfer, request))
        transfer.permit.stage = Stage.ANSWERED
        transfer.status, transfer.headers = answer.status_code, answer.headers
        return _passed_on(transfer, answer, dialect)

    def _claim(self, request: httpx.Request) -> Transfer:
        found = TOKEN.search(" ".join(request.headers.get(name, "") for name in KEY_HEADERS))
        with self._lock:
            transfer = self._expected.pop(found[0], None) if found else None
        if transfer is None:
            raise refusal(f"{request.method} {request.url.host}{request.url.path} has no permit left")
        return transfer

    @cached_property
    def _trusted(self) -> SSLContext:
        return httpx.create_ssl_context()

    def _connection(self, url: httpx.URL) -> httpx.HTTPTransport:
        """One per request, so that whoever cancels knows which socket to cut."""
        return httpx.HTTPTransport(
            verify=self._trusted,
            proxy=_proxy(url),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
        )


def _proxy(url: httpx.URL) -> str | None:
    """As the user's environment says; what runs on this machine is never asked for through one."""
    if url.host in LOOPBACK or proxy_bypass(url.host):
        return None
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def admitted(transfer: Transfer, request: httpx.Request) -> Dialect:
    """The protocol of a request that is the one reserved. Raises ProviderError or NotConfigured if not."""
    if transfer.permit.cancelled:
        raise ProviderError("cancelled before anything was sent", reason="cancelled")
    if not KEY.fullmatch(transfer.endpoint.key):
        raise NotConfigured(f"the API key of {transfer.endpoint.provider} holds characters that no key has")
    _check_place(transfer, request)
    dialect = dialect_of(request.url.path)
    if dialect is None:
        raise refusal(f"{request.url.path} is no endpoint whose answers can be priced")
    _check_body(transfer, dialect, request)
    return dialect


def refusal(why: str) -> ProviderError:
    """What the guard says when it lets nothing out."""
    hint = "nothing was sent and nothing is billed; please report it if no setting of yours explains it"
    return ProviderError(f"request stopped before it was sent: {why}", hint, reason="wire_refused")


def _check_place(transfer: Transfer, request: httpx.Request) -> None:
    url, base = request.url, transfer.endpoint.api_base
    if request.method != "POST":
        raise refusal(f"{request.method} was not reserved")
    if base is None:
        if url.scheme != "https":
            raise refusal(f"{url.host} is not reached by https")
        return
    named = urlsplit(base)
    if (url.scheme, url.host, url.port) != (named.scheme, named.hostname, _port(named.scheme, named.port)):
        raise refusal(f"it goes to {url.host}, the endpoint is {named.hostname}")


def _port(scheme: str, port: int | None) -> int | None:
    """As httpx writes it: none where it is the scheme's own."""
    return None if port == {"http": 80, "https": 443}.get(scheme) else port


def _check_body(transfer: Transfer, dialect: Dialect, request: httpx.Request) -> None:
    body = _body(request)
    if body.get("stream") is not True and not request.url.path.endswith(":streamGenerateContent"):
        raise refusal("it does not ask for a stream")
    model = body.get("model") or request.url.path.rpartition("/")[2].partition(":")[0]
    asked = transfer.permit.call.purpose.route.model
    if not f"/{asked}".endswith(f"/{model}"):
        raise refusal(f"it asks for {model}, reserved is {asked}")
    ceilings = dialect.asked_ceilings(body)
    if not ceilings:
        raise refusal("it names no output ceiling")
    for ceiling in ceilings:
        if type(ceiling) is not int or not 0 < ceiling <= transfer.permit.max_output:
            raise refusal(f"it allows {ceiling!r} output tokens, reserved are {transfer.permit.max_output}")
    _check_content(transfer.permit, dialect, body)


def _check_content(permit: Permit, dialect: Dialect, body: Json) -> None:
    why = objection(dialect.name, body, an_hour=permit.cache_an_hour)
    if why is not None:
        raise refusal(why)
    if (size := text_in(body)) > permit.max_text:
        raise refusal(f"it holds {size:,} bytes of text, reserved are {permit.max_text:,}")


def _body(request: httpx.Request) -> Json:
    try:
        body: Any = json.loads(request.read())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refusal("its body is no JSON object")
    return body


def _onward(transfer: Transfer, request: httpx.Request) -> httpx.Request:
    """The request that really leaves. Only this copy holds the key: litellm's own is in its exceptions."""
    headers = httpx.Headers(request.headers)
    for name in KEY_HEADERS:
        if transfer.token in headers.get(name, ""):
            headers[name] = headers[name].replace(transfer.token, transfer.endpoint.key)
            if not transfer.endpoint.key:
                del headers[name]
    headers["accept-encoding"] = "identity"
    extensions = {"timeout": transfer.timeout.as_dict(), "trace": transfer.watch}
    return httpx.Request(
        request.method, request.url, headers=headers, content=request.content, extensions=extensions
    )


def _passed_on(transfer: Transfer, answer: httpx.Response, dialect: Dialect) -> httpx.Response:
    """The answer as litellm sees it: decoded, tapped, and an error's body without the key."""
    headers = [
        (name, value)
        for name, value in answer.headers.multi_items()
        if name not in ("content-encoding", "content-length", "transfer-encoding")
    ]
    transfer.tap = Tap(dialect)
    body = transfer.read(answer, transfer.tap)
    if answer.is_success:
        return httpx.Response(answer.status_code, headers=headers, stream=_Stream(body))
    key = transfer.endpoint.key.encode()
    text = _head(body)
    transfer.error_body = text.replace(key, b"[redacted]") if key else text
    return httpx.Response(answer.status_code, headers=headers, content=transfer.error_body)


def _head(body: Iterator[bytes]) -> bytes:
    """The first bytes of an error's body; what cannot be read is left out."""
    read = bytearray()
    try:
        for chunk in body:
            read += chunk
            if len(read) > MOST_ERROR_BYTES:
                break
    except httpx.HTTPError:
        pass  # the status stands, and what came so far
    return bytes(read[:MOST_ERROR_BYTES])


class _Stream(httpx.SyncByteStream):
    """A body that outlives the client's interest in it: closing it is the transfer's business."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks
