"""The command line. typer lives here; it parses, calls app, prints, maps errors to exit codes."""
