"""HTTP errors and what they prove."""

import json
from typing import Any

import httpx
import pytest

from tests.llm.permits import permit
from tokenroi_cli.domain.call import Stage
from tokenroi_cli.domain.config import Endpoint
from tokenroi_cli.domain.errors import NotConfigured, RateLimited, Rejected, StreamCut
from tokenroi_cli.llm.failures import failure, rejected, retry_after
from tokenroi_cli.llm.rejections import UnprovedLimit
from tokenroi_cli.llm.transfer import Transfer

KEY = "sk-the-real-one"
ERROR = {"error": {"message": "no", "type": "t"}}


def answered(status: int, body: Any, **headers: str) -> Transfer:
    transfer = Transfer(permit("openai/m"), Endpoint("openai", None, KEY), httpx.Timeout(1))
    transfer.permit.stage = Stage.DONE
    transfer.status, transfer.headers = status, httpx.Headers(headers)
    transfer.error_body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return transfer


@pytest.mark.parametrize(
    ("status", "body", "kind", "unbilled"),
    [
        (400, ERROR, Rejected, True),
        (401, {"type": "error", "error": {"type": "authentication_error", "message": "x"}}, Rejected, True),
        (404, {"detail": "Not Found"}, Rejected, True),
        (422, {"detail": [{"loc": ["body"], "msg": "extra"}]}, Rejected, True),
        (400, [{"error": {"message": "gemini", "status": "INVALID_ARGUMENT"}}], Rejected, True),
        (402, {"error": "Insufficient Balance"}, Rejected, True),
        (429, ERROR, RateLimited, True),
        (429, {"error": {"message": "You exceeded", "code": "insufficient_quota"}}, Rejected, True),
        (529, ERROR, Rejected, False),
        (500, b"<html>", Rejected, False),
        (403, b"<html>sign in to the hotel's network</html>", Rejected, False),
        (401, b"", Rejected, False),
        (429, b"{}", UnprovedLimit, False),
        (429, b"<html>slow down</html>", UnprovedLimit, False),
        (404, b"null", Rejected, False),
        (400, b"[" * 100_000, Rejected, False),
    ],
)
def test_only_a_providers_own_words_prove_that_nothing_is_billed(
    status: int, body: Any, kind: type[Rejected], unbilled: bool
) -> None:
    error = rejected(answered(status, body))
    assert isinstance(error, kind)
    assert error.hint, "every failure says what next"
    assert (isinstance(error, RateLimited), error.status, error.unbilled) == (
        issubclass(kind, RateLimited),
        status,
        unbilled,
    )


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "9999"}, 9999.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:30 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:30 GMT"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:30 GMT", "date": "Mon, 23 Nov 2026 10:00:00"}, None),
    ],
)
def test_how_long_to_wait(said: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Headers(said)) == seconds


def test_a_providers_words_are_shown_as_one_clean_line() -> None:
    words = "\x1b[31mno\n\t way  \u202e" + "x" * 10_000 + KEY
    text = rejected(answered(400, {"error": {"message": words}})).what
    assert text.isprintable()
    assert text.startswith("openai answered 400: [31mno way xxx")
    assert len(text) < 500
    assert KEY not in text


def test_litellm_failing_before_any_request_sends_nothing() -> None:
    transfer = Transfer(permit("openai/m"), Endpoint("openai", None, KEY), httpx.Timeout(1))
    error = failure(transfer, ValueError(f"bad {transfer.token} {KEY}"))
    assert isinstance(error, NotConfigured)
    assert "bad [redacted] [redacted]" in error.what


def test_no_status_line_is_a_cut() -> None:
    transfer = Transfer(permit("openai/m"), Endpoint("openai", None, KEY), httpx.Timeout(1))
    transfer.permit.stage = Stage.WRITING
    transfer.failure = "ReadTimeout: the read operation timed out"
    error = failure(transfer, None)
    assert isinstance(error, StreamCut)
    assert "timed out" in error.what
