"""A provider on this machine that speaks the real protocols and does what it is told, faults included.

    with Loopback([Says("hello", usage=Tokens(fresh=10)), Fails(429)]) as server:
        ... server.url, server.requests

A reply may also be a function of the request's body, and so may the whole list.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.wire.speech import SPEECHES, Json, Said, Says, Tokens, Tool

__all__ = ["Cuts", "Fails", "Hangs", "Loopback", "Raw", "Reply", "Says", "Seen", "Tokens", "Tool"]


@dataclass(frozen=True)
class Fails:
    """An HTTP error in the provider's own words."""

    status: int
    message: str = "no"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = "some_error"


@dataclass(frozen=True)
class Cuts:
    """An answer that breaks off before its finish reason."""

    says: Says
    how: str = "reset"
    """`reset`: the connection breaks. `clean`: the body ends as if all were well. `done`: with [DONE]."""


@dataclass(frozen=True)
class Hangs:
    """An answer that stops in the middle and keeps the line open, until the client goes."""

    says: Says


@dataclass(frozen=True)
class Raw:
    """Bytes that are no provider's."""

    body: bytes
    status: int = 200
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)


Fixed = Says | Fails | Cuts | Hangs | Raw
Reply = Fixed | Callable[[Json], Fixed]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. Header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Json


class Loopback:
    """Gives its replies in order. Asked for more, it answers 400 and says so."""

    def __init__(self, replies: Sequence[Reply] | Callable[[Json], Fixed]) -> None:
        self.requests: list[Seen] = []
        self.hanging = threading.Event()
        """Set once a Hangs has said what it says."""
        self.left = threading.Event()
        """Set once the client of a Hangs has gone."""
        self._always = replies if callable(replies) else None
        self._replies = [] if callable(replies) else list(replies)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Exchange)
        self._server.loopback = self

    @property
    def url(self) -> str:
        """The origin; OpenAI-like routes want `/v1` behind it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, seen: Seen) -> Fixed:
        with self._lock:
            self.requests.append(seen)
            reply = self._always or (self._replies.pop(0) if self._replies else None)
        if reply is None:
            return Fails(400, f"loopback has no reply left for request {len(self.requests)}")
        return reply(seen.body) if callable(reply) else reply

    def __enter__(self) -> Self:
        serve = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        serve.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    loopback: Loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what half of the tests are about."""


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._take({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._take(json.loads(body))

    def _take(self, body: Json) -> None:
        path = urlsplit(self.path).path
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.loopback.answer(Seen(path, headers, body))
        speech = next((speech for suffix, speech in SPEECHES.items() if path.endswith(suffix)), None)
        model = str(body.get("model") or path.rpartition("/")[2].partition(":")[0])
        if isinstance(reply, Raw):
            self._send(reply.status, reply.content_type, reply.body, reply.headers)
        elif isinstance(reply, Fails):
            error = {"type": reply.code, "code": reply.code, "message": reply.message}
            text = json.dumps({"type": "error", "error": error}).encode()
            self._send(reply.status, "application/json", text, reply.headers)
        elif speech is None:
            self._send(404, "application/json", b'{"error": {"message": "no such path"}}', {})
        else:
            says = reply if isinstance(reply, Says) else reply.says
            self._stream(speech(says, says.model or model), reply)

    def _send(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        length = {"Content-Type": content_type, "Content-Length": str(len(body))}
        for name, value in {**length, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, said: Said, reply: Says | Cuts | Hangs) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body, tail = said
        self._events(body)
        if isinstance(reply, Hangs):
            self._hang()
        elif isinstance(reply, Cuts) and reply.how == "reset":
            self._reset()
        else:
            self._events(tail if isinstance(reply, Says) else [])
            if self.path.endswith("/chat/completions") and getattr(reply, "how", "done") == "done":
                self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")

    def _events(self, events: list[Json]) -> None:
        for event in events:
            name = f"event: {event['type']}\n" if "type" in event else ""
            self._chunk(f"{name}data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _hang(self) -> None:
        self.server.loopback.hanging.set()
        try:
            gone = self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            gone = True
        if gone:
            self.server.loopback.left.set()
        self.close_connection = True

    def _reset(self) -> None:
        """Closes with a RST instead of a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
