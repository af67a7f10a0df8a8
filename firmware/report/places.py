"""Where each rep stands in a chart with one place per rep: sets side by side with a space between."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from firmware.report.palette import MUTED, SMALL_PT
from firmware.report.rows import Label, kept_apart
from firmware.report.session import number
from firmware.report.sheet import text_width_in
from tracker.messages import Rep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BETWEEN_SETS = 1.0


def places(reps: Sequence[Rep]) -> list[float]:
    """Return the place of each rep, 1 apart within a set."""
    found: list[float] = []
    for i, rep in enumerate(reps):
        new_set = i > 0 and rep.set != reps[i - 1].set
        found.append(found[-1] + 1.0 + BETWEEN_SETS * new_set if found else 0.0)
    return found


def dress_places(axes: "Axes", reps: Sequence[Rep], width_in: float, before: float = 1.0) -> None:
    """Write rep numbers along the axis as far as there is room, and the sets under them.

    `before`: room on the left, in places.
    """
    xs = places(reps)
    low, high = xs[0] - before, max(xs[-1] + 1.0, xs[0] + 5.0)
    axes.set_xlim(low, high)
    place_in = width_in / (high - low)
    widest_in = max(text_width_in(number(rep), SMALL_PT) for rep in reps) + 0.03
    every = max(1, ceil(widest_in / place_in))
    labels = [
        Label(x, number(rep), text_width_in(number(rep), SMALL_PT))
        for x, rep in zip(xs, reps, strict=True)
        if (rep.rep - 1) % every == 0
    ]
    shown = kept_apart(labels, lambda x: x * place_in, 0.03)
    axes.set_xticks([label.at for label in shown], [label.text for label in shown])
    axes.tick_params(axis="x", length=0)
    numbers = list(dict.fromkeys(rep.set for rep in reps))
    for each in numbers:
        own = [x for x, rep in zip(xs, reps, strict=True) if rep.set == each]
        name = f"set {each}" if place_in * len(own) > 0.45 else f"{each}"
        axes.annotate(
            name if len(numbers) > 1 else "rep", (0.5 * (own[0] + own[-1]), 0.0),
            xycoords=axes.get_xaxis_transform(), xytext=(0, -17), textcoords="offset points",
            ha="center", va="top", fontsize=SMALL_PT, color=MUTED, annotation_clip=False,
        )  # fmt: skip
