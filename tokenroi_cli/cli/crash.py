"""A bug leaves a file behind, without keys in it, and one line that says where."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tokenroi_cli import __version__
from tokenroi_cli.domain.errors import Bug, TokenroiError


def record(error: BaseException, argv: Sequence[str], environ: Mapping[str, str]) -> Bug:
    """Writes the traceback to `<state>/logs/` and names the file. Raises nothing of its own."""
    from tokenroi_cli.store.redact import redact

    secrets = _secrets(environ)
    name = "".join(traceback.format_exception_only(error)).strip()
    where = _written(redact(_text(error, argv), secrets), environ)
    hint = (
        f"please report it; the traceback is in {where}"
        if where
        else "please report it; no log could be written"
    )
    return Bug(f"a bug: {redact(name, secrets)}", hint)


def _text(error: BaseException, argv: Sequence[str]) -> str:
    head = f"tokenroi {__version__}, Python {sys.version.split()[0]} on {sys.platform}\n{list(argv)}\n\n"
    return head + "".join(traceback.format_exception(error))


def _written(text: str, environ: Mapping[str, str]) -> Path | None:
    from tokenroi_cli.store.paths import locate

    with suppress(TokenroiError, OSError):
        folder = locate(environ).ensure_state() / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.log"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        return path
    return None


def _secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    from tokenroi_cli.domain.config import Config
    from tokenroi_cli.store.config import load
    from tokenroi_cli.store.keys import known_secrets
    from tokenroi_cli.store.paths import locate

    config = Config(tiers={})
    with suppress(TokenroiError, OSError):
        config = load(locate(environ), environ)
    return known_secrets(config, environ)
