"""Whether the files that a plan was made on are still what the planner saw."""

from collections.abc import Callable

from tokenroi_cli.domain.spec import Spec


def stale(spec: Spec, sha256_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """Stamped files whose hash is no longer the stamp's, in the stamp's order.

    `sha256_of` gives `sha256:<hex>` as `stamp.hash_text` does, None for a file that is gone. A spec without a
    stamp promises nothing about its files, so it is never stale.
    """
    planned = spec.stamp.files if spec.stamp else {}
    return tuple(path for path, digest in planned.items() if sha256_of(path) != digest)
