"""The composition root: everything a verb works with is built here and nowhere else."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from tokenroi_cli.app.alerts import BudgetAlerts
from tokenroi_cli.app.soft import SoftProviders
from tokenroi_cli.domain.call import Call, CallEvent
from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured, ProviderError, TokenroiError, Unpriced
from tokenroi_cli.domain.events import Alert, CallBooked, Frontend
from tokenroi_cli.domain.gateway import ModelGateway
from tokenroi_cli.domain.message import Provider
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.scope import BudgetMode, ScopePart
from tokenroi_cli.domain.tier import Route, TaskKind, Tier
from tokenroi_cli.llm.provider import LiteLLM
from tokenroi_cli.llm.scripted import Scripted
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.money.endings import OVERRUN
from tokenroi_cli.money.gateway import Gateway, Listeners, Terms
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.money.owner import is_alive
from tokenroi_cli.money.prices import PriceTable
from tokenroi_cli.money.retrying import Retrying
from tokenroi_cli.policy.reprice import reprice
from tokenroi_cli.policy.routing import route
from tokenroi_cli.store.config import load
from tokenroi_cli.store.keys import endpoint, enforces_ceiling, known_secrets
from tokenroi_cli.store.paths import Home, locate
from tokenroi_cli.store.redact import redact
from tokenroi_cli.store.sessions import SessionStore, project_key
from tokenroi_cli.workspace.files import Tree
from tokenroi_cli.workspace.git import Git
from tokenroi_cli.workspace.journal import Journals
from tokenroi_cli.workspace.paths import shown
from tokenroi_cli.workspace.pruning import prune
from tokenroi_cli.workspace.recovery import Recovered, recover


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workplace:
    """One work tree, one user's settings, one ledger, one front-end."""

    root: Path
    environ: Mapping[str, str] = field(repr=False)
    home: Home
    config: Config
    ledger: Ledger
    prices: PriceTable
    git: Git | None
    tree: Tree
    journals: Journals
    sessions: SessionStore
    frontend: Frontend
    gateway: ModelGateway
    """Charges the month, the day and this project."""
    parent: str | None = None
    """The session on whose behalf Runs are started here; None: on the user's own."""
    stopping: Flag = field(default_factory=Flag)
    """Set while the user wants the Run in progress to end."""
    told: dict[str, str] = field(default_factory=dict)
    """What was said already and need not be said again: subject -> words."""

    def route(self, task: TaskKind, tier: Tier | None = None, model: str | None = None) -> Route:
        """Who does a task: the first model of the tier that has a key and a price.

        Raises NotConfigured or Unpriced before anything is spent.
        """
        chosen = route(task, self.config, tier, model)
        tier_model = self.config.tiers.get(chosen.tier) if chosen.tier and model is None else None
        fallbacks = tier_model.fallback if tier_model else ()
        first_failure: NotConfigured | Unpriced | None = None
        for candidate in (chosen.model, *fallbacks):
            try:
                self._check(candidate)
            except (NotConfigured, Unpriced) as failure:
                first_failure = first_failure or failure
                continue
            if candidate == chosen.model:
                return chosen
            return replace(chosen, model=candidate, reason=f"{chosen.model}: {first_failure}; fallback")
        assert first_failure is not None
        raise first_failure

    def _check(self, model: str) -> None:
        if not self.config.script:
            endpoint(model, self.config, self.environ)
        self.prices.price(model)

    def caps_hard(self, model: str) -> bool:
        """Whether a cap on this model can be promised, and not only aimed at."""
        if self.config.budget.mode is BudgetMode.SOFT:
            return False
        played = bool(self.config.script) or self.prices.price(model).free
        return played or enforces_ceiling(model, self.config, self.environ)

    def on_behalf_of(self, session: str, cap: Money | None) -> "Workplace":
        """This workplace for what a session starts: it is charged to that session, too, under its cap."""
        return replace(self, gateway=self.gateway.within(ScopePart("session", session), cap), parent=session)

    def redact(self, text: str) -> str:
        """`text` without the keys that this process could use."""
        return redact(text, known_secrets(self.config, self.environ))

    def premium_price(self) -> Price | None:
        """What the premium tier costs; None when it is not configured or has no price."""
        return premium_price(self.config, self.prices)

    def warm_up(self) -> None:
        """Starts to import what the first call needs, 3-5 s, and returns at once; a script needs nothing.

        It never keeps the process alive, and a failure waits for the first call, which can say it.
        """
        if not self.config.script:
            Thread(target=_import_provider, daemon=True).start()

    def stop(self) -> None:
        """From any thread: ends the Run in progress; what its calls cost is booked."""
        self.stopping.set()
        self.gateway.cancel()

    def close(self) -> None:
        self.ledger.close()
        prune(self.journals)


def _import_provider() -> None:
    from tokenroi_cli.llm.litellm_door import open_door

    with suppress(Exception):  # whatever it is, even that the process ends meanwhile: the first call meets it
        open_door()


