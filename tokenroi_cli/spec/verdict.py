"""What the Validation commands say about a tree. Nothing else is asked, least of all the model."""

from collections.abc import Sequence

from tokenroi_cli.domain.spec import CommandResult


def accepted(results: Sequence[CommandResult]) -> bool:
    """Every command exited 0. True of no commands at all: see `proves_nothing`."""
    return all(result.passed for result in results)


def cannot_run(results: Sequence[CommandResult]) -> tuple[CommandResult, ...]:
    """The commands that tell nothing about the work, because they did not start or did not end."""
    return tuple(result for result in results if result.could_not_start)


def proves_nothing(baseline: Sequence[CommandResult]) -> bool:
    """All commands pass on the untouched tree, or there are none: doing nothing would be accepted."""
    return accepted(baseline)
