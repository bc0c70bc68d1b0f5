"""Bytes on disk: config, keys, sessions, templates, redaction."""
