import os
import stat
from pathlib import Path

import pytest

from tokenroi_cli.domain.errors import Bug, NotConfigured
from tokenroi_cli.store.paths import Home, locate

ME_IS_ROOT = os.geteuid() == 0


def test_tokenroi_home_holds_both(tmp_path: Path) -> None:
    assert locate({"TOKENROI_HOME": str(tmp_path)}) == Home(tmp_path / "config.toml", tmp_path / "state")


def test_without_it_the_platform_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("TOKENROI_HOME", raising=False)

    home = locate(os.environ)

    assert home.config == tmp_path / "c" / "tokenroi" / "config.toml"
    assert home.state.is_relative_to(tmp_path)
    assert home.state.name == "tokenroi"


@pytest.mark.parametrize(
    "environ",
    [
        {"TOKENROI_HOME": "here"},
        {"TOKENROI_HOME": "~/x"},
        {"TOKENROI_HOME": "/x\0y"},
        {"HOME": "here"},
        {"HOME": ""},
        {},
    ],
)
def test_a_home_that_is_nowhere_certain_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(NotConfigured) as caught:
        locate(environ)
    assert "HOME" in caught.value.what
    assert "TOKENROI_HOME" in caught.value.hint or "absolute" in caught.value.hint


def test_a_relative_xdg_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    with pytest.raises(NotConfigured, match="XDG_CONFIG_HOME"):
        locate({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "config"})


def test_another_home_than_the_process_has_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(Bug, match="HOME"):
        locate({"HOME": str(tmp_path / "elsewhere")})


@pytest.mark.parametrize("before", [None, 0o755, 0o777])
def test_the_state_is_for_its_owner_alone(tmp_path: Path, before: int | None) -> None:
    home = Home(tmp_path / "config.toml", tmp_path / "a" / "state")
    if before is not None:
        home.state.mkdir(parents=True)
        home.state.chmod(before)
    old = os.umask(0)
    try:
        assert home.ensure_state() == home.state
    finally:
        os.umask(old)
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700


def test_a_file_where_the_state_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(NotConfigured, match="state") as caught:
        Home(tmp_path / "config.toml", tmp_path / "state").ensure_state()
    assert caught.value.reason == "state_unusable"


@pytest.mark.skipif(ME_IS_ROOT, reason="root may write anywhere")
def test_an_unwritable_home_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(NotConfigured, match="cannot use"):
        Home(tmp_path / "config.toml", tmp_path / "state").ensure_state()


@pytest.mark.skipif(not ME_IS_ROOT, reason="only root can give a folder away")
def test_a_state_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 12345, 12345)
    with pytest.raises(NotConfigured, match="another user"):
        Home(tmp_path / "config.toml", tmp_path / "state").ensure_state()
