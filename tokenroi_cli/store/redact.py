"""Keys stay home: whatever leaves through a log, a transcript or a screen passes here first."""

import re
from collections.abc import Sequence

REDACTED = "[redacted]"


def redact(text: str, secrets: Sequence[str]) -> str:
    """The text with every exact occurrence of a secret replaced, longer secrets before their parts."""
    longest_first = sorted(filter(None, secrets), key=len, reverse=True)
    if not longest_first:
        return text
    # One pass: a second one could find a secret inside the word that replaced the first.
    return re.sub("|".join(map(re.escape, longest_first)), REDACTED, text)
