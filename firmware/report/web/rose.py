"""The direction of every kick, seen from above: the lifter faces up, straight back is down."""

from collections.abc import Sequence
from math import cos, radians, sin

from firmware.report.directions import directed, summary
from firmware.report.palette import INK, INSIDE, MUTED, OUTSIDE, PANEL, RULE, ZONE
from firmware.report.web.svg import SMALL_LETTERS, WIDTH, drawing, element, line, path, text
from tracker.diagonal import ZONE_DEG
from tracker.messages import Rep
from tracker.setup import Leg

_HEIGHT = 214.0
_CENTRE = (0.5 * WIDTH, 34.0)
_RADIUS = 146.0
_STEP_DEG = 3.0


def rose(reps: Sequence[Rep]) -> str:
    """Return the drawing of all reps of a session; a ray's length is the rep's range."""
    known = directed(reps)
    legs: list[Leg] = sorted({rep.leg for rep in reps if rep.leg is not None}) or ["left", "right"]
    parts = [
        path(_arc("left", 1.0, 0.0, 90.0) + _arc("right", 1.0, 90.0, 0.0), closed=True, fill=PANEL),
        path(_arc("left", 1.0, 90.0, 0.0) + _arc("right", 1.0, 0.0, 90.0), fill="none", stroke=RULE),
        path(_arc("left", 0.5, 90.0, 0.0) + _arc("right", 0.5, 0.0, 90.0), fill="none", stroke=RULE),
    ]
    for leg in legs:
        parts.append(path([_CENTRE, *_arc(leg, 1.04, *ZONE_DEG)], closed=True, fill=ZONE, fill_opacity=0.2))
        for angle in ZONE_DEG:
            x, y = _place(angle, leg, 1.15)
            parts.append(_label(x, y + 4, f"{angle:.0f}°"))
        x, y = _place(80.0, leg, 1.0)
        parts.append(_label(x, 22, f"{leg} leg"))
    straight = _place(0.0, "left", 1.0)
    parts.append(line(*_CENTRE, *straight, stroke=MUTED, stroke_dasharray="4 3"))
    parts.append(_label(straight[0], straight[1] + 14, "0°, straight back"))
    longest = max((_range(rep, known) for rep in known), default=0.0)
    for rep in known:
        parts += _ray(rep, _range(rep, known) / longest if longest > 0.0 else 1.0)
    x, y = _CENTRE
    parts.append(element("ellipse", cx=x, cy=y - 4, rx=42, ry=11, fill="#c9d1d9"))
    parts.append(element("circle", cx=x, cy=y - 5, r=13, fill=INK))
    parts.append(element("circle", cx=x, cy=y - 18, r=3, fill=INK))
    return drawing(parts, _HEIGHT, f"Directions seen from above. {'. '.join(summary(reps, known))}.")


def _range(rep: Rep, known: Sequence[Rep]) -> float:
    by_travel = all(each.rom_m is not None for each in known)
    return max(0.0, (rep.rom_m if by_travel else rep.rom_deg) or 0.0)


def _ray(rep: Rep, length: float) -> list[str]:
    """Draw one kick with its uncertainty: a disc in the zone, a square out of it, hollow where suspect."""
    assert rep.diagonal_deg is not None
    assert rep.leg is not None
    colour = OUTSIDE if rep.in_zone is False else INSIDE
    x, y = _place(rep.diagonal_deg, rep.leg, length)
    parts = []
    if rep.diagonal_sd_deg is not None:
        low, high = rep.diagonal_deg - rep.diagonal_sd_deg, rep.diagonal_deg + rep.diagonal_sd_deg
        wedge = [_CENTRE, *_arc(rep.leg, length, low, high)]
        parts.append(path(wedge, closed=True, fill=colour, fill_opacity=0.12))
    suspect = rep.quality == "suspect"
    dashes = {"stroke_dasharray": "3 2"} if suspect else {}
    parts.append(line(*_CENTRE, x, y, stroke=colour, stroke_width=1.3, **dashes))
    mark = {"fill": "white" if suspect else colour, "stroke": colour}
    if rep.in_zone is False:
        parts.append(element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, **mark))
    else:
        parts.append(element("circle", cx=x, cy=y, r=3.5, **mark))
    return parts


def _arc(leg: Leg, length: float, from_deg: float, to_deg: float) -> list[tuple[float, float]]:
    steps = max(1, round(abs(to_deg - from_deg) / _STEP_DEG))
    return [_place(from_deg + (to_deg - from_deg) * i / steps, leg, length) for i in range(steps + 1)]


def _place(diagonal_deg: float, leg: Leg, length: float) -> tuple[float, float]:
    outward = 1.0 if leg == "right" else -1.0
    angle = radians(diagonal_deg)
    return (
        _CENTRE[0] + outward * length * _RADIUS * sin(angle),
        _CENTRE[1] + length * _RADIUS * cos(angle),
    )


def _label(x: float, y: float, content: str) -> str:
    return text(x, y, content, text_anchor="middle", fill=MUTED, font_size=SMALL_LETTERS)
