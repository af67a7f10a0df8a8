"""Block digits: the rep count large enough to read from the machine."""

from collections.abc import Mapping

HEIGHT = 5
WIDTH = 6
"""Columns of one digit; every dot is two columns wide, since a terminal's cell is twice as high as wide."""

_DOTS: Mapping[str, tuple[str, str, str, str, str]] = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
}


def block_digits(number: int, dot: str) -> list[str]:
    """Return HEIGHT lines of equal length; `dot` is the one character that fills a dot's two columns."""
    return [
        "  ".join(
            "".join(dot * 2 if filled == "#" else "  " for filled in _DOTS[digit][line])
            for digit in str(number)
        )
        for line in range(HEIGHT)
    ]
