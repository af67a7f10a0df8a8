"""How far the knee bent in a kick, and what that does to the direction.

A knee that bends swings the shank further back than the leg went. Two things tell: the cable comes out less
than a straight leg of that swing would pull, by some 7 mm a degree; and the ankle is carried less far back,
by about as much, which its own acceleration shows where there is no cable, though not so well.

A bend that is not sure, or slight as in good form, is said of no rep. It corrects the direction in part, by
what is likely of it (the mean of a normal prior and a measurement). The rest is an error of the direction,
and all of it is where nothing tells the knee.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, hypot, radians, sqrt

from tracker.cable_line import Displacement, bent
from tracker.carried import Carried
from tracker.kick import Swing
from tracker.midline import Midline
from tracker.poses import wrapped


@dataclass(frozen=True, slots=True)
class KneeParams:
    """`least_rad`: a smaller bend is within good form. `sure`: standard deviations by which a bend must
    differ from none. `most_rad`: the largest looked for. `slight_rad`: how far a knee bends that is not found
    to bend, as a standard deviation.
    """

    least_rad: float = radians(5.0)
    sure: float = 2.0
    most_rad: float = radians(60.0)
    slight_rad: float = radians(4.0)


@dataclass(frozen=True, slots=True)
class Bend:
    """What is known of a knee: whether a bend was found, by how much and how sure (rad).

    `further_rad`: by how much the ankle went further out than the shank points; `further_sd_rad`: its error.
    """

    found: bool
    knee_rad: float
    sd_rad: float
    further_rad: float
    further_sd_rad: float


def by_cable(
    midline: Midline, swing: Swing, outwards: float, elongation_m: float, params: KneeParams | None = None
) -> Bend:
    """Return the bend of the knee that explains how far the cable came out (m)."""

    def pull_m(ankle: Displacement) -> float:
        return midline.line.pull(ankle, midline.aside_m).elongation

    sd_m = midline.elongation_sd_m(swing, outwards)
    return _explained(_Leg(midline, swing, outwards), pull_m, elongation_m, sd_m, params or KneeParams())


def by_acceleration(
    midline: Midline, swing: Swing, outwards: float, way: Carried, params: KneeParams | None = None
) -> Bend:
    """Return the bend of the knee that explains how far back the ankle was carried."""
    leg = _Leg(midline, swing, outwards)
    straight = leg.went(0.0)
    p = midline.params
    sd_m = hypot(way.sd_m, p.reach * straight.back, midline.sd_rad * straight.out, p.cable_m)
    back_m = way.along_m(midline.back_rad)
    return _explained(leg, lambda ankle: ankle.back, back_m, sd_m, params or KneeParams())


def unseen(midline: Midline, swing: Swing, outwards: float, params: KneeParams | None = None) -> Bend:
    """Return what is known of a knee that nothing tells of."""
    slight_rad = (params or KneeParams()).slight_rad
    leg = _Leg(midline, swing, outwards)
    return Bend(False, 0.0, slight_rad, 0.0, leg.further_rad(slight_rad))


_LEAST_M = 0.001
"""What a bend shows at least, however the leg goes."""


class _Leg:
    """The leg at the peak of a kick, by how its shank then leans."""

    def __init__(self, midline: Midline, swing: Swing, outwards: float) -> None:
        self._reach_m, self._tilt_rad = midline.reach_m, swing.tilt_rad
        self._out_rad = midline.out_rad(swing, outwards)

    def went(self, knee_rad: float) -> Displacement:
        """Return where the ankle went if the knee bent so far."""
        return bent(self._reach_m, self._tilt_rad, self._out_rad, knee_rad)

    def further_rad(self, knee_rad: float) -> float:
        """Return by how much the ankle then went further out than the shank points."""
        ankle = self.went(knee_rad)
        return wrapped(atan2(ankle.out, ankle.back) - self._out_rad)


def _explained(
    leg: _Leg, shown_m: Callable[[Displacement], float], measured_m: float, sd_m: float, p: KneeParams
) -> Bend:
    """Return what a measurement tells of the knee. `shown_m`: what it would be of where the ankle went."""
    straight_m = shown_m(leg.went(0.0))
    missing_m = straight_m - measured_m
    knee_rad = _solved(lambda rad: shown_m(leg.went(rad)) - measured_m, p.most_rad)
    if missing_m > p.sure * sd_m and knee_rad >= p.least_rad:
        sd_rad = sd_m * knee_rad / missing_m
        further_rad = leg.further_rad(knee_rad)
        return Bend(True, knee_rad, sd_rad, further_rad, abs(further_rad) * sd_rad / knee_rad)
    by_rad = max(_LEAST_M, straight_m - shown_m(leg.went(p.least_rad))) / p.least_rad
    sd_rad = sd_m / by_rad
    weight = p.slight_rad**2 / (p.slight_rad**2 + sd_rad**2)
    likely_rad, left_rad = weight * max(0.0, missing_m) / by_rad, p.slight_rad * sqrt(1.0 - weight)
    further_rad = leg.further_rad(likely_rad)
    further_sd_rad = abs(leg.further_rad(likely_rad + left_rad) - further_rad)
    return Bend(False, knee_rad, sd_rad, further_rad, further_sd_rad)


def _solved(falling: Callable[[float], float], most_rad: float) -> float:
    """Return where a falling function is zero between 0 and `most_rad`, by bisection; else the nearer end."""
    low, high = 0.0, most_rad
    for _ in range(30):
        middle = 0.5 * (low + high)
        if falling(middle) > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
