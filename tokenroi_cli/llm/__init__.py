"""The providers: litellm behind a wire guard, and a script. Each streams only with a Permit."""
