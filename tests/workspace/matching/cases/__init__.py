"""Hunks and what becomes of a file by them: APPLIED is (text, old, new, after), REFUSED (text, old, new)."""
