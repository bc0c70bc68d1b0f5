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


class Unproved(Rejected):
    """An HTTP error without a provider's error body: whoever sent it, the call may be billed."""

    @property
    def unbilled(self) -> bool:
        return False


def rejection(what: str, *, status: int, body: str, key_env: str, retry_after: float | None) -> Rejected:
    """`body` is the provider's error body as text; empty when what came was none."""
    hint = HINTS.get(status, "").format(key_env=key_env or "your configuration")
    kind: type[Rejected] = Rejected if body else Unproved
    if body and status == 429 and not QUOTA.search(body):
        kind = RateLimited
    return kind(what, hint, status=status, retry_after=retry_after)
