"""The user's settings as values. `store.config` reads them; every value knows where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.scope import BudgetMode, ScopePart
from tokenroi_cli.domain.tier import TaskKind, Tier, TierModel


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """`[providers.NAME]` of the user's config over what `templates/tiers.toml` knows of the provider."""

    api_base: str | None = None
    """None: the provider's own."""
    api_key_env: str | None = None
    enforces_max_tokens: bool = False
    """True when the output ceiling can be relied on: then a cap on this provider is hard."""
    allow_soft: bool = False
    """The user was asked, and lets it run under a hard cap all the same: that cap is soft."""


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """`[prices."MODEL"]`, USD per million tokens. None: not said."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    per_request: Decimal | None = None
    """USD per request."""
    context: int | None = None
    max_output: int | None = None
    free: bool = False
    alias: str | None = None
    """The model of the table that it is another name of."""

    @property
    def says_a_price(self) -> bool:
        """Whether any number here is money; `context`, `max_output` and `alias` are none."""
        rates = (self.input, self.output, self.cache_read, self.cache_write, self.cache_write_1h)
        return any(value is not None for value in (*rates, self.per_request))


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """Caps per scope kind (`session`, `day`, `month`, `project`, ...); a kind left out has no cap."""

    caps: Mapping[str, Money] = field(default_factory=dict)
    mode: BudgetMode = BudgetMode.HARD
    fail_cost: Money | None = None
    """What a failed result costs the user; decides when cheap-first pays."""
    scopes: Mapping[ScopePart, Money] = field(default_factory=dict)
    """Caps on single elements, such as `feature/login`; they hold beside those of their kind."""
    alert_command: str | None = None
    """Run by the shell when a budget is at 50, 80 or 100 %."""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """Per Run; waiting for the user does not count."""

    steps: int = 100
    minutes: int = 30


@dataclass(frozen=True, slots=True)
class CommandSettings:
    timeout_s: int = 120


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the user can set, with defaults filled in."""

    tiers: Mapping[Tier, TierModel]
    """Empty when no key was found and none was configured."""
    routes: Mapping[TaskKind, str] = field(default_factory=dict)
    """Task kind -> tier name or model id."""
    budget: BudgetSettings = BudgetSettings()
    limits: LimitSettings = LimitSettings()
    commands: CommandSettings = CommandSettings()
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    prices: Mapping[str, PriceSettings] = field(default_factory=dict)
    quality: str = "balanced"
    """`first`: premium throughout, still capped and booked."""
    script: str | None = None
    """Path of a file of scripted replies: no provider is called, and every screen says so."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Dotted key -> where its value came from, for `config show --origin`."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the calls of a model go, and with which key."""

    provider: str
    """The litellm provider name: the part of the model id before the slash."""
    api_base: str | None
    """None only where litellm alone knows it."""
    key: str = field(repr=False)
    key_env: str = field(default="", compare=False)
    """The variable that held the key: what a person has to mend when it is refused."""
