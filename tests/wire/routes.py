"""The routes that are proved, and one call on one of them."""

from dataclasses import dataclass

from tests.llm.permits import permit
from tests.wire.loopback import Loopback
from tokenroi_cli.domain.call import Permit
from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.message import Message, Request, Role, StreamItem, Text, ToolSchema
from tokenroi_cli.llm.provider import LiteLLM

KEY = "sk-the-real-one-0123456789"
PATH_SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
READ = ToolSchema("read", "Reads a file.", PATH_SCHEMA)
HELLO = (Message(Role.USER, (Text("hello"),)),)


@dataclass(frozen=True)
class Route:
    """A model id, and what its requests look like on the wire."""

    model: str
    base: str
    path: str
    ceiling: tuple[str, ...]
    """Place of the output ceiling in the body."""
    effort: str | None = None

    @property
    def wire_model(self) -> str:
        return self.model.partition("/")[2]

    def request(self, **change: object) -> Request:
        default: dict[str, object] = {"system": "be terse", "tools": (READ,), "messages": HELLO}
        return Request(**{"model": self.model, "max_tokens": 777, "effort": self.effort, **default, **change})  # type: ignore[arg-type]

    def provider(self, server: Loopback, **patience: float) -> LiteLLM:
        return self.at(server.url, **patience)

    def at(self, url: str, **patience: float) -> LiteLLM:
        endpoint = Endpoint(self.model.partition("/")[0], url + self.base, KEY)
        return LiteLLM(lambda model: endpoint, **patience)

    def call(self, server: Loopback, leave: Permit | None = None, **change: object) -> list[StreamItem]:
        leave = leave or self.permit()
        return list(self.provider(server).stream(self.request(**change), leave))

    def permit(self, **more: object) -> Permit:
        return permit(self.model, max_output=777, **more)  # type: ignore[arg-type]


ANTHROPIC = Route("anthropic/claude-sonnet-5-5", "", "/v1/messages", ("max_tokens",))
OPENAI = Route("openai/gpt-4o", "/v1", "/v1/chat/completions", ("max_tokens",))
GPT5 = Route("openai/gpt-5.5", "/v1", "/v1/chat/completions", ("max_completion_tokens",))
RESPONSES = Route("openai/gpt-5.5", "/v1", "/v1/responses", ("max_output_tokens",), "low")
COMPATIBLE = Route("openai/my-own-model", "/v1", "/v1/chat/completions", ("max_tokens",))
VLLM = Route("hosted_vllm/qwen", "/v1", "/v1/chat/completions", ("max_tokens",))
OPENROUTER = Route("openrouter/anthropic/claude-x", "/v1", "/v1/chat/completions", ("max_tokens",))
DEEPSEEK = Route("deepseek/deepseek-chat", "/v1", "/v1/chat/completions", ("max_tokens",))
OLLAMA = Route("ollama/qwen3", "", "/v1/chat/completions", ("max_tokens",))
GEMINI = Route(
    "gemini/gemini-2.5-pro",
    "/v1beta",
    "/v1beta/models/gemini-2.5-pro:streamGenerateContent",
    ("generationConfig", "max_output_tokens"),
)

ROUTES = {
    "anthropic": ANTHROPIC,
    "openai": OPENAI,
    "gpt5": GPT5,
    "responses": RESPONSES,
    "compatible": COMPATIBLE,
    "vllm": VLLM,
    "openrouter": OPENROUTER,
    "deepseek": DEEPSEEK,
    "ollama": OLLAMA,
    "gemini": GEMINI,
}
EXCLUSIVE = ("anthropic",)
"""Routes whose input tokens do not contain the cached ones."""
