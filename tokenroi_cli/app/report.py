"""`tokenroi report`: plain totals of the ledger."""
