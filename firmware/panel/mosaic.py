"""Mosaic: a one-bit picture as lines of characters, so that a terminal can show what a display shows."""

from collections.abc import Callable

_HALVES = " ▄▀█"
_NO_DOT = 0x2800
_DOT_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Unicode's numbering of the dots of a Braille cell, by row and column."""

Lit = Callable[[int, int], bool]


def lit_in(pixels: bytes, width: int) -> Lit:
    """Return whether a pixel is lit, by column and row; `pixels` are the bytes of a picture of mode "1"."""
    row_bytes = (width + 7) // 8
    return lambda x, y: bool(pixels[y * row_bytes + x // 8] & 0x80 >> x % 8)


def halves(lit: Lit, width: int, height: int) -> list[str]:
    """Two pixels to a character, one above the other: as sharp as the display, and as wide as its pixels."""
    return [
        "".join(_HALVES[2 * lit(x, y) + lit(x, y + 1)] for x in range(width)) for y in range(0, height, 2)
    ]


def dots(lit: Lit, width: int, height: int) -> list[str]:
    """Eight pixels to a character, as Braille dots: small, for a terminal with less room."""
    return [
        "".join(
            chr(
                _NO_DOT
                + sum(
                    bit
                    for row, bits in enumerate(_DOT_BITS)
                    for column, bit in enumerate(bits)
                    if lit(x + column, y + row)
                )
            )
            for x in range(0, width, 2)
        )
        for y in range(0, height, 4)
    ]


def framed(rows: list[str]) -> list[str]:
    """Put a frame around the rows, which must be equally long."""
    rule = "─" * len(rows[0])
    return [f"┌{rule}┐", *(f"│{row}│" for row in rows), f"└{rule}┘"]
