"""The direction of every kick, seen from above: the lifter faces up, straight back is down."""

from collections.abc import Sequence
from math import cos, radians, sin
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, Ellipse, Wedge

from firmware.report.directions import directed, summary
from firmware.report.palette import INK, INSIDE, MUTED, OUTSIDE, PANEL, RULE, SMALL_PT, ZONE
from firmware.report.sheet import Sheet
from tracker.diagonal import ZONE_DEG
from tracker.messages import Rep
from tracker.setup import Leg

HEIGHT_IN = 3.75
_BEHIND, _BEFORE = 1.2, 0.24
"""What is drawn behind and before the lifter, in lengths of the longest ray."""

_LINE_IN = 0.18
_WRAP = 62
_FEW = 8
"""So many rays are drawn in full strength."""


def ray_end(diagonal_deg: float, leg: Leg, length: float) -> tuple[float, float]:
    """Return where a kick ends, seen from above: x to the lifter's right, y forwards."""
    outward = 1.0 if leg == "right" else -1.0
    angle = radians(diagonal_deg)
    return outward * length * sin(angle), -length * cos(angle)


def draw_rose(sheet: Sheet, left_in: float, top_in: float, width_in: float, reps: Sequence[Rep]) -> None:
    """Draw a ray for each rep whose diagonal is known, with its uncertainty; say why others have none."""
    sheet.section(left_in, top_in, "Direction")
    note = "seen from above; a ray's length is the rep's range"
    sheet.text(left_in + 1.0, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    known = directed(reps)
    lines = [line for each in summary(reps, known) for line in wrap(each, _WRAP)]
    height_in = HEIGHT_IN - 0.75 - _LINE_IN * len(lines)
    axes = sheet.axes(left_in, top_in + 0.3, width_in, height_in, label="direction")
    axes.set_axis_off()
    half_width = 0.5 * width_in / height_in * (_BEHIND + _BEFORE)
    axes.set_xlim(-half_width, half_width)
    axes.set_ylim(-_BEHIND, _BEFORE)
    _draw_plane(axes, sorted({rep.leg for rep in reps if rep.leg is not None}), bool(known))
    strength = min(1.0, _FEW / len(known)) if known else 1.0
    for rep, length in zip(known, _lengths(known), strict=True):
        _draw_ray(axes, rep, length, strength)
    _draw_lifter(axes)
    for i, line in enumerate(lines):
        place = (left_in + 0.5 * width_in, top_in + 0.34 + height_in + i * _LINE_IN)
        sheet.text(*place, line, {"ha": "center"})


def _lengths(reps: Sequence[Rep]) -> list[float]:
    """Range of each rep as a share of the longest, by cable travel or else by angle."""
    by_travel = all(rep.rom_m is not None for rep in reps)
    ranges = [(rep.rom_m if by_travel else rep.rom_deg) or 0.0 for rep in reps]
    longest = max(ranges, default=0.0)
    return [each / longest if each > 0.0 else 1.0 for each in ranges]


def _draw_plane(axes: Axes, legs: Sequence[Leg], known: bool) -> None:
    """Draw the half plane behind the lifter, with the zone of each working leg."""
    axes.add_patch(Wedge((0, 0), 1.0, 180, 360, facecolor=PANEL, edgecolor="none", zorder=0))
    for radius in (0.5, 1.0):
        axes.add_patch(Arc((0, 0), 2 * radius, 2 * radius, theta1=180, theta2=360, color=RULE, linewidth=0.8))
    sides: Sequence[Leg] = legs or ("left", "right")
    for leg in sides:
        low, high = sorted(270 + d if leg == "right" else 270 - d for d in ZONE_DEG)
        zone = Wedge(
            (0, 0), 1.06, low, high, facecolor=ZONE, alpha=0.22 if known else 0.1, linewidth=0,
            label=f"zone {leg}", zorder=1,
        )  # fmt: skip
        axes.add_patch(zone)
        for angle in ZONE_DEG:
            _write_angle(axes, ray_end(angle, leg, 1.15), f"{angle:.0f}°")
        _write_angle(axes, (ray_end(90.0, leg, 0.95)[0], 0.06), "90°")
    _write_angle(axes, (0.0, -1.12), "0°, straight back")
    axes.plot(
        [0, 0], [0, -1.0], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5, label="_midline"
    )


def _write_angle(axes: Axes, place: tuple[float, float], name: str) -> None:
    axes.text(*place, name, ha="center", va="center", fontsize=SMALL_PT, color=MUTED)


def _draw_ray(axes: Axes, rep: Rep, length: float, strength: float) -> None:
    """Draw one kick; `strength` below 1 makes it fainter, so that many can be told apart."""
    assert rep.diagonal_deg is not None
    assert rep.leg is not None
    colour = OUTSIDE if rep.in_zone is False else INSIDE
    x, y = ray_end(rep.diagonal_deg, rep.leg, length)
    if rep.diagonal_sd_deg is not None:
        sides = np.linspace(-rep.diagonal_sd_deg, rep.diagonal_sd_deg, 9)
        arc = [ray_end(rep.diagonal_deg + d, rep.leg, length) for d in sides.tolist()]
        axes.fill(
            *zip((0.0, 0.0), *arc, strict=True), color=colour, alpha=0.14 * strength, linewidth=0, zorder=2
        )
    suspect = rep.quality == "suspect"
    axes.plot(
        [0.0, x], [0.0, y], color=colour, linewidth=0.6 + 0.8 * strength, alpha=0.4 + 0.6 * strength,
        linestyle=(0, (2, 1.5)) if suspect else "-", zorder=3, label=f"rep {rep.set}.{rep.rep}",
    )  # fmt: skip
    axes.plot(
        [x], [y], marker="D" if rep.in_zone is False else "o", markersize=3.0 + 1.7 * strength,
        color=colour, markerfacecolor="white" if suspect else colour, label="_end", zorder=3.2,
    )  # fmt: skip


def _draw_lifter(axes: Axes) -> None:
    """Shoulders, head and nose of a lifter who faces up."""
    axes.add_patch(
        Ellipse((0, 0.04), 0.62, 0.19, facecolor="#c9d1d9", edgecolor="white", linewidth=1, zorder=4)
    )
    axes.add_patch(Ellipse((0, 0.16), 0.055, 0.08, facecolor=INK, linewidth=0, zorder=4.1))
    axes.add_patch(Circle((0, 0.06), 0.105, facecolor=INK, edgecolor="white", linewidth=1, zorder=4.2))
