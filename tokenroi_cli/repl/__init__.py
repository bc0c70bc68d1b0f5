"""The interactive prompt. prompt_toolkit lives here; it parses, calls app, prints."""
