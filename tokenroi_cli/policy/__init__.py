"""Decisions as pure functions: values in, verdicts out. No clock, disk, network or environment."""
