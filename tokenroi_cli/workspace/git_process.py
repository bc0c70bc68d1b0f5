"""Starts git so that nothing a repository configures runs unasked, and nothing we know reaches it."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.environment import child_environment
from tokenroi_cli.workspace.output import clean
from tokenroi_cli.workspace.paths import shown

_ALWAYS = (
    "core.fsmonitor=false",
    "safe.bareRepository=explicit",
    "commit.gpgSign=false",
    "core.editor=false",
    "sequence.editor=false",
    "core.pager=cat",
    "core.askPass=false",
    "core.sshCommand=false",
    "credential.helper=",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",  # a commit must leave nothing running behind
    "color.ui=false",
)
_ASKING = ("core.hooksPath=/dev/null", "diff.external=")
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "false",
    "GIT_SEQUENCE_EDITOR": "false",
    "GIT_PAGER": "cat",
    "GIT_ASKPASS": "false",
    "LANGUAGE": "C",  # its words are matched; the rest of the user's locale stays
}
_ASKING_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "https:ssh",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
}
_IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
"""The only inherited GIT_* variables that are kept: they name a person, not a place or a program."""


class GitFailed(TokenroiError):
    """git could not be started, or answered with an error."""

    reason = "git_failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a git process said."""

    status: int
    out: bytes
    words: str
    """stderr, then stdout, safe to show."""


@dataclass(frozen=True, slots=True)
class GitProcess:
    """git in one folder, with an environment of its own."""

    folder: Path
    program: str | None
    """None when git is not installed."""
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, folder: Path, environ: Mapping[str, str]) -> "GitProcess":
        """For `folder`, with what a child may see of `environ`; inherited GIT_* variables are dropped."""
        identity = {name: environ[name] for name in _IDENTITY if name in environ}
        return cls(folder, _installed(environ), child_environment(environ) | identity | _ENVIRONMENT)

    def ask(
        self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> Answer:
        """Runs git for ourselves: without hooks, external diff, network or locks, and with literal paths."""
        extra = {**_ASKING_ENVIRONMENT, **(environment or {})}
        return self._start((*_ALWAYS, *_ASKING), extra, arguments, stdin)

    def run_as_user(self, *arguments: str, stdin: bytes = b"") -> Answer:
        """Runs git in what the user asked for: hooks and filters take part, and see no odd variable."""
        return self._start(_ALWAYS, {}, arguments, stdin)

    def _start(
        self, config: Sequence[str], extra: Mapping[str, str], arguments: Sequence[str], stdin: bytes
    ) -> Answer:
        if self.program is None:
            raise GitFailed("git is not installed")
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # GitPython shall not look for git by itself
        from git.cmd import Git as GitCommand
        from git.exc import GitCommandNotFound

        # GitPython gives a child our whole environment and can only add to it: `env -i` is what clears it.
        # `-C`, because GitPython falls back to the current folder when its own is gone.
        assignments = [f"{name}={value}" for name, value in {**self.environment, **extra}.items()]
        options = [part for setting in config for part in ("-c", setting)]
        command = [
            "/usr/bin/env",
            "-i",
            *assignments,
            self.program,
            "-C",
            str(self.folder),
            *options,
            *arguments,
        ]
        with TemporaryFile() as words:
            words.write(stdin)
            words.seek(0)
            try:
                status, out, complaint = GitCommand(self.folder).execute(
                    command,
                    istream=words,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
            except (GitCommandNotFound, OSError, ValueError) as error:
                raise GitFailed(f"git could not be started: {shown(str(error))[:200]}") from error
        said = f"{complaint}\n{out.decode('utf-8', 'replace')}"
        return Answer(status, out, clean(said).strip())


def _installed(environ: Mapping[str, str]) -> str | None:
    """git's own path; an entry of PATH that is relative could be the repository's, and is passed over."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which("git", path=os.pathsep.join(filter(os.path.isabs, folders)))
