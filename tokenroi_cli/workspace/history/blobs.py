"""Contents of files, each kept once under its own digest, so that damage shows when it is read."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.content import LIMIT
from tokenroi_cli.workspace.history.states import State, look
from tokenroi_cli.workspace.places import place


class Damaged(TokenroiError):
    """A kept content is gone, or is not what it was."""

    reason = "journal_damaged"


@dataclass(frozen=True, slots=True)
class Blobs:
    """The contents kept in one folder (0700), a file (0600) each; OSError when the disk refuses."""

    folder: Path

    def put(self, data: bytes, *, sync: bool = True) -> str:
        """Keeps `data`; its digest. `sync`: it outlives a power cut from here on, at some milliseconds."""
        digest = sha256(data).hexdigest()
        path = self.path(digest)
        with suppress(FileNotFoundError):
            if path.stat().st_size == len(data):  # a power cut can leave a shorter one
                return digest
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temp = path.with_name(f".tmp-{secrets.token_hex(6)}")
        try:
            fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(fd)
            temp.replace(path)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """Raises Damaged."""
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise Damaged(f"its kept content cannot be read ({self.path(digest)})") from error
        if sha256(data).hexdigest() != digest:
            raise Damaged(f"its kept content was damaged ({self.path(digest)})")
        return data

    def keep(self, root: Path, name: str) -> State:
        """What stands at `name` below `root`; its bytes are kept unless they are too many for undo."""
        state = look(root, name)
        if state.is_link:
            with place(root, name) as link:
                return State(self.put(link.target()), state.mode)
        if not state.is_file:
            return state
        with place(root, name) as found, found.open() as file:
            status = os.fstat(file.fileno())
            if status.st_size > LIMIT:
                return state
            return State(self.put(file.read()), status.st_mode)

    def text(self, state: State) -> bytes:
        """The bytes of a state; empty for nothing and for a folder. Raises Damaged."""
        return b"" if state.digest is None else self.get(state.digest)

    def path(self, digest: str) -> Path:
        """Where it is kept, for a person who looks for it."""
        return self.folder / digest

    def digests(self) -> frozenset[str]:
        """Of all that is kept."""
        try:
            with os.scandir(self.folder) as found:
                return frozenset(entry.name for entry in found)
        except FileNotFoundError:
            return frozenset()
