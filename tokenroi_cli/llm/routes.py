"""Which routes of litellm the wire tests prove: one request, the ceiling on it, usage read as it was said."""

PROVED = ("anthropic", "openai", "gemini", "openrouter", "deepseek", "hosted_vllm", "ollama")
"""Providers, by litellm's name. All against a server of our own that speaks their protocols, on loopback: no
route was ever proved against a provider itself. OpenAI-compatible servers are `openai` with an `api_base`."""
