"""`tokenroi doctor`: what a run stands on, checked one by one, without a call and without a network."""

import platform
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from shlex import quote

from tokenroi_cli.app.run import DEFAULT_CAP
from tokenroi_cli.app.say import SESSION_CAP
from tokenroi_cli.app.workplace import find_root, now, open_journals, open_ledger
from tokenroi_cli.domain.config import Config
from tokenroi_cli.domain.errors import NotConfigured, TokenroiError
from tokenroi_cli.domain.money import decimal_usd
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.llm.routes import PROVED
from tokenroi_cli.llm.tokens import count
from tokenroi_cli.money.prices import PriceTable, age_in_days
from tokenroi_cli.policy.routing import nearest
from tokenroi_cli.store.config import load
from tokenroi_cli.store.keys import endpoint, enforces_ceiling
from tokenroi_cli.store.paths import Home, locate
from tokenroi_cli.store.templates import template

COMPROMISED = {"litellm": ("1.82.7", "1.82.8")}
"""Releases that carried malware (OSV MAL-2026-2144)."""
BROKEN = {"litellm": ("1.106.",)}
"""Release lines in which tool calls fail on a base install."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`."""

    name: str
    ok: bool
    text: str


def doctor(environ: Mapping[str, str], start: Path) -> tuple[Check, ...]:
    """All checks; one that fails does not stop the others."""
    checks = [
        _checked("python", _python),
        _checked("git", partial(_git, start, environ)),
        *(_checked(name, partial(_release, name)) for name in ("litellm",)),
        _checked("templates", lambda: f"{len(template('prompts/system.md'))} characters of system prompt"),
        _checked("tokenizer", _tokenizer),
    ]
    try:
        home = locate(environ)
        config = load(home, environ)
    except TokenroiError as error:
        return (*checks, Check("config", False, f"{error.what}. {error.hint}"))
    found = str(home.config) if home.config.exists() else f"none at {home.config}: defaults"
    checks.append(Check("config", True, found))
    checks += _state(home)
    checks.append(_checked("journal", partial(_journal, home, start, environ)))
    checks += _models(config, environ)
    return tuple(checks)


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except TokenroiError as error:
        return Check(name, False, f"{error.what}. {error.hint}".rstrip(". "))


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"


def _git(start: Path, environ: Mapping[str, str]) -> str:
    program = shutil.which("git")
    if program is None:
        raise NotConfigured("git is not installed", "files and specs work without it; --commit does not")
    root, git = find_root(start, environ)
    return f"{program}; {root} is {'a work tree' if git else 'not in a work tree'}"


def _release(name: str) -> str:
    version = metadata.version(name)
    if version in COMPROMISED.get(name, ()):
        raise NotConfigured(f"{name} {version} carried malware", "remove it, and replace every key it saw")
    if version.startswith(BROKEN.get(name, ())):
        raise NotConfigured(
            f"{name} {version}: tool calls fail in this line", f"pip install '{name}==1.105.3'"
        )
    return version


def _journal(home: Home, start: Path, environ: Mapping[str, str]) -> str:
    """What is kept for undo here. A Run that was cut off is named, not resolved: this looks only."""
    journals = open_journals(home.state, find_root(start, environ)[0], environ)
    if journals.interrupted():
        raise NotConfigured(
            "a run was cut off here", "the next run puts its files right, or `tokenroi undo --list`"
        )
    return f"{len(journals.logs())} runs can be undone here; they take {journals.size() / 1e6:.1f} MB"


def _tokenizer() -> str:
    if not count("a").exact:
        raise NotConfigured(
            "no offline tokenizer", "token counts on screen are estimates; caps never use them"
        )
    return "o200k_base, offline"


def _state(home: Home) -> Iterator[Check]:
    state = _checked("state", lambda: str(home.ensure_state()))
    yield state
    if not state.ok:
        return
    mode = stat.S_IMODE(home.state.stat().st_mode)
    yield Check("state is private", not mode & 0o077, f"mode {mode:04o}")
    yield _checked("ledger", partial(_ledger, home))


def _ledger(home: Home) -> str:
    ledger = open_ledger(home)
    try:
        if ledger.shared_filesystem is not None:
            raise NotConfigured(
                f"the ledger is on {ledger.shared_filesystem}: hard caps are refused there",
                "set TOKENROI_HOME to a local disk",
            )
        for part, _, why in ledger.scopes_frozen():
            raise NotConfigured(f"{part} is FROZEN: {why}", f"`tokenroi budget thaw {quote(str(part))}`")
        return f"{ledger.count()} calls booked"
    finally:
        ledger.close()


def _models(config: Config, environ: Mapping[str, str]) -> Iterator[Check]:
    if config.script:
        yield Check("SCRIPTED", True, f"replies come from {config.script}; no model is called")
    if not config.tiers:
        hint = "export ANTHROPIC_API_KEY or OPENAI_API_KEY, or try `tokenroi demo`"
        yield Check("models", False, f"no key found and no tier configured: {hint}")
    prices = PriceTable(config.prices)
    yield _prices(prices)
    for tier in reversed(Tier):
        if config.tiers:
            yield _checked(f"tier {tier}", partial(_tier, tier, config, environ, prices))
    if not config.script:
        yield Check(
            "routes", True, f"proved on a server of our own, never at a provider: {', '.join(PROVED)}"
        )
    yield Check("caps", True, _caps(config))


def _prices(prices: PriceTable) -> Check:
    today = now().date()
    try:
        table, stale = prices.table, prices.stale(today)
    except NotConfigured as error:
        return Check("prices", False, f"{error.what}. {error.hint}")
    age = age_in_days(table.as_of, today)
    old = "; old: compare with the provider's list, or update litellm" if stale else ""
    when = "of unknown age" if age is None else f"of {table.as_of}, {age} days old"
    return Check("prices", not stale, f"{table.source} {when}{old}")


def _tier(tier: Tier, config: Config, environ: Mapping[str, str], prices: PriceTable) -> str:
    if tier in config.tiers:
        tools = "" if config.tiers[tier].tools else ", without tools"
        return _model(config.tiers[tier].model, config, environ, prices) + tools
    return f"no model of its own: {nearest(tier, config)} does its work"


def _model(model: str, config: Config, environ: Mapping[str, str], prices: PriceTable) -> str:
    price = prices.price(model)
    if config.script:
        return f"{model}, priced"
    where = endpoint(model, config, environ)
    cap = "hard" if price.free or enforces_ceiling(model, config, environ) else "soft"
    key = "key found" if where.key else "no key needed"
    route = "" if where.provider in PROVED else ", a route that no test of ours proves"
    return f"{model} at {where.api_base or 'its own address'}, {key}, priced, cap {cap}{route}"


def _caps(config: Config) -> str:
    """What holds where the command line says nothing."""
    session = config.budget.caps.get("session", SESSION_CAP)
    run = config.budget.caps.get("run", DEFAULT_CAP)
    said = [f"${decimal_usd(run)} for each -p, plan and exec", f"${decimal_usd(session)} for a REPL"]
    said += [
        f"${decimal_usd(cap)} for each {kind}"
        for kind, cap in config.budget.caps.items()
        if kind not in ("run", "session")
    ]
    said += [f"${decimal_usd(cap)} for {part}" for part, cap in config.budget.scopes.items()]
    return f"{config.budget.mode}: {', '.join(said)}"
