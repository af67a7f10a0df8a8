"""Drift over the set: direction, range, return, hold and force, rep by rep."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import ceil

import numpy as np
from matplotlib.axes import Axes

from firmware.report.palette import INK, INSIDE, MUTED, OUTSIDE, PHASES, RULE, SMALL_PT, ZONE
from firmware.report.places import dress_places, places
from firmware.report.sheet import AXIS_IN, LEFT_IN, RIGHT_IN, Sheet
from tracker.diagonal import ZONE_DEG
from tracker.messages import Phase, Rep

_CHART_IN = 1.4
_ROW_IN = 2.05
_BETWEEN_IN = 0.72
_IN_A_ROW = 3
_MANY = 40

Measure = Callable[[Rep], float | None]


def _diagonal(rep: Rep) -> float | None:
    return rep.diagonal_deg


def _rom_m(rep: Rep) -> float | None:
    return rep.rom_m


def _rom_deg(rep: Rep) -> float | None:
    return rep.rom_deg


def _eccentric_s(rep: Rep) -> float | None:
    return rep.eccentric_s


def _contracted_s(rep: Rep) -> float | None:
    return rep.pause_contracted_s


def _force_n(rep: Rep) -> float | None:
    return rep.mean_force_n


def drift_height_in(reps: Sequence[Rep]) -> float:
    """Height the charts take."""
    return 0.36 + _ROW_IN * ceil(len(_charts(reps)) / _IN_A_ROW)


def _charts(reps: Sequence[Rep]) -> list[tuple[str, Measure]]:
    """What at least one rep has; the range as an angle only where there is none along the cable."""
    measures: list[tuple[str, Measure]] = [
        ("diagonal, °", _diagonal),
        ("range, m", _rom_m),
        ("range, °", _rom_deg),
        ("return, s", _eccentric_s),
        ("hold, s", _contracted_s),
        ("mean force, N", _force_n),
    ]
    found = [(label, of) for label, of in measures if any(of(rep) is not None for rep in reps)]
    metres = any(of is _rom_m for _, of in found)
    return [(label, of) for label, of in found if not (metres and of is _rom_deg)]


def draw_drift(sheet: Sheet, top_in: float, reps: Sequence[Rep]) -> None:
    """Draw every quantity that is known by rep, with a line for each set's trend."""
    sheet.section(LEFT_IN, top_in, "Drift")
    note = "rep by rep, with the straight line through each set; hollow: suspect"
    sheet.text(LEFT_IN + 0.65, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    charts = _charts(reps)
    in_a_row = min(len(charts), _IN_A_ROW)
    width_in = (RIGHT_IN - AXIS_IN - _BETWEEN_IN * (in_a_row - 1)) / in_a_row
    for i, (label, measure) in enumerate(charts):
        row, column = divmod(i, _IN_A_ROW)
        left_in = AXIS_IN + column * (width_in + _BETWEEN_IN)
        axes = sheet.axes(left_in, top_in + 0.36 + row * _ROW_IN, width_in, _CHART_IN, label=f"drift {label}")
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
            colour = (OUTSIDE if outside else INSIDE) if diagonal else _COLOURS[measure]
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


_COLOURS: Mapping[Measure, str] = {
    _rom_m: PHASES[Phase.CONCENTRIC],
    _rom_deg: PHASES[Phase.CONCENTRIC],
    _eccentric_s: PHASES[Phase.ECCENTRIC],
    _contracted_s: PHASES[Phase.PAUSE_CONTRACTED],
    _force_n: INK,
}


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
