"""One request on its way: what it may be, the connection it uses, and what became of it."""

import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tokenroi_cli.domain.call import Permit, Stage
from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.errors import ConnectionFailed, TokenroiError
from tokenroi_cli.llm.tap import Tap


def _token() -> str:
    return "tokenroi-permit-" + secrets.token_hex(16)


@dataclass(slots=True, eq=False)
class Transfer:
    """A permit on the wire. `token` travels as the API key; the guard alone puts the real one there."""

    permit: Permit
    endpoint: Endpoint
    timeout: httpx.Timeout
    token: str = field(default_factory=_token, repr=False)
    stopped: TokenroiError | None = None
    """Why we did not let it out; then nothing was sent."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the answer."""
    error_body: bytes = b""
    """What came with a status that is no success, without the key."""
    failure: str = ""
    """What the network said when it broke."""
    tap: Tap | None = None
    _transport: httpx.HTTPTransport | None = field(default=None, repr=False)
    _socket: socket.socket | None = field(default=None, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Re-entrant: a signal handler may cancel while its own thread holds it."""

    def redacted(self, text: str) -> str:
        """`text` without the key and without the permit's token."""
        for secret in (self.endpoint.key, self.token):
            text = text.replace(secret, "[redacted]") if secret else text
        return text

    def send(self, transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        """Hands the request to a connection of its own. The answer's body is not read yet."""
        self._transport = transport
        try:
            return transport.handle_request(request)
        except httpx.HTTPError as error:
            self.failure = self.redacted(f"{type(error).__name__}: {error}")
            raise

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Told by httpcore how far the connection is: which socket it uses, and when bytes begin to leave."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
        elif event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            if self.permit.cancelled:
                self.stopped = ConnectionFailed("cancelled before anything was written", reason="cancelled")
                raise self.stopped
            self.permit.stage = Stage.WRITING

    def read(self, answer: httpx.Response, tap: Tap) -> Iterator[bytes]:
        """The body as it comes, read by the tap on its way."""
        try:
            for chunk in answer.iter_bytes():
                tap.feed(chunk)
                if tap.ended:
                    self.permit.stage = Stage.DONE
                yield chunk
        except httpx.HTTPError as error:
            self.failure = self.redacted(f"{type(error).__name__}: {error}")
            raise
        tap.end()
        if not self.permit.cancelled:
            self.permit.stage = Stage.DONE

    def cut(self) -> None:
        """From any thread: the blocked reader wakes at once, and the provider sees the connection go."""
        with self._lock:
            if self._socket is not None:
                with suppress(OSError):  # it may be closed already
                    # The plain method: SSLSocket.shutdown would drop the TLS state under the reader.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the connection, whatever state it is in."""
        with self._lock:
            self._socket = None
        if self._transport is not None:
            self._transport.close()
