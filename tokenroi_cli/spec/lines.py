"""Lines as every tool of this room counts them."""

import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def lines_of(text: str) -> tuple[str, ...]:
    """Lines with their endings, where LF, CRLF and CR end a line and nothing else does."""
    return tuple(_LINE.findall(text))
