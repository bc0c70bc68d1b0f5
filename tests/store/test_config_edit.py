"""One value set in a config that a person wrote: all else stays, and a mistake changes nothing."""

import stat
from decimal import Decimal
from pathlib import Path

import pytest

from tokenroi_cli.domain.errors import NotConfigured
from tokenroi_cli.store.config_edit import Plain, set_value
from tokenroi_cli.store.schema import Key
from tokenroi_cli.store.toml_file import read_toml

MINE = "# mine\n[budget]   # caps\nday = 5.00  # enough\n\n[limits]\nsteps = 7\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (("budget", "day"), Decimal("12.5"), MINE.replace("5.00", "12.5")),
        (("limits", "steps"), 9, MINE.replace("7", "9")),
        (("quality",), "first", None),
        (("budget", "feature/login"), Decimal("0.000001"), None),
        (("providers", "openai", "allow_soft"), True, None),
    ],
)
def test_one_value_is_set_and_the_rest_stays(config: Path, key: Key, value: Plain, text: str | None) -> None:
    config.write_text(MINE)
    set_value(config, key, value)
    assert text is None or config.read_text() == text
    found: object = read_toml(config)
    for name in key:
        assert isinstance(found, dict)
        found = found[name]
    assert found == value
    assert all(line in config.read_text() for line in ("# mine", "[budget]   # caps", "# enough"))


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    config = tmp_path / "new" / "config.toml"
    set_value(config, ("budget", "day"), Decimal(3))
    assert read_toml(config) == {"budget": {"day": Decimal(3)}}
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert [file.name for file in config.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("text", ["[budget\n", "budget = 3\n", "sesion = 1\n", "[budget]\nday = -3\n"])
def test_a_config_that_is_wrong_already_is_left_alone(config: Path, text: str) -> None:
    config.write_text(text)
    with pytest.raises(NotConfigured):
        set_value(config, ("budget", "day"), Decimal(3))
    assert config.read_text() == text


def test_a_value_that_does_not_belong_there_changes_nothing(config: Path) -> None:
    config.write_text(MINE)
    with pytest.raises(NotConfigured):
        set_value(config, ("limits", "steps"), "many")
    assert config.read_text() == MINE
    assert [file.name for file in config.parent.iterdir()] == [config.name]


def test_mode_and_link_stay(config: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text(MINE)
    real.chmod(0o644)
    config.symlink_to(real)
    set_value(config, ("limits", "steps"), 9)
    assert config.is_symlink()
    assert "steps = 9" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o644


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(NotConfigured) as refused:
        set_value(blocked / "config.toml", ("budget", "day"), Decimal(3))
    assert str(blocked) in refused.value.what
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
