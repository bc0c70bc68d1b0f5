"""A provider without a model: replies come from a file, in order, and it is loud when they run out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock

from tokenroi_cli.domain.call import Permit, Purpose, Stage
from tokenroi_cli.domain.errors import ConnectionFailed, ScriptExhausted, StreamCut
from tokenroi_cli.domain.message import (
    Block,
    FinishReason,
    Reply,
    Request,
    StreamItem,
    Text,
    TextDelta,
    Thinking,
    ToolCall,
)
from tokenroi_cli.domain.usage import Usage
from tokenroi_cli.llm.rejections import rejection
from tokenroi_cli.llm.script import ScriptedReply, read_script

DELTA = re.compile(r"\s*\S+\s*|\s+")
"""A word with the blanks around it."""
BYTES_PER_TOKEN = 4


class Scripted:
    """Implements `domain.message.Provider`. `requests` holds what it was asked, in order."""

    def __init__(self, source: Path) -> None:
        """Raises NotConfigured for a file that is no script."""
        self.requests: list[Request] = []
        self._source = source
        self._unused = list(read_script(source))
        self._lock = Lock()

    def stream(self, request: Request, permit: Permit) -> Iterator[StreamItem]:
        """Deltas, then one Reply. Raises PermitSpent, ScriptExhausted, or what the script says."""
        permit.take()
        cut = Event()
        permit.on_cancel(cut.set)
        reply = self._next(request, permit.call.purpose)
        permit.sent()
        if permit.cancelled:
            raise ConnectionFailed("cancelled before anything was sent", reason="cancelled")
        permit.stage = Stage.ANSWERED
        if reply.error is not None:
            error = reply.error
            what = f"scripted answered {error.status}: {error.message}"
            raise rejection(
                what, status=error.status, body=error.message, key_env="", retry_after=error.retry_after
            )
        usage = reply.usage or estimated(request, reply)
        for delta in DELTA.findall(reply.text):
            if cut.wait(reply.delay_s) if reply.delay_s else permit.cancelled:
                raise StreamCut("cancelled", reason="cancelled", usage=replace(usage, output=0))
            yield TextDelta(delta)
        if reply.finish is None:
            what = f"reply {reply.number} of {self._source} is cut"
            raise StreamCut(what, 'its script says finish = "none"', usage=replace(usage, output=0))
        permit.stage = Stage.DONE
        yield _ended(reply, reply.finish, usage, permit)

    def _next(self, request: Request, purpose: Purpose) -> ScriptedReply:
        with self._lock:
            self.requests.append(request)
            asked = len(self.requests)
            reply = next((reply for reply in self._unused if reply.fits(purpose)), None)
            if reply is None:
                raise ScriptExhausted(self._exhausted(asked, purpose), f"add a [[reply]] to {self._source}")
            self._unused.remove(reply)
            return reply

    def _exhausted(self, asked: int, purpose: Purpose) -> str:
        route = purpose.route
        what = f"the script has no reply left for request {asked}: task {route.task}, tier {route.tier}"
        rest = ", ".join(str(reply.number) for reply in self._unused)
        return f"{what}, model {route.model}" + (
            f"; unused are replies {rest}, bound to others" if rest else ""
        )


def _ended(reply: ScriptedReply, finish: FinishReason, usage: Usage, permit: Permit) -> Reply:
    """The whole answer; one that is longer than the ceiling is cut by it, as at a real provider."""
    said: tuple[Block, ...] = (Text(reply.text),) if reply.text else ()
    if usage.output > permit.max_output:
        usage = replace(usage, output=permit.max_output)
        return Reply(said, FinishReason.LENGTH, usage, permit.call.purpose.route.model)
    return Reply((*said, *reply.tools), finish, usage, permit.call.purpose.route.model)


def estimated(request: Request, reply: ScriptedReply) -> Usage:
    """Usage of a reply that names none: a token for every four bytes of UTF-8, all of the input fresh."""
    asked = [request.system, *(_words(block) for message in request.messages for block in message.blocks)]
    asked += [f"{tool.name}{tool.description}{tool.parameters}" for tool in request.tools]
    return Usage(fresh=_tokens(asked), output=_tokens([reply.text, *(_words(tool) for tool in reply.tools)]))


def _words(block: Block) -> str:
    match block:
        case ToolCall():
            return block.name + block.arguments
        case Thinking():
            return block.text + block.signature
        case _:
            return block.text


def _tokens(texts: list[str]) -> int:
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    return -(-size // BYTES_PER_TOKEN)
