from tokenroi_cli.domain.money import ZERO
from tokenroi_cli.domain.spec import Attempt, CommandResult
from tokenroi_cli.domain.tier import Tier
from tokenroi_cli.policy.cascade import Retry, Stop, next_step


def ran(exit_code: int | None) -> CommandResult:
    return CommandResult("pytest", exit_code, "", 1.0)


def attempt(number: int, *exit_codes: int | None, accepted: bool = False) -> Attempt:
    results = tuple(ran(code) for code in exit_codes)
    return Attempt(number, Tier.MID, "p/mid", accepted, ZERO, 1, results, ())


def test_the_first_failure_is_tried_again_on_the_same_tier() -> None:
    assert next_step([attempt(1, 0, 1)]) == Retry(
        Tier.MID, "attempt 1 failed; once more on mid, same session"
    )


def test_the_second_is_the_last() -> None:
    assert next_step([attempt(1, 1), attempt(2, 1)]) == Stop("2 attempts failed")


def test_a_command_that_cannot_run_is_never_tried_again() -> None:
    for code in (None, 126, 127):
        assert next_step([attempt(1, 1, code)]) == Stop("the validation cannot run: pytest")


def test_an_accepted_attempt_is_the_end() -> None:
    assert next_step([attempt(1, 0, accepted=True)]) == Stop("accepted")
    assert next_step([attempt(1, 1), attempt(2, 0, accepted=True)]) == Stop("accepted")


def test_a_change_outside_the_lists_is_a_failure_like_any_other() -> None:
    assert isinstance(next_step([attempt(1, 0)]), Retry)
