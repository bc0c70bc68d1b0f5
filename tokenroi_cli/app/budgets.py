"""`tokenroi budget`: what is capped and what is left; setting a cap; letting a frozen scope spend again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from tokenroi_cli.app.run import DEFAULT_CAP
from tokenroi_cli.app.say import SESSION_CAP
from tokenroi_cli.app.workplace import find_root, now, open_ledger
from tokenroi_cli.domain.config import BudgetSettings
from tokenroi_cli.domain.errors import TokenroiError, UsageError
from tokenroi_cli.domain.money import Money, decimal_usd
from tokenroi_cli.domain.scope import Budget, BudgetMode, Scope, ScopePart, Totals
from tokenroi_cli.money.budgets import Room, counted_at, windows
from tokenroi_cli.money.ledger import Ledger
from tokenroi_cli.store.config import element, load
from tokenroi_cli.store.config_edit import set_value
from tokenroi_cli.store.paths import locate
from tokenroi_cli.store.schema import SCOPE_KINDS, is_element

HERE = "project/."


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One scope element: its cap, if it has one, and what was charged to it."""

    part: ScopePart
    cap: Money | None
    totals: Totals
    frozen: str | None
    """Why it may not spend; None when it may."""

    @property
    def left(self) -> Money | None:
        """What a call may still cost; None without a cap."""
        return None if self.cap is None else Room(Budget(self.part, self.cap), self.totals).left


@dataclass(frozen=True, slots=True)
class Budgets:
    """Every cap of the user, and where the money stands."""

    mode: BudgetMode
    kinds: Mapping[str, Money]
    """Caps on each element of a kind: what the config says, else what holds without it."""
    rows: tuple[BudgetRow, ...]


def show(
    environ: Mapping[str, str], folder: Path, own: Mapping[ScopePart, Money | None] = MappingProxyType({})
) -> Budgets:
    """This month, this day, this project; every element that has a cap of its own; all that is frozen.

    `own`: what the caller is at work in, with the caps that only it knows.
    """
    home = locate(environ)
    settings = load(home, environ).budget
    ledger = open_ledger(home)
    try:
        root, _git = find_root(folder, environ)
        here = (*windows(counted_at(now(), ledger.latest())), ScopePart("project", str(root)))
        rows = tuple(_rows(ledger, settings, (*here, *own), own))
    finally:
        ledger.close()
    kinds = {"run": DEFAULT_CAP, "session": SESSION_CAP, **settings.caps}
    return Budgets(settings.mode, {kind: kinds[kind] for kind in SCOPE_KINDS if kind in kinds}, rows)


def set_cap(environ: Mapping[str, str], folder: Path, scope: str, cap: Money) -> tuple[str, Path]:
    """Writes a cap into the user's config; the key that was set, and the file.

    `scope` is a kind (`day`: each day) or one element (`feature/login`, `project/.`). Raises UsageError
    for another word, NotConfigured when the file cannot be written.
    """
    name = scope if scope in SCOPE_KINDS else str(_element(scope, folder, environ))
    file = locate(environ).config
    set_value(file, ("budget", name), Decimal(decimal_usd(cap)))
    return name, file


def thaw(environ: Mapping[str, str], folder: Path, scope: str) -> tuple[ScopePart, str]:
    """Lets a frozen element, and all that was frozen with it, spend again; the element, and the reason.

    Raises TokenroiError, exit 1, when it is not frozen.
    """
    part = _element(scope, folder, environ)
    ledger = open_ledger(locate(environ))
    try:
        why = ledger.thaw(part)
        frozen = [str(other) for other, _, _ in ledger.scopes_frozen()]
    finally:
        ledger.close()
    if why is None:
        raise TokenroiError(
            f"{part} is not frozen",
            f"frozen are: {', '.join(frozen)}" if frozen else "nothing is frozen",
            reason="not_frozen",
        )
    return part, why


def _rows(
    ledger: Ledger, settings: BudgetSettings, here: Scope, own: Mapping[ScopePart, Money | None]
) -> Iterator[BudgetRow]:
    frozen = {part: why for part, _, why in ledger.scopes_frozen()}
    for part in dict.fromkeys((*here, *settings.scopes, *frozen)):
        known = (settings.caps.get(part.kind), settings.scopes.get(part), own.get(part))
        caps = [cap for cap in known if cap is not None]
        yield BudgetRow(part, min(caps, default=None), ledger.totals(part), frozen.get(part))


def _element(scope: str, folder: Path, environ: Mapping[str, str]) -> ScopePart:
    if scope == HERE:
        return ScopePart("project", str(find_root(folder, environ)[0]))
    if not is_element(scope):
        raise UsageError(
            f"{scope!r} is no scope",
            f"a kind ({', '.join(SCOPE_KINDS)}), or one element such as feature/login or {HERE}",
        )
    return element(scope)
