"""What a child process gets to know of our environment: an allow-list, so that no key can reach it."""

from collections.abc import Mapping

_ALLOWED = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"),
        *("TZ", "TERM", "COLUMNS", "NO_COLOR", "CI"),
        *("LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC"),
        *(
            "LC_TIME",
            "LC_ADDRESS",
            "LC_IDENTIFICATION",
            "LC_MEASUREMENT",
            "LC_NAME",
            "LC_PAPER",
            "LC_TELEPHONE",
        ),
        *("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH"),
        *("JAVA_HOME", "GOPATH", "CARGO_HOME", "RUSTUP_HOME"),
    )
)


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of `environ` that a command may see. Everything not named here is left out."""
    return {name: value for name, value in environ.items() if name in _ALLOWED}
