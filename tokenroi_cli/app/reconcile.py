"""`tokenroi report --reconcile FILE`: the ledger against a provider's usage export."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tokenroi_cli.app.workplace import now, open_ledger
from tokenroi_cli.domain.errors import UsageError
from tokenroi_cli.money.exports import read_export
from tokenroi_cli.money.ledger import iso
from tokenroi_cli.money.reconcile import Reconciled
from tokenroi_cli.money.reconcile import reconcile as compare
from tokenroi_cli.store.paths import locate

MOST_BYTES = 256 * 2**20


def reconcile(environ: Mapping[str, str], file: Path) -> Reconciled:
    """Compares, and books what the export proves: unknown money lower, costs above the booked ones higher.

    The corrections are events of their own beside the calls' ends. Raises UsageError for a file that
    cannot be read or is no export.
    """
    export = read_export(_text(file), file.name)
    ledger = open_ledger(locate(environ))
    try:
        first = min((line.day for line in export.lines), default=None)
        since = datetime.fromisoformat(first).replace(tzinfo=UTC) if first else now()
        found = compare(export, ledger.booked(since=since), iso(now()))
        for event in found.corrections:
            ledger.correct(event)
    finally:
        ledger.close()
    return found


def _text(file: Path) -> str:
    try:
        if not file.is_file():
            raise UsageError(f"{file} is not a file", "name a usage export of a provider")
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file} is larger than {MOST_BYTES // 2**20} MB", "export a shorter span")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8", "name a usage export of a provider") from error
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}", "name a file that can be read") from error
