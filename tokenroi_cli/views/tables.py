"""Plain aligned tables: they read the same on a screen, in a pipe and to a screen reader."""

from collections.abc import Sequence

from tokenroi_cli.views.safe import line
from tokenroi_cli.views.width import cells


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Headers over rows, columns two spaces apart, without a final newline.

    `align` has one letter a column: `l`, or `r` for figures. No rows: the headers alone.
    """
    grid = [[line(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(cells, column)) for column in zip(*grid, strict=True)]
    return "\n".join(_row(row, widths, align) for row in grid)


def _row(row: Sequence[str], widths: Sequence[int], align: str) -> str:
    padded = [
        " " * (width - cells(cell)) + cell if side == "r" else cell + " " * (width - cells(cell))
        for cell, width, side in zip(row, widths, align, strict=True)
    ]
    return "  ".join(padded).rstrip()
