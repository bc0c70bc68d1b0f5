"""Whether reading a reply takes time by its length only: hostile ones of one size and of four times that."""

import time
from contextlib import suppress

from tokenroi_cli.workspace.replies import ReplyRefused, parse_reply

SIZE = 250_000
"""Characters of the shorter one."""

BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"

PARTS = (
    f"a.py\n```python\n{BLOCK}```\n\n",
    "a.py\n```python\nx\n```\n\n",
    "Say why src/app.py is changed, and how.\n",
    "```a\n",
    "~~~\n```\n\n",
    "<<<<<<< SEARCH\n",
    f"```\n{BLOCK.replace('>>>>>>> R', '>>>>>> R')}```\n",
    "x</think>\n<<<<<<< a\n",
    "<<<<<<< SEARCH a  ",
    "> > ",
    "** ",
)


def seconds(part: str, size: int) -> float:
    """CPU that one reply made of nothing but `part` takes."""
    reply = "a.py\n" + part * (size // len(part))
    began = time.process_time()
    with suppress(ReplyRefused):
        parse_reply(reply)
    return time.process_time() - began


def main() -> None:
    for part in PARTS:
        short, long = seconds(part, SIZE), seconds(part, 4 * SIZE)
        print(f"{short:7.3f} s {long:7.3f} s  x{long / max(short, 1e-9):5.1f}  {part[:30]!r}")


if __name__ == "__main__":
    main()
