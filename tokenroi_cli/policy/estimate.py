"""What the execution of a spec may cost: a range from two assumed courses, never a number."""

from dataclasses import dataclass, replace

from tokenroi_cli.domain.money import Money
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.usage import Usage

STEP_LIMIT = 100
"""Steps of a Run by default: no course is longer."""


@dataclass(frozen=True, slots=True)
class EstimateInputs:
    """What is known of an execution before it starts. Tokens, and numbers of files."""

    spec_tokens: int
    file_tokens: int
    """Of the files to modify, as they go into the first prompt."""
    overhead_tokens: int
    """Of system prompt, tools and notes."""
    modify_count: int
    create_count: int


@dataclass(frozen=True, slots=True)
class Course:
    """How an execution goes. Every figure is an assumption, not a measurement."""

    first_steps: int
    """Steps that any spec takes: look round, validate, finish."""
    steps_per_file: int
    step_output: int
    """Tokens of talk, thinking and tool arguments per step, the new text of files aside."""
    step_growth: int
    """Tokens by which a step lengthens the context: its own output and the tool's answer."""
    per_modify: int
    """Tokens of new text per modified file, all its edits together."""
    per_create: int
    """Tokens per created file."""


SMOOTH = Course(3, 1, 200, 800, 400, 800)
"""Every edit fits at once and the validation passes the first time."""

ROUGH = Course(6, 5, 300, 1_500, 1_500, 3_000)
"""Rereading, edits that do not match, a failed validation and one retry in the same session."""

MISSED = 12
"""In the rough course one step in so many, the first included, finds nothing in the cache."""


@dataclass(frozen=True, slots=True)
class Step:
    """One model call of a course. Tokens."""

    cached: int
    """The part of the context that the cache holds: the context of the step before."""
    context: int
    output: int


def estimate(inputs: EstimateInputs, price: Price) -> tuple[Money, Money]:
    """(low, high) in pico-dollars of executing a spec on the model of `price`.

    low is the SMOOTH course, high the ROUGH one, each a sum over its steps i = 0, 1, ...:

        steps       = first_steps + files * steps_per_file, at most STEP_LIMIT
        context(i)  = overhead + spec + files to modify + i * step_growth
        step i      reads context(i - 1) from the cache, pays for the rest of context(i) as fresh or as
                    written to the cache, whichever is dearer, and puts out step_output;
                    the new text of the files is put out at the last step, the longest

    So the first prompt is taken to be cached from the second step on. low goes without the cache where that
    is cheaper (few steps); in high one step in MISSED reads nothing from it.

    What it does not know: how hard the task is, how much the model thinks, whether premium has to step in.
    Runs of the same task differ by up to 30 times, so a bill outside the range is possible: a cap is what
    holds. With rates that do not fall as the context grows, low <= high, and neither more files nor more
    tokens ever make an end cheaper.
    """
    smooth, rough = _steps(SMOOTH, inputs), _steps(ROUGH, inputs)
    low = min(
        sum(_cost(step, price) for step in smooth),
        sum(price.cost(Usage(fresh=step.context, output=step.output)) for step in smooth),
    )
    high = sum(
        _cost(step if number % MISSED else replace(step, cached=0), price)
        for number, step in enumerate(rough)
    )
    return Money(low), Money(high)


def _steps(course: Course, inputs: EstimateInputs) -> list[Step]:
    files = inputs.modify_count + inputs.create_count
    count = min(course.first_steps + files * course.steps_per_file, STEP_LIMIT)
    text = inputs.modify_count * course.per_modify + inputs.create_count * course.per_create
    prefix = inputs.overhead_tokens + inputs.spec_tokens + inputs.file_tokens
    contexts = [prefix + number * course.step_growth for number in range(count)]
    outputs = [course.step_output] * (count - 1) + [course.step_output + text]
    return [Step(*step) for step in zip([0, *contexts], contexts, outputs, strict=False)]


def _cost(step: Step, price: Price) -> Money:
    # Some tables say that writing to the cache costs nothing; the tokens are read by the model all the same.
    new = step.context - step.cached
    return max(
        price.cost(Usage(cache_read=step.cached, cache_write_5m=new, output=step.output)),
        price.cost(Usage(cache_read=step.cached, fresh=new, output=step.output)),
    )
