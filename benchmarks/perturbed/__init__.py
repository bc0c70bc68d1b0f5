"""Edits as models write them, made from true history: quoted, then misquoted in exactly one way."""
