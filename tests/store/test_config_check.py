"""What a wrong config is told: every mistake with its file, its key and a way out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.config import load
from tokenroi_cli.store.paths import Home
from tokenroi_cli.store.schema import all_keys, dotted


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "config.toml", tmp_path / "state")


def told(home: Home) -> str:
    """What is said against a config; of a good one, where its values come from."""
    try:
        return " ".join(load(home, {}).origins.values()) + str(home.config)
    except NotConfigured as error:
        return error.what


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("budget.sesion = 5", "unknown key budget.sesion", "did you mean budget.session?"),
        ('budget."KIND/KEY" = 5', 'unknown key budget."KIND/KEY"', ""),
        ("bugdet.session = 5", "unknown key bugdet", "did you mean budget?"),
        ("session = 5", "unknown key session", "did you mean budget.session?"),
        ("tiers.middle = 'a/b'", "unknown key tiers.middle", "did you mean tiers.mid?"),
        ("tiers.mid = {modell='a/b'}", "unknown key tiers.mid.modell", "did you mean tiers.mid.model?"),
        ("routes.exekute = 'mid'", "unknown key routes.exekute", "did you mean routes.execute?"),
        (
            "providers.openai.api_key = 'sk-abc'",
            "unknown key providers.openai.api_key",
            "did you mean providers.openai.api_key_env?",
        ),
        ("[prices.gpt-6.1-sol]\ninput=1", "unknown key prices.gpt-6.1-sol", "stands in quotes"),
        ("xyzzy = 1", "unknown key xyzzy", "known here: quality, script, tiers"),
        ('"a\\u001b[31m" = 1', 'unknown key "a\\u001b[31m"', "known here"),
        ("budget.session = -1", "budget.session: expected US dollars", "correct budget.session"),
        ("budget.session = nan", "found NaN", "correct"),
        ("budget.session = inf", "found Infinity", "correct"),
        ("budget.session = 1e-999999", "budget.session: expected US dollars", "correct"),
        ("budget.session = 1000001", "found 1000001", "correct"),
        ("budget.session = '5'", "found another text", "correct"),
        ("budget.session = true", "found true", "correct"),
        ("budget = 5", "budget: expected a table, [budget], found 5", "correct budget"),
        ("budget.mode = 'hrad'", 'expected "hard" or "soft", found "hrad"', "correct"),
        ("limits.steps = 0", "limits.steps: expected a whole number from 1 to 10000, found 0", "correct"),
        ("limits.steps = 1.5", "found 1.5", "correct"),
        ("limits.steps = true", "found true", "correct"),
        ("quality = ''", "found an empty text", "correct"),
        ("tiers.mid = 5", "tiers.mid: expected a model id", "correct tiers.mid"),
        ("tiers.mid = 'sonnet'", 'tiers.mid: expected a model id such as "anthropic/', "correct"),
        ("tiers.mid = {model='a/b', effort='huge'}", "tiers.mid.effort: expected", "correct"),
        ("tiers.mid = {model='a/b', fallback='c/d'}", "tiers.mid.fallback: expected a list", "correct"),
        ("tiers.mid = {model='a/b', tools='no'}", "tiers.mid.tools: expected", "correct"),
        ("tiers = []", "tiers: expected a table", "correct"),
        ("routes.plan = 'premum'", "routes.plan: expected a tier (triage, light, mid, premium)", "correct"),
        ("routes.plan = ['mid']", "found a list", "correct"),
        ("providers = 1979-05-27", "found a date", "correct"),
        ("providers.x = 1", "providers.x: expected a table", "correct"),
        ("providers.x.api_base = 'ftp://x'", "providers.x.api_base: expected an address", "correct"),
        ("providers.x.api_base = 'https://u:p@x/v1'", "expected an address", "correct"),
        ("providers.x.api_base = 'https://x:port/'", "expected an address", "correct"),
        ("providers.x.api_base = 'https://[x/'", "expected an address", "correct"),
        ("providers.x.api_base = 'https://x/?a=b'", "expected an address", "correct"),
        ("providers.x.enforces_max_tokens = 1", "expected true or false, found 1", "correct"),
        ("prices.'a/b'.input = -3.0", 'prices."a/b".input: expected US dollars per million', "correct"),
        ("prices.'a/b'.input = nan", "found NaN", "correct"),
        ("prices.'a/b'.context = 0", "expected a whole number from 1", "correct"),
        ("prices.'a/b'.free = 'yes'", 'expected true or false, found "yes"', "correct"),
        ("commands.timeout_s = {}", "found a table", "correct"),
        ("commands.allow_network = 'npm ci'", "expected a list of texts", "correct"),
        ("commands.writable = [1]", "expected a list of texts", "correct"),
        ("sandbox.required = 'no'", "sandbox.required: expected true or false", "correct"),
        ("worktree.setup = 3", "worktree.setup: expected a text", "correct"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_way_out(home: Home, text: str, what: str, hint: str) -> None:
    home.config.write_text(text)
    with pytest.raises(NotConfigured) as caught:
        load(home, {})
    assert caught.value.what.startswith(f"{home.config}: ")
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert "\n" not in caught.value.what
    assert caught.value.reason == "config_invalid"


@pytest.mark.parametrize(
    "text",
    [
        "providers.openai.api_key_env = '{key}'",
        "providers.openai.api_base = '{key}'",
        "quality = '{key}'",
        "tiers.mid = '{key}'",
        "budget.session = '{key}'",
        "commands.allow_network = '{key}'",
        "api_key = '{key}'",
    ],
)
@pytest.mark.parametrize("key", ["sk-ant-api03-AbC_123", "gsk_abcDEF123", "xai0123456789abcdef"])
def test_a_key_in_the_wrong_place_is_never_repeated(home: Home, text: str, key: str) -> None:
    home.config.write_text(text.format(key=key))
    with pytest.raises(NotConfigured) as caught:
        load(home, {})
    assert key not in caught.value.what + caught.value.hint


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"[budget\nsession = 5", "not TOML: Expected ']' at the end of a table declaration (at line 1"),
        (b"a = 1\na = 2\n", "not TOML: Cannot overwrite a value (at line 2"),
        (b"a = \xff", "it is not UTF-8 at byte 4"),
        (b"a = '\x00'", "not TOML"),
        (b"a = " + b"9" * 5000, "a number in it is too large"),
        (b"a = 1e99999999999999999999999", "a number in it is too large"),
        (b"a = " + b"[" * 100_000, "it is nested too deeply"),
        (b"#" * (4 * 2**20 + 1), "it is larger than"),
    ],
    ids=range(8),
)
def test_a_file_that_is_no_config_is_told(home: Home, data: bytes, what: str) -> None:
    home.config.write_bytes(data)
    with pytest.raises(NotConfigured) as caught:
        load(home, {})
    assert caught.value.what.startswith(f"{home.config}: {what}")


def test_a_byte_order_mark_is_no_mistake(home: Home) -> None:
    home.config.write_bytes(b"\xef\xbb\xbfquality = 'first'")
    assert load(home, {}).quality == "first"


def test_a_folder_or_a_dead_link_in_its_place_is_told(home: Home) -> None:
    home.config.mkdir()
    with pytest.raises(NotConfigured, match="not a regular file"):
        load(home, {})
    home.config.rmdir()
    home.config.symlink_to("nowhere")
    with pytest.raises(NotConfigured, match="leads nowhere"):
        load(home, {})


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(NotConfigured, match="Not a directory"):
        load(Home(tmp_path / "home" / "config.toml", tmp_path), {})


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    home = Home(tmp_path_factory.getbasetemp() / "any.toml", Path("unused"))
    home.config.write_bytes(data)
    assert str(home.config) in told(home)


toml_values = st.sampled_from(
    [
        "1",
        "-1",
        "0.5",
        "nan",
        "true",
        "''",
        "'mid'",
        "'a/b'",
        "[]",
        "['a/b']",
        "{}",
        "{model='a/b'}",
        "1979-05-27",
    ]
)


@given(st.dictionaries(st.sampled_from(sorted(all_keys())), toml_values, max_size=4))
def test_no_value_anywhere_crashes_it(
    tmp_path_factory: pytest.TempPathFactory, said: dict[tuple[str, ...], str]
) -> None:
    home = Home(tmp_path_factory.getbasetemp() / "any.toml", Path("unused"))
    home.config.write_text("".join(f"{dotted(key)} = {value}\n" for key, value in said.items()))
    scripts = (home.config.parent / name for name in ("mid", "a/b"))  # good ones, but for the file
    assert any(str(path) in told(home) for path in (home.config, *scripts))
