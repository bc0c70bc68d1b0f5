"""S063: validation that neither destroys nor reaches out."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tokenroi_cli.domain.spec import Severity
from tokenroi_cli.spec.rule import Draft, Hit, Rule
from tokenroi_cli.spec.shell import programs

_ALWAYS = {
    **dict.fromkeys(
        ("shutdown", "reboot", "halt", "poweroff", "killall", "pkill"), "ends what it did not start"
    ),
    **dict.fromkeys(("mkfs", "shred", "wipefs"), "destroys data"),
    **dict.fromkeys(
        ("ssh", "scp", "sftp", "ftp", "telnet", "nc", "ncat", "netcat"), "reaches other machines"
    ),
}
_SUBCOMMANDS = {
    "git": {
        **dict.fromkeys(("push", "pull", "fetch", "clone"), "reaches other machines"),
        **dict.fromkeys(("clean", "reset"), "throws work away"),
    },
    **dict.fromkeys(
        ("docker", "podman"), dict.fromkeys(("run", "push", "pull", "login"), "reaches other machines")
    ),
    **{name: {"publish": "publishes"} for name in ("npm", "pnpm", "yarn", "cargo", "poetry", "uv")},
    "twine": {"upload": "publishes"},
    "gh": dict.fromkeys(("api", "issue", "pr", "release", "repo", "workflow"), "reaches other machines"),
    "terraform": dict.fromkeys(("apply", "destroy"), "changes other machines"),
    "kubectl": dict.fromkeys(("apply", "create", "delete", "exec"), "changes other machines"),
}
_DOWNLOADS = frozenset({"curl", "wget"})
_RECURSIVE = re.compile(r"-[A-Za-z]*[rR][A-Za-z]*|--recursive")
_TAKES_VALUE = frozenset({"-C", "-c", "--git-dir", "--work-tree"})


def check(draft: Draft) -> Iterator[Hit]:
    for item in draft.spec.validation:
        for words in programs(item.command or ""):
            if danger := _danger(words):
                yield Hit(item.line, f"`{' '.join(words)}` {danger}")


def _danger(words: Sequence[str]) -> str | None:
    """Why the program must not be run unattended, in words; None when nothing is known against it."""
    program, arguments = words[0], words[1:]
    if program in _ALWAYS:
        return _ALWAYS[program]
    if program in _SUBCOMMANDS:
        return _SUBCOMMANDS[program].get(_subcommand(arguments))
    if program == "rm" and any(_RECURSIVE.fullmatch(word) for word in arguments):
        return "deletes folders"
    if program == "find" and {"-delete", "rm"} & set(arguments):
        return "deletes files"
    if program == "dd" and any(re.match(r"of=/dev/(?!null\Z)", word) for word in arguments):
        return "writes to a device"
    return "reaches other machines" if program in _DOWNLOADS and not _stays_home(arguments) else None


def _subcommand(arguments: Sequence[str]) -> str:
    skip = False
    for word in arguments:
        if not skip and not word.startswith("-"):
            return word
        skip = word in _TAKES_VALUE
    return ""


def _stays_home(arguments: Sequence[str]) -> bool:
    """Whether every address is this machine's, and there is one: an address in a variable is no proof."""
    addresses = [word for word in arguments if "://" in word]
    if not addresses:
        addresses = [f"//{word}" for word in arguments if re.match(r"localhost\b|127\.|\[::1\]", word)]
    return bool(addresses) and all(map(_is_loopback, addresses))


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


RULE = Rule(
    id="S063",
    severity=Severity.ERROR,
    summary="No Validation command deletes folders, throws work away, publishes, or reaches other machines",
    why="Validation commands run unattended, several times, on the user's own machine. The rule knows common "
    "programs; what it does not know must be held by a sandbox.",
    hint="use a command that only reads and tests; talk to 127.0.0.1 where a server is needed",
    fails="- [ ] `rm -rf build && git push` works",
    passes="- [ ] `curl -fsS http://127.0.0.1:8000/health` answers",
    check=check,
    waivable=False,
)