def find_root(start: Path, environ: Mapping[str, str]) -> tuple[Path, Git | None]:
    """The work tree that a folder belongs to; the folder itself outside git."""
    git = Git.find(start, environ)
    return (git.root, git) if git else (start.resolve(), None)


def open_ledger(home: Home) -> Ledger:
    """The user's ledger; what dead processes left in flight is ended first."""
    ledger = Ledger(home.ensure_state() / "ledger.db", clock=now)
    ledger.recover(is_alive)
    return ledger


def open_workplace(start: Path, frontend: Frontend, environ: Mapping[str, str]) -> Workplace:
    """Builds a workplace for the folder `start`. Reads the user's config; makes the state folder."""
    home = locate(environ)
    config = load(home, environ)
    state = home.ensure_state()
    root, git = find_root(start, environ)
    ledger = open_ledger(home)
    prices = PriceTable(config.prices)
    gateway = Gateway(
        ledger=ledger,
        prices=prices,
        provider=_provider(config, environ),
        terms=Terms(
            config,
            enforces_ceiling=lambda model: bool(config.script) or enforces_ceiling(model, config, environ),
            allow_soft=SoftProviders(config, home.config, frontend).allowed,
            counts_input=lambda _model: not config.script,
        ),
        clock=now,
        ids=lambda: secrets.token_hex(8),
        listeners=Listeners(
            booked=lambda call, event: _tell(frontend, _booked(config, prices, call, event)),
            alert=BudgetAlerts(frontend, config.budget.alert_command, root, environ).tell,
            waiting=lambda room: frontend.emit(_waiting(room)),
        ),
    )
    project = gateway.within(ScopePart("project", str(root)))
    return Workplace(
        root=root,
        environ=environ,
        home=home,
        config=config,
        ledger=ledger,
        prices=prices,
        git=git,
        tree=Tree(root, git),
        journals=recovered(open_journals(state, root, environ), frontend),
        sessions=SessionStore(state, root, clock=now),
        frontend=frontend,
        gateway=Retrying(project, on_retry=lambda failure, pause: frontend.emit(_retrying(failure, pause))),
    )


def open_journals(state: Path, root: Path, environ: Mapping[str, str]) -> Journals:
    """The journals of the work tree `root`."""
    home = environ.get("HOME")
    return Journals(state / "journal" / project_key(root), root, Path(home) if home else None, state)


def recovered(journals: Journals, frontend: Frontend) -> Journals:
    """The journals, after what dead processes left half done is resolved."""
    try:
        for one in recover(journals):
            frontend.emit(_cut_off(one))
    except (OSError, TokenroiError) as error:
        what = error.what if isinstance(error, TokenroiError) else str(error)
        frontend.emit(Alert("not_recovered", f"what an earlier run left half done stays so: {what}"))
    return journals


def _cut_off(one: Recovered) -> Alert:
    said = [f"an earlier run was cut off ({one.about.title or one.about.kind.value})"]
    if one.restored:
        said.append(f"put back: {', '.join(map(shown, one.restored))}")
    said += [f"left as it is: {left.spoken()}" for left in one.left]
    return Alert("recovered", "; ".join(said))


def _provider(config: Config, environ: Mapping[str, str]) -> Provider:
    if config.script:
        return Scripted(Path(config.script))
    return LiteLLM(lambda model: endpoint(model, config, environ))


def _tell(frontend: Frontend, booked: CallBooked) -> None:
    frontend.emit(booked)
    if booked.event.note == OVERRUN:
        scope, model = booked.call.scope, booked.call.purpose.route.model
        held = next((part for part in scope if part.kind == "project"), scope[-1])
        frontend.emit(
            Alert(
                "overrun",
                f"{model} cost ${decimal_usd(booked.event.amount)}, more than the most that it could: its "
                f"provider broke its ceiling, or its price changed; {held.spoken} is frozen",
            )
        )


def _waiting(room: Room) -> Alert:
    held = decimal_usd(room.totals.in_flight)
    return Alert("waiting", f"{room.budget.part.spoken}: waiting for ${held} that other calls have reserved")


def _retrying(failure: ProviderError, pause: float) -> Alert:
    return Alert("retry", f"{failure.what}; trying again in {pause:.0f} s")


def _booked(config: Config, prices: PriceTable, call: Call, event: CallEvent) -> CallBooked:
    """The event of a call that ended, with the same tokens at the premium tier's price."""
    return CallBooked(call, event, _on_premium(config, prices, event))


def _on_premium(config: Config, prices: PriceTable, event: CallEvent) -> Money | None:
    price = premium_price(config, prices)
    return None if price is None or event.told is None else reprice(event.told, price)


def premium_price(config: Config, prices: PriceTable) -> Price | None:
    """What the premium tier costs; None when it is not configured or has no price."""
    premium = config.tiers.get(Tier.PREMIUM)
    try:
        return prices.price(premium.model) if premium else None
    except Unpriced:
        return None


def environment() -> Mapping[str, str]:
    """The environment of this process, read once, at the edge."""
    return dict(os.environ)
