"""What tokenroi writes on top of a spec file: the front matter of a plan, with the hashes of its files."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from tokenroi_cli.domain.spec import Stamp
from tokenroi_cli.spec import front_matter
from tokenroi_cli.spec.errors import MalformedSpec
from tokenroi_cli.spec.front_matter import FrontMatter, Value
from tokenroi_cli.spec.lines import lines_of
from tokenroi_cli.spec.paths import fault

VERSION = "1"
KEYS = (
    "tokenroi", "id", "base", "files", "planned_by", "cap_usd", "estimate_usd", "feature", "accepted",
)  # fmt: skip
"""The keys of front matter, in the order in which they are written."""

TEXT_WINDOW = 8 * 1024
"""Bytes in which a NUL marks a file as binary."""

_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,12})?")


def read_stamp(source: str, path: str) -> Stamp | None:
    """The stamp of a spec file; None without front matter. MalformedSpec where a value does not fit its key.

    A file whose front matter names no id is known by its file name.
    """
    head = front_matter.read(source, path)
    return None if head is None else _Fields(head, path).stamp()


def stamped(text: str, stamp: Stamp) -> str:
    """`text` with `stamp` as its front matter. The body stays byte for byte, and so do unknown keys."""
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    ending = next((line[len(line.rstrip("\r\n")) :] for line in lines_of(text)), "") or "\n"
    head = front_matter.dump(_values(stamp, front_matter.read(text, "front matter")))
    return f"{bom}---\n{head}---\n".replace("\n", ending) + unstamped(text)


def unstamped(text: str) -> str:
    """`text` without its front matter, and without a byte order mark."""
    head, body = front_matter.split(text)
    return body if head else body.removeprefix("\ufeff")


def hash_text(data: bytes) -> str:
    """`sha256:<hex>` of a file, CRLF read as LF when there is no NUL in the first 8 KiB."""
    if b"\0" not in data[:TEXT_WINDOW]:
        data = data.replace(b"\r\n", b"\n")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _values(stamp: Stamp, present: FrontMatter | None) -> dict[str, object]:
    known: dict[str, object] = {
        "tokenroi": int(VERSION),
        "id": stamp.id,
        "base": stamp.base,
        "files": dict(stamp.files),
        "planned_by": stamp.planned_by,
        "cap_usd": stamp.cap_usd,
        "estimate_usd": {tier: list(ends) for tier, ends in stamp.estimate_usd.items()},
        "feature": stamp.feature,
        "accepted": stamp.extra.get("accepted"),
    }
    foreign = {key: value for key, value in present.values.items() if key not in KEYS} if present else {}
    return {
        key: value for key, value in {**known, **foreign, **stamp.extra}.items() if value not in (None, {})
    }


class _Fields:
    """Front matter, asked key by key for the type that the key promises."""

    def __init__(self, head: FrontMatter, path: str) -> None:
        self._head = head
        self._path = path

    def stamp(self) -> Stamp:
        if self._text("tokenroi") not in (None, VERSION):
            raise self._malformed("tokenroi", f"must be {VERSION}: a newer tokenroi wrote this spec")
        return Stamp(
            id=self._text("id") or PurePosixPath(self._path).stem,
            base=self._text("base"),
            files=self._files(),
            planned_by=self._text("planned_by"),
            cap_usd=self._amount("cap_usd", cap) if (cap := self._text("cap_usd")) else None,
            estimate_usd={tier: self._range(ends) for tier, ends in self._mapping("estimate_usd").items()},
            feature=self._text("feature"),
            extra={k: v for k, v in self._head.values.items() if k not in KEYS or k == "accepted"},
        )

    def _files(self) -> dict[str, str]:
        hashes = {path: self._scalar("files", value) for path, value in self._mapping("files").items()}
        for path in hashes:
            if why := fault(path):
                raise self._malformed("files", f"names {ascii(path)[:100]}, which {why}")
        return hashes

    def _text(self, key: str) -> str | None:
        return self._scalar(key, self._head.values.get(key, "")) or None

    def _scalar(self, key: str, value: Value) -> str:
        if not isinstance(value, str):
            raise self._malformed(key, "holds a list or a mapping where one word belongs")
        return value

    def _mapping(self, key: str) -> Mapping[str, Value]:
        value = self._head.values.get(key) or {}
        if not isinstance(value, dict):
            raise self._malformed(key, "must be a mapping, {name: value}")
        return value

    def _range(self, ends: Value) -> tuple[str, str]:
        if not isinstance(ends, list) or len(ends) != 2:
            raise self._malformed(
                "estimate_usd", 'must hold a low and a high amount, {mid: ["0.08", "0.31"]}'
            )
        low, high = (self._amount("estimate_usd", end) for end in ends)
        return low, high

    def _amount(self, key: str, value: Value) -> str:
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            raise self._malformed(key, 'must be an amount in USD such as "0.50"')
        return value

    def _malformed(self, key: str, what: str) -> MalformedSpec:
        return MalformedSpec(
            self._path, self._head.lines[key], f"`{key}` {what}", "repair the front matter, or plan again"
        )
