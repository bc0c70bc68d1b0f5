"""On what kind of file system a file is: SQLite's locks and its write-ahead log need one of this machine."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
ELSEWHERE = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|ocfs2|gfs2?|ncpfs|davfs|vboxsf|prl_fs"
    r"|virtiofs|sshfs|fuse(\..+)?"
)
"""File systems that another machine, or a program, can answer for."""


def shared_filesystem(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the file system that holds `path`, where its locks cannot be relied on; else None.

    None, too, where there is no mount table to read: macOS keeps none.
    """
    try:
        table = mounts.read_text(errors="replace")
        folder = path.resolve()
    except OSError:
        return None
    kind = _kind(folder, table)
    return kind if kind and ELSEWHERE.fullmatch(kind) else None


def _kind(folder: Path, table: str) -> str | None:
    """Of the innermost mount around the folder; of several at one place the last hides the others."""
    found: tuple[int, str] | None = None
    for line in table.splitlines():
        fields, _, source = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) < 5 or not source:
            continue
        point = Path(_unescaped(parts[4]))
        depth = len(point.parts)
        if folder.is_relative_to(point) and (found is None or depth >= found[0]):
            found = depth, source.split(" ")[0]
    return found[1] if found else None


def _unescaped(text: str) -> str:
    """The kernel writes blanks and backslashes of a mount point as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)
