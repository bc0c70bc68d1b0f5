"""What is said when a part of a cap is spent."""

from tokenroi_cli.domain.events import BudgetAlert
from tokenroi_cli.views.money import dollars, with_unknown
from tokenroi_cli.views.safe import line


def budget_words(alert: BudgetAlert) -> str:
    """`day 2026-11-22+01:00: 80 % of its cap is spent, $16.20 of $20.00`."""
    part, totals = line(alert.budget.part.spoken), alert.totals
    spent = f"{with_unknown(totals.settled, totals.unknown)} of {dollars(alert.budget.cap)}"
    share = f"{alert.percent} % of its cap is spent"
    if alert.percent >= 100:
        used_up = totals.spent >= alert.budget.cap
        share = "its cap is used up" if used_up else "its cap has no room for another call"
    return f"{part}: {share}, {spent}"
