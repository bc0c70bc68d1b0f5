"""A provider's HTTP error as a typed one: which are worth waiting for, which prove that nothing is billed."""

import re

from tokenroi_cli.domain.errors import RateLimited, Rejected

QUOTA = re.compile(
    r"insufficient[_ ](quota|balance|credits?|funds)|billing_(hard_limit|not_active)|credit balance"
)
"""A 429 that no waiting cures."""

HINTS = {
    400: "the request itself was refused",
    401: "the key in {key_env} was refused: export another one",
    402: "the account has no money left at this provider",
    403: "the key in {key_env} may not use this model, or not from here",
    404: "check the model id and api_base; `tokenroi config show` says where they come from",
    413: "the request is too large for this provider",
    429: "wait, or use another model",
}


SERVER_HINT = "the provider is in trouble: try again later, or use another model"
OTHER_HINT = "the request was refused as it stands: try another model, and report it if it happens again"
QUOTA_HINT = "the quota or the money of this account is used up at the provider"


class Unproved(Rejected):
    """An HTTP error without a provider's error body: whoever sent it, the call may be billed."""

    @property
    def unbilled(self) -> bool:
        return False


class UnprovedLimit(Unproved, RateLimited):
    """A 429 of that kind, from some gateway in between: worth waiting all the same."""


def rejection(what: str, *, status: int, body: str, key_env: str, retry_after: float | None) -> Rejected:
    """`body` is the provider's error body as text; empty when what came was none."""
    hint = HINTS.get(status, SERVER_HINT if status >= 500 else OTHER_HINT)
    kind: type[Rejected] = Rejected if body else Unproved
    if status == 429 and QUOTA.search(body):
        hint = QUOTA_HINT
    elif status == 429:
        kind = RateLimited if body else UnprovedLimit
    hint = hint.format(key_env=key_env or "your configuration")
    return kind(what, hint, status=status, retry_after=retry_after)
