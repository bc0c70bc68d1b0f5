"""Alerts of budgets: to the front-end, and to the command that the user's config names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tokenroi_cli.domain.events import Alert, BudgetAlert, Frontend
from tokenroi_cli.domain.money import decimal_usd
from tokenroi_cli.money.budgets import Room
from tokenroi_cli.workspace.commands import run_command

TIMEOUT_S = 10.0
"""For the user's command: a call waits for it."""
DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
"""What a program needs to show a notification, and other commands have no business with."""


@dataclass(frozen=True, slots=True)
class BudgetAlerts:
    """Who is told that a part of a cap is spent."""

    frontend: Frontend
    command: str | None
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def tell(self, room: Room, percent: int) -> None:
        """Once per budget and threshold; that is the ledger's business."""
        self.frontend.emit(BudgetAlert(room.budget, percent, room.totals))
        if self.command is None:
            return
        desktop = {name: self.environ[name] for name in DESKTOP if name in self.environ}
        facts = {
            **desktop,
            "TOKENROI_ALERT_SCOPE": str(room.budget.part),
            "TOKENROI_ALERT_PERCENT": str(percent),
            "TOKENROI_ALERT_SPENT_USD": decimal_usd(room.totals.spent),
            "TOKENROI_ALERT_CAP_USD": decimal_usd(room.budget.cap),
        }
        ended = run_command(self.command, self.folder, timeout_s=TIMEOUT_S, environ=self.environ, more=facts)
        if not ended.passed:
            self.frontend.emit(Alert("alert_command", f"budget.alert_command failed ({ended.end})"))
