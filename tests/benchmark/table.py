"""Tables in Markdown."""

from collections.abc import Sequence


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a headed Markdown table, its columns aligned so that it also reads well in a terminal."""
    widths = [max(len(row[k]) for row in (header, *rows)) for k in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)) + " |"

    ruler = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join((f"## {title}", "", line(header), ruler, *(line(row) for row in rows), ""))


def shown(value: float | None, digits: int = 1, scale: float = 1.0) -> str:
    """Return a number with fixed digits, a dash where there is none."""
    return "-" if value is None else f"{scale * value:.{digits}f}"
