"""Drift: one quantity rep by rep, with the straight line through each set that its drift is read from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware.report.figures import number
from firmware.report.palette import INK, INSIDE, MUTED, OUTSIDE, PHASES, RULE, ZONE
from firmware.report.places import places
from firmware.report.session import number as rep_number
from firmware.report.web.svg import SMALL_LETTERS, WIDTH, drawing, element, line, rectangle, text
from tracker.diagonal import ZONE_DEG
from tracker.messages import Phase, Rep
from tracker.summary import drift, trend

_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, WIDTH - 14.0, 20.0, 94.0
_HEIGHT = 114.0
_MOST_LABELS = 18


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity of a rep. `of`: its value, None where it is not known; `decimals` of it are shown.

    `least`: what the axis spans at least, so that nothing looks like a drift that is none.
    """

    name: str
    unit: str
    of: Callable[[Rep], float | None]
    decimals: int
    least: float
    colour: str = INK


MEASURES: Sequence[Measure] = (
    Measure("return", "s", lambda rep: rep.eccentric_s, 1, 1.0, PHASES[Phase.ECCENTRIC]),
    Measure("hold", "s", lambda rep: rep.pause_contracted_s, 1, 1.0, PHASES[Phase.PAUSE_CONTRACTED]),
    Measure("range", "m", lambda rep: rep.rom_m, 3, 0.1, PHASES[Phase.CONCENTRIC]),
    Measure("range", "°", lambda rep: rep.rom_deg, 1, 6.0, PHASES[Phase.CONCENTRIC]),
    Measure("mean force", "N", lambda rep: rep.mean_force_n, 0, 20.0),
    Measure("direction", "°", lambda rep: rep.diagonal_deg, 1, 20.0, INSIDE),
)


def shown_measures(reps: Sequence[Rep]) -> list[Measure]:
    """Return what at least one rep has; the range as an angle only where there is none along the cable."""
    found = [each for each in MEASURES if any(each.of(rep) is not None for rep in reps)]
    metres = any(each.unit == "m" for each in found)
    return [each for each in found if not (metres and each.name == "range" and each.unit == "°")]


def drift_words(measure: Measure, reps: Sequence[Rep]) -> str:
    """Say how a quantity changed over each set that is long enough."""
    said = []
    for set_number in dict.fromkeys(rep.set for rep in reps):
        change = drift([rep for rep in reps if rep.set == set_number], measure.of)
        if change is not None:
            said.append(f"set {set_number}: {number(change, measure.decimals, signed=True)} {measure.unit}")
    return ", ".join(said) or "too few reps for a drift"


def drift_drawing(measure: Measure, reps: Sequence[Rep]) -> str:
    """Return the drawing of one quantity over all sets."""
    directed = measure.name == "direction"
    xs = places(reps)
    x_unit = (_RIGHT - _LEFT) / max(1.0, xs[-1])
    points = [
        (_LEFT + (x * x_unit if xs[-1] else 0.5 * (_RIGHT - _LEFT)), value, rep)
        for x, rep in zip(xs, reps, strict=True)
        if (value := measure.of(rep)) is not None
    ]
    low, high = _limits(measure, points)
    y_of = _scale(low, high)
    parts = [
        text(_LEFT - 5, y_of(edge) + 4, number(edge, measure.decimals), text_anchor="end", fill=MUTED,
             font_size=SMALL_LETTERS)
        for edge in (low, high)
    ]  # fmt: skip
    parts += [line(_LEFT - 2, y_of(edge), _RIGHT, y_of(edge), stroke=RULE) for edge in (low, high)]
    if directed:
        top, bottom = y_of(min(high, ZONE_DEG[1])), y_of(max(low, ZONE_DEG[0]))
        parts.append(rectangle(_LEFT, top, _RIGHT - _LEFT, bottom - top, fill=ZONE, fill_opacity=0.15))
    for set_number in dict.fromkeys(rep.set for rep in reps):
        own = [each for each in points if each[2].set == set_number]
        parts += _trend(measure, own, y_of)
        if own:
            parts.append(text(own[0][0] - 3, 10, f"set {set_number}", fill=MUTED, font_size=SMALL_LETTERS))
    for x, value, rep in points:
        parts += _point(measure, x, y_of(value), rep, y_of)
    every = -(-len(points) // _MOST_LABELS)
    parts += [
        text(x, _HEIGHT - 6, rep_number(rep), text_anchor="middle", fill=MUTED, font_size=SMALL_LETTERS)
        for x, _, rep in points
        if (rep.rep - 1) % max(1, every) == 0
    ]
    said = f"{measure.name} in {measure.unit}, rep by rep; {drift_words(measure, reps)}."
    return drawing(parts, _HEIGHT, said[:1].upper() + said[1:])


def _limits(measure: Measure, points: Sequence[tuple[float, float, Rep]]) -> tuple[float, float]:
    values = [value for _, value, _ in points]
    if measure.name == "direction":
        values += [value + s * (rep.diagonal_sd_deg or 0.0) for _, value, rep in points for s in (-1.0, 1.0)]
        values += ZONE_DEG
    low, high = min(values), max(values)
    room = max(0.05 * (high - low), 0.5 * (measure.least - (high - low)))
    return low - room, high + room


def _scale(low: float, high: float) -> Callable[[float], float]:
    return lambda value: _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)


def _trend(
    measure: Measure, own: Sequence[tuple[float, float, Rep]], y_of: Callable[[float], float]
) -> list[str]:
    ends = trend([rep for _, _, rep in own], measure.of)
    if ends is None:
        return []
    return [
        line(own[0][0], y_of(ends[0]), own[-1][0], y_of(ends[1]), stroke=INK, stroke_width=1,
             stroke_dasharray="4 3", stroke_opacity=0.7)
    ]  # fmt: skip


def _point(measure: Measure, x: float, y: float, rep: Rep, y_of: Callable[[float], float]) -> list[str]:
    outside = measure.name == "direction" and rep.in_zone is False
    colour = OUTSIDE if outside else measure.colour
    parts = []
    if measure.name == "direction" and rep.diagonal_sd_deg is not None and rep.diagonal_deg is not None:
        reach = [y_of(rep.diagonal_deg + s * rep.diagonal_sd_deg) for s in (-1.0, 1.0)]
        parts.append(line(x, reach[0], x, reach[1], stroke=colour, stroke_width=1.2))
    fill = "white" if rep.quality == "suspect" else colour
    return [*parts, element("circle", cx=x, cy=y, r=3.5, fill=fill, stroke=colour)]
