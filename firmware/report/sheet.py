"""The sheet of paper: places axes and texts in inches from its top left corner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firmware.report.palette import SECTION_PT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH_IN = 12.8
DPI = 125
"""1600 pixels wide."""

LEFT_IN = 0.4
RIGHT_IN = WIDTH_IN - 0.4
AXIS_IN = 1.05
"""Left edge of axes that have labels on their left."""


def text_width_in(text: str, points: float) -> float:
    """About how wide a text is set, a little more rather than less."""
    return 0.0092 * points * len(text)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure of `WIDTH_IN` by `height_in`."""

    figure: "Figure"
    height_in: float

    def axes(
        self, left_in: float, top_in: float, width_in: float, height_in: float, **options: Any
    ) -> "Axes":
        """Return axes whose top left corner lies at the given place; `options` go to matplotlib."""
        bottom = 1.0 - (top_in + height_in) / self.height_in
        box = (left_in / WIDTH_IN, bottom, width_in / WIDTH_IN, height_in / self.height_in)
        return self.figure.add_axes(box, **options)

    def text(
        self, left_in: float, top_in: float, text: str, style: Mapping[str, Any] | None = None
    ) -> "Text":
        """Write a text whose top left corner lies at the given place."""
        place = (left_in / WIDTH_IN, 1.0 - top_in / self.height_in)
        return self.figure.text(*place, text, **{"va": "top", "ha": "left"} | dict(style or {}))

    def section(self, left_in: float, top_in: float, title: str) -> None:
        """Write the heading of a section."""
        self.text(left_in, top_in, title, {"fontsize": SECTION_PT, "fontweight": "bold"})
