"""The two ways in which a file can fail to be read as a spec; both are SpecError (exit 10)."""

from tokenroi_cli.domain.errors import SpecError


class NotASpec(SpecError):
    """Nothing of the handoff template is in it. `check` skips such a file with a note."""

    reason = "not_a_spec"


class MalformedSpec(SpecError):
    """It is meant as a spec, but this place of it cannot be read."""

    reason = "spec_malformed"

    def __init__(self, path: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(f"{path}:{line}: {what}", hint)
        self.line = line
        """1-based line in the spec file."""
        self.detail = what
        """`what` without the place."""
