"""The one door for money: prices, bounds, ledger, budgets, gateway."""
