"""What the tree's git knows, and the one thing it is asked to do: commit."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePath

from tokenroi_cli.domain.errors import TokenroiError
from tokenroi_cli.workspace.git_process import Answer, GitFailed, GitProcess
from tokenroi_cli.workspace.paths import shown

_FILTER = re.compile(r"(filter\..*)\.(?:clean|smudge|process|required)", re.DOTALL)
_OWN_SCOPES = ("system", "global", "command")
_UNDER_WAY = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick"}
"""In which git commits all or nothing."""
_NOTHING = re.compile(
    r"\A(?:On branch|HEAD detached|Not currently on|interactive rebase).*"
    r"^(?:nothing to commit|nothing added to commit|no changes added to commit)",
    re.DOTALL | re.MULTILINE,
)
"""How git, and no hook, says that the files are as HEAD has them."""
_NO_IDENTITY = re.compile(
    r"tell me who you are|empty ident|unable to auto-detect|no (?:email|name) was given"
)


class Git:
    """git in one folder of a work tree. Paths go in and come out relative to that folder.

    No fsmonitor, hook, filter, external diff, pager, editor, prompt or signing program of the repository
    runs; the user's hooks and filters run in `commit` alone. Inherited GIT_* variables are dropped.
    """

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self.root = Path(os.path.realpath(root))
        self._git = GitProcess.of(self.root, os.environ if environ is None else environ)

    @classmethod
    def find(cls, start: Path, environ: Mapping[str, str] | None = None) -> "Git | None":
        """git at the top of the work tree that `start` is in; None outside of one, or when there is no git.

        The top is the nearest folder that holds `.git`, and git must agree: a bare repository made of
        ordinary files, or a `core.worktree` that points elsewhere, is no work tree.
        """
        here = Path(os.path.realpath(start))
        top = next((folder for folder in (here, *here.parents) if os.path.lexists(folder / ".git")), None)
        git = cls(top, environ) if top is not None else None
        if git is None or git._git.program is None:
            return None
        answer = git._git.ask("rev-parse", "--show-toplevel")
        return git if answer.out == os.fsencode(git.root) + b"\n" else None

    def at(self, folder: Path) -> "Git":
        """The same repository, seen from another of its folders."""
        other = Git(folder, {})
        other._git = replace(self._git, folder=other.root)
        return other

    def head(self) -> str | None:
        """The commit checked out; None before the first one."""
        return _line(self._git.ask("rev-parse", "--verify", "--quiet", "HEAD"))

    def branch(self) -> str | None:
        """The branch checked out, also before its first commit; None when HEAD is detached."""
        return _line(self._git.ask("symbolic-ref", "--quiet", "--short", "HEAD"))

    def files(self) -> tuple[str, ...]:
        """Tracked files, deleted or not, and untracked ones that are not ignored."""
        out = self._expect("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return tuple(dict.fromkeys(_names(out)))

    def ignored(self, paths: Sequence[str]) -> frozenset[str]:
        """Those of `paths` that git ignores. A path that git cannot judge (beyond a link) is not ignored."""
        asked = b"\0".join(b"./" + os.fsencode(path) for path in paths)  # `./`: no name is pathspec magic
        loose = {"GIT_LITERAL_PATHSPECS": "0"}  # this command takes no literal ones
        answer = self._git.ask("check-ignore", "-z", "--stdin", stdin=asked, environment=loose)
        if answer.status in (0, 1) or len(paths) < 2:
            return frozenset(name.removeprefix("./") for name in _names(answer.out))
        middle = len(paths) // 2
        return self.ignored(paths[:middle]) | self.ignored(paths[middle:])

    def exists_at(self, commit: str, path: str) -> bool:
        """Whether `path` is in that commit. False also for a commit that is not there."""
        if commit.startswith("-") or "\0" in commit + path:
            return False
        return self._git.ask("cat-file", "-e", f"{commit}:./{path}").status == 0

    def short_status(self) -> tuple[tuple[str, str], ...]:
        """(two-letter code, path) of whatever differs from HEAD, submodules aside.

        Filters of the repository do not run, so that a file which one of them rewrites may show as modified.
        """
        options = ("--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=all")
        out = self._expect("status", *options, environment=self._no_filters())
        return tuple((entry[:2], entry[3:]) for entry in _names(out))

    def differing(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of `paths` that git tracks and that differ from HEAD, in the index or in the folder.

        Nothing does before the first commit.
        """
        if not paths or self.head() is None:
            return ()
        options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all")
        out = self._expect("status", *options, "--", *paths, environment=self._no_filters())
        found = self._below(entry[3:] for entry in _names(out))
        return tuple(path for path in paths if path in found)

    def obstacle(self, paths: Sequence[str]) -> str | None:
        """Why git would refuse a commit of just these files, whatever they hold; None when it would not."""
        for name, going in _UNDER_WAY.items():
            if self._git.ask("rev-parse", "--verify", "--quiet", name).status == 0:
                return f"a {going} is in progress"
        unmerged = sorted({_path_of(row) for row in _names(self._expect("ls-files", "-z", "--unmerged"))})
        if unmerged:
            return f"conflicts are not resolved in {', '.join(unmerged)}"
        inside = next((path for path in paths if self._is_elsewhere(path)), None)
        return f"{shown(inside)} lies in a repository of its own (a submodule)" if inside else None

    def _is_elsewhere(self, path: str) -> bool:
        """Whether a folder on the way to `path` is a submodule, or another repository."""
        folders = [str(folder) for folder in PurePath(path).parents if folder.name]
        return any(
            os.path.lexists(self.root / folder / ".git")
            or self._git.ask("rev-parse", "--verify", "--quiet", f":./{folder}").status == 0
            for folder in folders
        )

    def _below(self, names: Iterable[str]) -> frozenset[str]:
        """`git status` names paths from the top; here they are relative to our folder."""
        prefix = os.fsdecode(self._expect("rev-parse", "--show-prefix")).removesuffix("\n")
        return frozenset(name.removeprefix(prefix) for name in names)

    def untracked(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of `paths` that git does not know."""
        known = _names(self._expect("ls-files", "-z", "--", *paths)) if paths else []
        return tuple(path for path in paths if path not in known)

    def commit(self, paths: Sequence[str], message: str) -> str | None:
        """Commits what stands in these files now, and nothing else that is staged. Returns the commit's id.

        None: there is nothing to commit, such as in files that are as HEAD has them, or neither there nor
        tracked. The user asked for it, so the user's hooks and filters run. Raises TokenroiError with the
        words of git and of the hook; the index is then as it was.
        """
        named = [os.path.normpath(path) for path in paths]
        unknown = self.untracked(named)
        new = [path for path in unknown if _is_file(self.root / path)]
        plain = [path for path in named if path not in unknown or path in new]
        if not plain:
            return None
        with ExitStack() as undo:
            if new:
                forget = ("rm", "--cached", "--force", "--quiet", "--ignore-unmatch", "--", *new)
                undo.callback(self._git.ask, *forget)
                _check(self._git.ask("add", "--intent-to-add", "--", *new))
            literal = [f":(literal){path}" for path in plain]
            options = ("--quiet", "--cleanup=whitespace", "--file=-", "--only", "--")
            words = message.encode("utf-8", "replace")
            answer = self._git.run_as_user("commit", *options, *literal, stdin=words)
            if answer.status == 1 and _NOTHING.search(answer.words):
                return None
            _check(answer)
            undo.pop_all()
        return self.head() or ""

    def _no_filters(self) -> dict[str, str]:
        """Environment that empties every filter which the repository's own config defines."""
        listed = _names(self._expect("config", "--list", "-z", "--show-scope", "--name-only"))
        scoped = zip(listed[::2], listed[1::2], strict=True)
        matches = (_FILTER.fullmatch(key) for scope, key in scoped if scope not in _OWN_SCOPES)
        drivers = dict.fromkeys(match[1] for match in matches if match)
        empty = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
        pairs = [(f"{driver}.{key}", value) for driver in drivers for key, value in empty]
        environment = {"GIT_CONFIG_COUNT": str(len(pairs))}
        for number, (key, value) in enumerate(pairs):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment

    def _expect(self, *arguments: str, environment: Mapping[str, str] | None = None) -> bytes:
        answer = self._git.ask(*arguments, environment=environment)
        if answer.status:
            raise GitFailed(f"git {arguments[0]} failed: {shown(answer.words)[:500]}")
        return answer.out


def _check(answer: Answer) -> None:
    """Raises TokenroiError with the words of whoever refused the commit."""
    if answer.status == 0:
        return
    if _NO_IDENTITY.search(answer.words):
        hint = 'git config --global user.name "Your Name", and user.email you@example.com'
        raise TokenroiError("git does not know who commits", hint, reason="no_identity")
    lines = [line for line in answer.words.splitlines() if line.strip()] or ["no reason given"]
    what = f"the commit was refused: {lines[0][:300]}"
    raise TokenroiError(what, "\n".join(lines[1:40]), reason="commit_refused")


def _is_file(path: Path) -> bool:
    """A file or a link, whatever that leads to."""
    return path.is_symlink() or path.is_file()


def _names(out: bytes) -> list[str]:
    """NUL-separated names, of whatever bytes."""
    return [os.fsdecode(name) for name in out.split(b"\0") if name]


def _path_of(row: str) -> str:
    """Of a row of `ls-files --stage`."""
    return shown(row.partition("\t")[2])


def _line(answer: Answer) -> str | None:
    return os.fsdecode(answer.out).removesuffix("\n") if answer.status == 0 else None
