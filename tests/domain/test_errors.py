"""Exit codes are public: DESIGN 4 in one table."""

import pytest

from tokenroi_cli.domain import errors
from tokenroi_cli.domain.errors import Rejected, TokenroiError, worst

CODES = {
    "TokenroiError": 1,
    "UsageError": 2,
    "SpecError": 10,
    "ValidationFailed": 11,
    "BudgetRefused": 12,
    "LimitReached": 13,
    "Unpriced": 14,
    "Untrusted": 15,
    "ProviderError": 16,
    "StaleOrOutOfScope": 17,
    "NotConfigured": 18,
    "Bug": 70,
    "Interrupted": 130,
}


def test_every_class_has_its_code() -> None:
    for name, code in CODES.items():
        assert getattr(errors, name).exit_code == code


def test_reasons_are_distinct_words() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, TokenroiError)
    ]
    reasons = [cls.reason for cls in classes]
    assert len(set(reasons)) == len(reasons)
    assert all(reason.replace("_", "").isalpha() for reason in reasons)


@pytest.mark.parametrize(
    ("codes", "wins"),
    [
        ([0, 0], 0),
        ([11, 12], 12),
        ([17, 11, 13], 13),
        ([130, 12], 130),
        ([0, 10], 10),
        ([70, 12], 70),
        ([], 0),
    ],
)
def test_the_worst_of_several_wins(codes: list[int], wins: int) -> None:
    assert worst(codes) == wins


def test_a_refused_key_is_the_users_to_mend() -> None:
    assert Rejected("no", status=401).exit_code == 18
    assert Rejected("no", status=500).exit_code == 16
    assert Rejected("no", status=422).unbilled
    assert not Rejected("no", status=529).unbilled
