"""Drift over the set: direction and range, rep by rep."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from firmware.report.palette import INK, INSIDE, MUTED, OUTSIDE, PHASES, RULE, SMALL_PT, ZONE
from firmware.report.places import dress_places, places
from firmware.report.sheet import AXIS_IN, LEFT_IN, RIGHT_IN, Sheet
from tracker.diagonal import ZONE_DEG
from tracker.messages import Phase, Rep

HEIGHT_IN = 2.4
_BETWEEN_IN = 0.95
_MANY = 40

Measure = Callable[[Rep], float | None]


def _diagonal(rep: Rep) -> float | None:
    return rep.diagonal_deg


def _rom_m(rep: Rep) -> float | None:
    return rep.rom_m


def _rom_deg(rep: Rep) -> float | None:
    return rep.rom_deg


def draw_drift(sheet: Sheet, top_in: float, reps: Sequence[Rep]) -> None:
    """Draw the diagonal by rep where any is known, and the range by rep, with a line for each set's trend."""
    sheet.section(LEFT_IN, top_in, "Drift")
    note = "rep by rep, with the straight line through each set; hollow: suspect"
    sheet.text(LEFT_IN + 0.65, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    directed = any(rep.diagonal_deg is not None for rep in reps)
    charts: list[tuple[str, Measure]] = [("diagonal, °", _diagonal)] if directed else []
    if any(rep.rom_m is not None for rep in reps):
        charts.append(("range, m", _rom_m))
    if len(charts) < 2 and any(rep.rom_deg is not None for rep in reps):
        charts.append(("range, °", _rom_deg))
    room_in = RIGHT_IN - AXIS_IN - _BETWEEN_IN * (len(charts) - 1)
    width_in = room_in / max(1, len(charts))
    for i, (label, measure) in enumerate(charts):
        left_in = AXIS_IN + i * (width_in + _BETWEEN_IN)
        axes = sheet.axes(left_in, top_in + 0.36, width_in, HEIGHT_IN - 1.0, label=f"drift {label}")
        draw_measure(axes, reps, measure)
        dress_places(axes, reps, width_in)
        axes.set_ylabel(label)
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        axes.locator_params(axis="y", nbins=5)


def draw_measure(axes: Axes, reps: Sequence[Rep], measure: Measure) -> None:
    """Draw one value for each rep that has it, and a line through each set of three or more."""
    diagonal = measure is _diagonal
    points = [
        (x, value, rep)
        for x, rep in zip(places(reps), reps, strict=True)
        if (value := measure(rep)) is not None
    ]
    for number in dict.fromkeys(rep.set for _, _, rep in points):
        own = [(x, value) for x, value, rep in points if rep.set == number]
        if len(own) >= 3:
            _draw_trend(axes, own, number)
    for outside, suspect in product((False, True), repeat=2):
        own_points = [
            (x, value, (rep.diagonal_sd_deg or 0.0) if diagonal else 0.0)
            for x, value, rep in points
            if (diagonal and rep.in_zone is False, rep.quality == "suspect") == (outside, suspect)
        ]
        if own_points:
            colour = (OUTSIDE if outside else INSIDE) if diagonal else PHASES[Phase.CONCENTRIC]
            xs, values, sds = zip(*own_points, strict=True)
            axes.errorbar(
                xs, values, yerr=sds if diagonal else None, color=colour, elinewidth=1.1, linestyle="none",
                marker="D" if outside else "o", markersize=5.0 if len(points) <= _MANY else 3.5, zorder=3,
                markerfacecolor="white" if suspect else colour,
                label=f"{'outside' if outside else 'inside'} {'suspect' if suspect else 'good'}",
            )  # fmt: skip
    if diagonal:
        axes.axhspan(*ZONE_DEG, color=ZONE, alpha=0.15, linewidth=0, label="zone", zorder=0)
        lows = [value - (rep.diagonal_sd_deg or 0.0) for _, value, rep in points]
        highs = [value + (rep.diagonal_sd_deg or 0.0) for _, value, rep in points]
        axes.set_ylim(min(ZONE_DEG[0] - 5, *lows, 90.0) - 2, max(ZONE_DEG[1] + 5, *highs, -90.0) + 2)
    else:
        axes.set_ylim(0.0, 1.15 * max(value for _, value, _ in points))


def _draw_trend(axes: Axes, own: Sequence[tuple[float, float]], number: int) -> None:
    xs = np.array([x for x, _ in own])
    values = np.array([value for _, value in own])
    spread = xs - xs.mean()
    slope = float((spread * (values - values.mean())).sum() / (spread * spread).sum())
    ends = np.array([xs[0], xs[-1]])
    axes.plot(
        ends, values.mean() + slope * (ends - xs.mean()), color=INK, linewidth=1.0, alpha=0.6,
        linestyle=(0, (4, 3)), zorder=2, label=f"_trend {number}",
    )  # fmt: skip
