"""Where the ledger lies: file systems that others answer for are told from those of this machine."""

from pathlib import Path

import pytest

from tokenroi_cli.money.mounts import shared_filesystem

LOCAL = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"


def mounted(folder: Path, point: str, kind: str, table: Path) -> str | None:
    table.write_text(f"{LOCAL}40 22 0:5 / {point} rw shared:2 master:3 - {kind} server:/share rw\n")
    return shared_filesystem(folder, table)


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "afs", "fuse.sshfs", "fuse", "ceph", "lustre"]
)
def test_a_file_system_of_another_machine(tmp_path: Path, kind: str) -> None:
    assert mounted(tmp_path, str(tmp_path), kind, tmp_path / "table") == kind
    assert mounted(tmp_path / "deep" / "er", str(tmp_path), kind, tmp_path / "table") == kind


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "apfs", "fuseblk"])
def test_a_file_system_of_this_machine(tmp_path: Path, kind: str) -> None:
    assert mounted(tmp_path, str(tmp_path), kind, tmp_path / "table") is None


def test_the_innermost_mount_and_the_last_at_one_place_decide(tmp_path: Path) -> None:
    table, inner = tmp_path / "table", tmp_path / "inner dir"
    inner.mkdir()
    escaped = str(inner).replace(" ", "\\040")
    table.write_text(
        f"{LOCAL}40 22 0:5 / {tmp_path} rw - nfs4 s:/ rw\n41 40 8:2 / {escaped} rw - ext4 /dev/sdb rw\n"
    )
    assert shared_filesystem(inner, table) is None
    assert shared_filesystem(tmp_path, table) == "nfs4"
    assert shared_filesystem(tmp_path.parent / f"{tmp_path.name}x", table) is None, (
        "only a name that begins alike"
    )
    table.write_text(table.read_text() + f"42 41 0:9 / {escaped} rw - cifs //s/x rw\n")
    assert shared_filesystem(inner, table) == "cifs"


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert mounted(link, str(real), "nfs", tmp_path / "table") == "nfs"


def test_without_a_mount_table_nothing_is_known(tmp_path: Path) -> None:
    assert shared_filesystem(tmp_path, tmp_path / "none") is None
    (tmp_path / "odd").write_bytes(b"\xff\n- \n1 2 3\n")
    assert shared_filesystem(tmp_path, tmp_path / "odd") is None


def test_the_folder_of_the_tests_is_local(tmp_path: Path) -> None:
    assert shared_filesystem(tmp_path) is None
