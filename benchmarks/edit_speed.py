"""CPU of edits: 1,000 of them in files of 1,000 lines, and one in a file of 5 MB, as quoted and misquoted.

`python benchmarks/edit_speed.py`: reading the file, matching, and replacing it, without a journal.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tokenroi_cli.workspace.edits import EditRefused, FileEdit, apply_edits

EDITS = 1_000
LINES = 1_000
LARGE = 4_900_000
"""Bytes: a file may be edited up to 5,000,000."""

Quote = Callable[[str], str]

QUOTES: dict[str, Quote] = {
    "as quoted": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "trailing blanks": lambda text: text.replace("\n", "  \n"),
    "dedented": lambda text: text.replace("    ", "", 1).replace("\n    ", "\n"),
    "blank lines lost": lambda text: text.replace("\n\n", "\n"),
    "not in the file": lambda text: text.replace("value", "vaule"),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file.py")
        print(f"{'':<18}{EDITS:,} edits of {LINES:,} lines, s{'':>4}one of {LARGE / 1e6:.1f} MB, s")
        for name, quote in QUOTES.items():
            print(f"{name:<18}{timed(file, LINES, EDITS, quote):>28.2f}{timed(file, None, 1, quote):>22.3f}")


def timed(file: Path, lines: int | None, edits: int, quote: Quote) -> float:
    """Seconds of CPU; of `edits` edits, each somewhere else. `lines` None: as many as make a large file."""
    block = "    def method_{0}(self):\n        value = {0}\n\n        return value + {0}\n"
    count = LARGE // len(block.format(99_999)) if lines is None else lines // 4
    text = "".join(block.format(number) for number in range(count))
    spent = 0.0
    for number in range(edits):
        old = block.format(number * 7 % count if lines else count // 2)
        new = old.replace("return value", "return value * 2")
        file.write_text(text)
        started = time.process_time()
        try:
            apply_edits(file.parent, [FileEdit(file.name, ((quote(old), quote(new)),))])
        except EditRefused:
            assert "vaule" in quote(old)
        spent += time.process_time() - started
    return spent


if __name__ == "__main__":
    main()
