from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.store.redact import REDACTED, redact


def test_exact_values_go_and_the_rest_stays() -> None:
    assert redact("key=sk-1234-abc, again sk-1234-abc.", ["sk-1234-abc"]) == (
        "key=[redacted], again [redacted]."
    )


def test_the_longer_secret_goes_first() -> None:
    assert redact("sk-12345678", ["sk-1234", "sk-12345678"]) == "[redacted]"


def test_a_secret_that_is_part_of_the_replacement_does_not_tear_it() -> None:
    assert redact("redacted sk-12345678", ["sk-12345678", "redacted"]) == "[redacted] [redacted]"


def test_nothing_to_hide() -> None:
    assert redact("text", []) == "text"
    assert redact("text", [""]) == "text"


secrets = st.text("0123456789", min_size=1, max_size=5)


@given(st.lists(st.one_of(secrets, st.text("ab .")), min_size=1), st.lists(secrets))
def test_no_secret_survives_and_nothing_else_is_lost(parts: list[str], hidden: list[str]) -> None:
    text = "|".join(parts)
    clean = redact(text, hidden)

    assert not any(secret in clean for secret in hidden)
    for part, shown in zip(parts, clean.split("|"), strict=True):
        assert shown == part or REDACTED in shown
