"""From what was seen on the wire to a typed error. What litellm makes of it is never asked: it guesses."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from tokenroi_cli.domain.call import Stage
from tokenroi_cli.domain.errors import ConnectionFailed, NotConfigured, Rejected, StreamCut, TokenroiError
from tokenroi_cli.llm.rejections import rejection
from tokenroi_cli.llm.transfer import Transfer

MOST_WORDS = 400
"""Characters of a provider's own message that we repeat."""


def failure(transfer: Transfer, error: Exception | None) -> TokenroiError:
    """Why a transfer came to no good end. `error` is what litellm raised, None when it saw nothing wrong."""
    if transfer.stopped is not None:
        return transfer.stopped
    if transfer.permit.stage in (Stage.ISSUED, Stage.SENT):
        return _unsent(transfer, error)
    if transfer.permit.cancelled:
        return _cut(transfer, "cancelled", reason="cancelled")
    if transfer.status is not None and not 200 <= transfer.status < 300:
        return rejected(transfer)
    return _cut(transfer, _why_cut(transfer, error))


def rejected(transfer: Transfer) -> Rejected:
    """The provider's HTTP error. Only one that speaks like a provider's proves that nothing is billed."""
    status, body = transfer.status or 0, _json(transfer.error_body)
    words = _message(body)
    what = f"{transfer.endpoint.provider} answered {status}: {_shown(transfer, words) or 'no reason given'}"
    if 300 <= status < 400:
        return Rejected(
            what, "a redirect is never followed: name the final address as api_base", status=status
        )
    said = json.dumps(body) if words else ""
    return rejection(
        what,
        status=status,
        body=said,
        key_env=transfer.endpoint.key_env,
        retry_after=retry_after(transfer.headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the provider asks us to wait; a date counts from the answer's own Date. None: not said."""
    said = headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        seconds = _until(said, headers.get("date", ""))
    return max(seconds, 0.0) if isfinite(seconds) else None


def _until(then: str, now: str) -> float:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):  # garbage, or one of the two names no zone
        return float("nan")


def _unsent(transfer: Transfer, error: Exception | None) -> TokenroiError:
    name = transfer.endpoint.provider
    if transfer.permit.stage is Stage.SENT:
        why = _shown(transfer, transfer.failure or str(error))
        return ConnectionFailed(f"no connection to {name}: {why}", "check the network and api_base")
    why = _shown(transfer, f"{type(error).__name__}: {error}")
    hint = "nothing was sent; check the model id and its provider"
    return NotConfigured(f"litellm makes no request of this for {name}: {why}", hint)


def _cut(transfer: Transfer, why: str, reason: str | None = None) -> StreamCut:
    usage = transfer.tap.partial_usage() if transfer.tap else None
    text = f"the answer of {transfer.endpoint.provider} was cut: {_shown(transfer, why)}"
    hint = "what came is not used; asking again is a new call"
    cut = StreamCut(text, hint, reason=reason, usage=usage)
    cut.answer_id = transfer.tap.id if transfer.tap else None
    return cut


def _why_cut(transfer: Transfer, error: Exception | None) -> str:
    tap = transfer.tap
    if tap is None or transfer.failure:
        return transfer.failure or "no answer came"
    if tap.error is not None:
        return _message(tap.error) or str(tap.error)
    if tap.finish_word and tap.finish is None:
        return f"it ended with {tap.finish_word!r}"
    said = f" ({type(error).__name__}: {error})" if error is not None else ""
    return ("it ended without a finish reason" if tap.finish is None else "litellm could not read it") + said


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _message(body: Any) -> str:
    """A provider's own words in its error body, wherever it keeps them; empty when it is no such body."""
    if isinstance(body, list):
        return _message(body[0]) if body else ""
    if isinstance(body, str):
        return body
    if not isinstance(body, Mapping):
        return ""
    found = (_message(body.get(name)) for name in ("error", "message", "detail", "msg", "code", "type"))
    return next((words for words in found if words), "")


def _shown(transfer: Transfer, text: str) -> str:
    """One printable line without secrets."""
    words = "".join(
        char if char.isprintable() else " " for char in transfer.redacted(text[: 16 * MOST_WORDS])
    )
    line = " ".join(words.split())
    return line if len(line) <= MOST_WORDS else line[:MOST_WORDS] + "..."
