"""The user's tree: git, files, edits, journal, commands."""
