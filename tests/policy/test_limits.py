import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.errors import LimitReached
from tokenroi_cli.policy.limits import SAME, SAME_SHORT, Limits, ToolUse, TurnMeter, check, repeats

LIMITS = Limits(steps=3, seconds=60)
A, B, C = ("read", '{"path":"a"}'), ("run", '{"command":"x"}'), ("read", '{"path":"c"}')


@pytest.mark.parametrize(
    ("steps", "elapsed", "reason"),
    [(0, 0.0, None), (2, 59.9, None), (3, 0.0, "steps"), (4, 99.0, "steps"), (0, 60.0, "wall_clock")],
)
def test_steps_and_seconds(steps: int, elapsed: float, reason: str | None) -> None:
    found = check(LIMITS, steps, elapsed)
    assert (found.reason if found else None) == reason


def test_a_limit_says_what_and_what_next() -> None:
    found = check(LIMITS, 3, 0)
    assert isinstance(found, LimitReached)
    assert (found.what, found.exit_code) == ("stopped after 3 steps", 13)
    assert "[limits]" in found.hint
    late = check(LIMITS, 0, 1_800)
    assert late is not None
    assert late.what == "stopped after 30 minutes"


@pytest.mark.parametrize(
    ("calls", "circle"),
    [
        ([], None),
        ([A, A], None),
        ([A, A, A], "the same call 3 times in a row: read"),
        ([B, A, A, A], "the same call 3 times in a row: read"),
        ([A, A, A, B], None),
        ([A, B, A, C, A], None),
        ([A, B, A, B, A], None),
        ([A, B, A, B, A, B], "the same two calls in turn 3 times: read, run"),
        ([C, A, B, A, B, A, B], "the same two calls in turn 3 times: read, run"),
        ([A, B, C, A, B, C], None),
        ([("read", "{}"), ("list", "{}"), ("read", "{}")], None),
    ],
)
def test_going_round_in_circles(calls: list[ToolUse], circle: str | None) -> None:
    assert repeats(calls) == circle


def test_the_spelling_of_the_arguments_does_not_matter() -> None:
    assert repeats([("t", '{"a":1,"b":2}'), ("t", '{ "b": 2, "a": 1 }'), ("t", '{"a":1, "b":2}')])
    assert repeats([("t", '{"a":1}'), ("t", '{"a":"1"}'), ("t", '{"a":1}')]) is None
    assert repeats([("t", "not json")] * 3)
    assert repeats([("t", "[" * 100_000)] * 3)


def test_a_meter_folds_its_steps() -> None:
    meter = TurnMeter().stepped([A], "one").stepped([]).stepped([B, C], " two\n")
    assert meter == TurnMeter((A, B, C), ("one", "", "two"))
    for _ in range(10):
        meter = meter.stepped([A, B], "more")
    assert (len(meter.recent), len(meter.texts)) == (2 * SAME, SAME_SHORT)


LONG = "I will now look at the same file again, to be sure of it."


@pytest.mark.parametrize(
    ("texts", "loop"),
    [
        ([LONG] * 3, True),
        ([LONG] * 2, False),
        (["x", LONG, LONG, LONG], True),
        ([LONG, LONG, "x", LONG], False),
        ([LONG, LONG, ""], False),
        ([""] * 9, False),
        (["Now the tests."] * 4, False),
        (["Now the tests."] * 5, True),
    ],
)
def test_the_same_words_over_and_over_are_a_loop(texts: list[str], loop: bool) -> None:
    meter = TurnMeter()
    for number, text in enumerate(texts):
        meter = meter.stepped([("read", str(number))], text)
    reached = meter.check(Limits(100, 60), 1, 1)
    assert (reached is not None) is loop
    assert reached is None or (reached.exit_code, reached.reason) == (13, "loop")


def test_a_meter_tells_whichever_comes_first() -> None:
    roomy = Limits(100, 60)
    meter = TurnMeter().stepped([A]).stepped([A])
    assert meter.check(roomy, 2, 0) is None
    circle = meter.stepped([A]).check(roomy, 3, 0)
    assert circle is not None
    assert (circle.reason, circle.what) == ("loop", "the same call 3 times in a row: read")
    late = meter.check(roomy, 2, 60)
    assert late is not None
    assert late.reason == "wall_clock"


@given(st.lists(st.lists(st.sampled_from([A, B, C]), max_size=4), max_size=12))
def test_a_meter_sees_what_the_whole_history_shows(steps: list[list[ToolUse]]) -> None:
    meter, history = TurnMeter(), list[ToolUse]()
    for uses in steps:
        meter, history = meter.stepped(uses), [*history, *uses]
        assert repeats(meter.recent) == repeats(history)
