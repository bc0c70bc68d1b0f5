"""How a call ends in the ledger, from what was heard of it. In doubt it cost the most that it can have."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from tokenroi_cli.domain.call import CallState, Permit, Stage
from tokenroi_cli.domain.errors import ConnectionFailed, ProviderError, Rejected
from tokenroi_cli.domain.message import Reply
from tokenroi_cli.domain.money import ZERO, Money, usd
from tokenroi_cli.domain.price import Price
from tokenroi_cli.domain.usage import Usage

BELIEVABLE = 10**9
"""Tokens of one class in one call; a count above it is garbage."""
OVERRUN = "above the reservation"
"""The note of a call that cost more than its worst case: a broken ceiling, or a price that changed."""
BILLED = "the provider's own bill"
"""The note of a call whose cost the provider named itself."""
SMALLEST_BILL = Decimal("1e-12")
LARGEST_BILL = Decimal(100_000)
"""USD: what a provider may say that one call costs."""


@dataclass(frozen=True, slots=True)
class Ending:
    state: CallState
    amount: Money
    usage: Usage | None = None
    note: str = ""


def of_reply(reply: Reply, price: Price, worst: Money) -> Ending:
    """A whole answer: the provider's own bill, else its usage at `price`, else the worst case.

    Usage that contradicts itself is no evidence of a lower bill, but may be one of a higher.
    """
    bill, usage = _bill(reply.billed_usd), _counts(reply.usage)
    if bill is not None:
        return _settled(bill, usage, worst, BILLED)
    if usage is None:
        return Ending(CallState.UNKNOWN, worst, None, "no usage reported")
    if usage.context == 0 or (reply.blocks and usage.output == 0):
        return Ending(CallState.UNKNOWN, max(worst, price.cost(usage)), usage, "usage contradicts the answer")
    return _settled(price.cost(usage), usage, worst)


def of_failure(failure: ProviderError | None, permit: Permit, worst: Money) -> Ending:
    """No whole answer: free on proof, else the worst case, lowered by the input that was reported.

    `failure` is None when the stream was ended from our side.
    """
    note = failure.reason if failure else "ended early"
    if _unbilled(failure, permit.stage):
        return Ending(CallState.RELEASED, ZERO, None, note)
    usage = _counts(failure.usage if failure else None)
    if usage is None or usage.context == 0:
        return Ending(CallState.UNKNOWN, worst, usage, note)
    longest = replace(usage, output=max(permit.max_output, usage.output))
    return Ending(CallState.UNKNOWN, permit.call.price.cost(longest), usage, note)


def _settled(amount: Money, usage: Usage | None, worst: Money, note: str = "") -> Ending:
    return Ending(CallState.SETTLED, amount, usage, OVERRUN if amount > worst else note)


def _unbilled(failure: ProviderError | None, stage: Stage) -> bool:
    match failure:
        case Rejected():
            return failure.unbilled
        case ConnectionFailed():
            return stage in (Stage.ISSUED, Stage.SENT)
        case _:
            return stage is Stage.ISSUED


def _bill(billed_usd: str | None) -> Money | None:
    """None for what is no bill, such as the zero that routers report where somebody else charges."""
    try:
        bill = Decimal(billed_usd or 0)
        return usd(bill) if SMALLEST_BILL <= bill <= LARGEST_BILL else None
    except InvalidOperation:
        return None


def _counts(usage: Usage | None) -> Usage | None:
    """The usage as far as its numbers can be counts of tokens."""
    if usage is None:
        return None
    numbers = (usage.fresh, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h, usage.output)
    return usage if all(0 <= number <= BELIEVABLE for number in (*numbers, usage.reasoning)) else None
