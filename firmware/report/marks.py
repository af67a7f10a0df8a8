"""Marks on the traces: sets and rep numbers above them, announcements within."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from firmware.report.palette import ANNOUNCED, BASE_PT, INK, MUTED, SMALL_PT
from firmware.report.rows import Label, kept_apart
from firmware.report.session import Span, number, rep_span
from firmware.report.sheet import text_width_in
from tracker.blocks import Announced
from tracker.messages import Rep

APART_IN = 0.05
NUMBERS_IN, SETS_IN = 0.06, 0.31
"""Height of the rep numbers and of the sets' brackets above the axes."""

UPRIGHT_IN = 1.5 * SMALL_PT / 72.0

OUTLINE = withStroke(linewidth=2.5, foreground="white")
"""Keeps a text legible over lines and hatches."""

UPRIGHT: dict[str, Any] = {
    "fontsize": SMALL_PT,
    "zorder": 2.5,
    "path_effects": [OUTLINE],
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the session on the sheet: its axes, its interval (s) and its size in inches."""

    axes: Axes
    span: Span
    width_in: float
    height_in: float

    def holds(self, t_s: float) -> bool:
        """Whether a moment lies in this part."""
        return self.span[0] <= t_s <= self.span[1]

    def inches(self, t_s: float) -> float:
        """Place of a moment from the left edge."""
        return (t_s - self.span[0]) / (self.span[1] - self.span[0]) * self.width_in

    def inches_between(self, start_s: float, end_s: float) -> float:
        """Distance of two moments."""
        return self.inches(end_s) - self.inches(start_s)

    def row(self, labels: Sequence[Label]) -> list[Label]:
        """Those labels of this part that fit in one row."""
        return kept_apart([each for each in labels if self.holds(each.at)], self.inches, APART_IN)

    def above(self, inches: float) -> float:
        """Height in axes coordinates of a place above the axes."""
        return 1.0 + inches / self.height_in


def draw_numbers(part: Part, reps: Sequence[Rep]) -> None:
    """Write the number of every rep above it, as far as there is room."""
    centres = [(0.5 * sum(rep_span(rep)), number(rep)) for rep in reps]
    labels = [Label(at_s, text, text_width_in(text, BASE_PT)) for at_s, text in centres]
    for label in part.row(labels):
        write(part, label, part.above(NUMBERS_IN), {"va": "bottom", "fontsize": BASE_PT, "color": INK})


def draw_set(part: Part, number: int, reps: Sequence[Rep]) -> None:
    """Draw the bracket of a set above this part, as far as the set lies in it."""
    start_s = max(part.span[0], reps[0].concentric_start_s)
    end_s = min(part.span[1], rep_span(reps[-1])[1])
    if start_s >= end_s:
        return
    height = part.above(SETS_IN)
    part.axes.plot(
        [start_s, end_s], [height, height], transform=part.axes.get_xaxis_transform(),
        color=MUTED, linewidth=1.2, solid_capstyle="butt", clip_on=False, label=f"_set {number}",
    )  # fmt: skip
    label = Label(0.5 * (start_s + end_s), f"set {number}", text_width_in("set 10", BASE_PT))
    style = {"va": "bottom", "fontsize": BASE_PT, "fontweight": "bold", "color": INK}
    write(part, label, part.above(SETS_IN + 0.03), style)


def draw_announced(part: Part, announced: Sequence[Announced]) -> None:
    """Mark what the button or a command announced, with its name at the lower edge."""
    labels = [Label(each.t_s, each.text, UPRIGHT_IN) for each in announced]
    for each in announced:
        if part.holds(each.t_s):
            part.axes.axvline(
                each.t_s, color=ANNOUNCED, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2, label="_announced"
            )
    for label in part.row(labels):
        write(part, label, 0.04, {"va": "bottom", "rotation": 90, "color": ANNOUNCED} | UPRIGHT)


def write(part: Part, label: Label, height: float, style: dict[str, Any]) -> None:
    """Write a label centred on its moment, moved inwards where it would leave the part."""
    half_s = 0.5 * label.width_in / part.width_in * (part.span[1] - part.span[0])
    at_s = min(max(label.at, part.span[0] + half_s), max(part.span[0] + half_s, part.span[1] - half_s))
    part.axes.text(
        at_s, height, label.text, transform=part.axes.get_xaxis_transform(), ha="center", clip_on=False,
        **style,
    )  # fmt: skip
