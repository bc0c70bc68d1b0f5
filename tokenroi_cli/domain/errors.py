"""Every failure is typed: an exit code, one line that says what, and what to do next.

TokenroiError
|- UsageError            2   the command line or an argument
|- SpecError            10   missing, unreadable, invalid
|- ValidationFailed     11   or it cannot run
|- BudgetRefused        12   would not fit, or is used up
|- LimitReached         13   steps, wall clock, loop
|- Unpriced             14   no price, or no bound under a hard cap
|- Untrusted            15
|- ProviderError        16   after retries
|  |- ConnectionFailed       nothing was sent: not billed
|  |- Rejected               the provider answered with an error of its own
|  |  '- RateLimited         429, worth waiting
|  |- StreamCut              no finish reason arrived
|  '- ScriptExhausted        the scripted provider has no reply left
|- StaleOrOutOfScope    17
|- NotConfigured        18   no key, key refused, unknown model, config unreadable
|- Bug                  70
'- Interrupted         130
"""

from tokenroi_cli.domain.usage import Usage


class TokenroiError(Exception):
    """`what` is one line; `hint` says what to do next; `reason` is the word that scripts match on."""

    exit_code = 1
    reason = "failed"

    def __init__(self, what: str, hint: str = "", *, reason: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        if reason is not None:
            self.reason = reason


class UsageError(TokenroiError):
    exit_code = 2
    reason = "usage"


class SpecError(TokenroiError):
    exit_code = 10
    reason = "spec_invalid"


class ValidationFailed(TokenroiError):
    exit_code = 11
    reason = "validation_failed"


class BudgetRefused(TokenroiError):
    exit_code = 12
    reason = "budget"


class LimitReached(TokenroiError):
    exit_code = 13
    reason = "limit"


class Unpriced(TokenroiError):
    exit_code = 14
    reason = "unpriced"


class Untrusted(TokenroiError):
    exit_code = 15
    reason = "untrusted"


class ProviderError(TokenroiError):
    """`usage`: what the provider had reported before it failed, if anything. `call_id`: the call it ended.

    `answer_id`: the provider's own name for the answer that failed, if it had said one.
    """

    exit_code = 16
    reason = "provider_failed"

    def __init__(
        self, what: str, hint: str = "", *, reason: str | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(what, hint, reason=reason)
        self.usage = usage
        self.answer_id: str | None = None
        self.call_id: str | None = None


class ConnectionFailed(ProviderError):
    """No byte of the request was written: proof that nothing was billed."""

    reason = "connection_failed"


class Rejected(ProviderError):
    """The provider answered with an HTTP error. `status` is its code."""

    reason = "provider_rejected"

    def __init__(self, what: str, hint: str = "", *, status: int, retry_after: float | None = None) -> None:
        super().__init__(what, hint)
        if status in (401, 403, 404):  # the key is refused, or there is no such model: the user's to mend
            self.exit_code = NotConfigured.exit_code
            self.reason = NotConfigured.reason
        self.status = status
        self.retry_after = retry_after
        """Seconds that the provider asked us to wait."""

    @property
    def unbilled(self) -> bool:
        """A 4xx with an error body is proof that nothing was billed."""
        return 400 <= self.status < 500


class RateLimited(Rejected):
    reason = "rate_limited"


class StreamCut(ProviderError):
    """The stream ended, stalled or broke before a finish reason arrived."""

    reason = "stream_cut"


class ScriptExhausted(ProviderError):
    reason = "script_exhausted"


class StaleOrOutOfScope(TokenroiError):
    exit_code = 17
    reason = "stale"


class NotConfigured(TokenroiError):
    exit_code = 18
    reason = "not_configured"


class Bug(TokenroiError):
    exit_code = 70
    reason = "bug"


class Interrupted(TokenroiError):
    exit_code = 130
    reason = "interrupted"


PRECEDENCE = (130, 70, 12, 13, 17, 11)
"""Which exit code wins when a run has several causes."""


def worst(codes: list[int]) -> int:
    """The exit code of several outcomes: by PRECEDENCE, then the first that is not 0."""
    for code in PRECEDENCE:
        if code in codes:
            return code
    return next((code for code in codes if code), 0)
