"""Where the calls of a model go and with which key. A key goes to no host that its owner did not name."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from tokenroi_cli.domain.config import Config, Endpoint, PriceSettings, ProviderSettings
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.providers import ProviderFacts, facts, provider_of
from tokenroi_cli.store.schema import dotted
from tokenroi_cli.store.values import url

SHORTEST_SECRET = 8
"""Characters; redacting shorter values would tear ordinary text."""


def endpoint(model: str, config: Config, environ: Mapping[str, str]) -> Endpoint:
    """The address and the key for a model.

    Address: the user's config, the process environment, the provider's own. Key: the variable that the
    config names, else the provider's. Raises NotConfigured for an unknown model or a missing or broken key.
    """
    known, said = _provider(model, config)
    name, key = _key(model, known, config, environ)
    return Endpoint(known.name, _base(known, said, environ), key, name)


def enforces_ceiling(model: str, config: Config, environ: Mapping[str, str]) -> bool:
    """Whether the output ceiling of a call can be relied on, so that a cap on it is hard.

    By the user's own word, either way; otherwise only for providers known for it, at their own address.
    """
    known, said = _provider(model, config)
    if dotted(("providers", known.name, "enforces_max_tokens")) in config.origins:
        return said.enforces_max_tokens
    return known.enforces_max_tokens and _same_host(_base(known, said, environ), known.api_base)


def provider_name(model: str, config: Config) -> str:
    """The litellm provider of a model. Raises NotConfigured for an unknown one."""
    return _provider(model, config)[0].name


def known_secrets(config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every key value in the environment that tokenroi could use: what must never be printed or stored."""
    names = [name for provider in facts().values() for name in provider.key_env]
    names += [said.api_key_env for said in config.providers.values() if said.api_key_env]
    values = (environ.get(name, "").strip() for name in names)
    return tuple(dict.fromkeys(value for value in values if len(value) >= SHORTEST_SECRET))


def _provider(model: str, config: Config) -> tuple[ProviderFacts, ProviderSettings]:
    name = provider_of(model, (*facts(), *config.providers))
    return facts().get(name, ProviderFacts(name)), config.providers.get(name, ProviderSettings())


def _base(known: ProviderFacts, said: ProviderSettings, environ: Mapping[str, str]) -> str | None:
    if said.api_base:
        return said.api_base
    name = next((name for name in known.base_env if environ.get(name)), None)
    if name is None:
        return known.api_base
    try:
        return url(environ[name])
    except ValueError as error:
        raise NotConfigured(
            f"{name} is not an address such as https://host/v1", f"correct or unset {name}"
        ) from error


def _key(model: str, known: ProviderFacts, config: Config, environ: Mapping[str, str]) -> tuple[str, str]:
    """(variable, key); both empty where no key is needed."""
    said = config.providers.get(known.name, ProviderSettings())
    names = (said.api_key_env,) if said.api_key_env else known.key_env
    for name in names:
        if value := environ.get(name, "").strip():
            return name, _sound(name, value)
    if not names or config.prices.get(model, PriceSettings()).free:
        return "", ""
    raise NotConfigured(
        f"no key for {model}: {' or '.join(names)} is not set",
        f'export {names[0]}=...; a local model that needs none: free = true under [prices."{model}"]',
        reason="no_key",
    )


def _sound(name: str, value: str) -> str:
    """The key itself, which is never shown: only what is wrong with it."""
    if not all("!" <= character <= "~" for character in value):
        raise NotConfigured(
            f"{name} holds a blank, a line break or another character that no key has",
            f"export {name} again, the key alone",
            reason="bad_key",
        )
    return value


def _same_host(base: str | None, own: str | None) -> bool:
    if base == own:
        return True
    if base is None or own is None:
        return False
    here, there = urlsplit(base), urlsplit(own)
    return (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
