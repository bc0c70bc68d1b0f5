"""A provider that enforces no ceiling, under a hard cap: asked about once, by the user's word alone."""

from pathlib import Path

from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.domain.events import Alert, Answer, Frontend, Question, QuestionKind
from tokenroi_cli.store.config_edit import set_value
from tokenroi_cli.store.keys import provider_name


class SoftProviders:
    """The providers that may run although a hard cap on them is soft."""

    def __init__(self, config: Config, file: Path, frontend: Frontend) -> None:
        """`file`: the user's config, in which a yes is remembered."""
        self._config = config
        self._file = file
        self._frontend = frontend
        self._allowed = {name for name, said in config.providers.items() if said.allow_soft}

    def allowed(self, model: str) -> bool:
        """Asks the first time; with nobody to ask the answer is no, and is not remembered."""
        provider = provider_name(model, self._config)
        if provider not in self._allowed and self._ask(model, provider):
            self._allowed.add(provider)
            self._remember(provider)
        return provider in self._allowed

    def _ask(self, model: str, provider: str) -> bool:
        text = f"{model}: {provider} is not known to enforce an output ceiling: the cap is soft. Go on?"
        detail = (f"a yes is remembered in {self._file}: [providers.{provider}] allow_soft = true",)
        return self._frontend.ask(Question(QuestionKind.SOFT_PROVIDER, text, detail)) is Answer.YES

    def _remember(self, provider: str) -> None:
        try:
            set_value(self._file, ("providers", provider, "allow_soft"), True)
        except NotConfigured as error:
            self._frontend.emit(Alert("config", f"the answer could not be remembered: {error.what}"))
