"""How far the knee bent in a kick, from cable travel against the shank's swing.

A knee that bends swings the shank further back than the leg went: the cable comes out less than a straight
leg of that swing would pull, by some 7 mm a degree. What it takes to explain the cable is the bend.
"""

from dataclasses import dataclass
from math import atan2, radians

from tracker.cable_line import Displacement, bent
from tracker.kick import Swing
from tracker.midline import Midline


@dataclass(frozen=True, slots=True)
class KneeParams:
    """`least_rad`: a smaller bend is within good form, and correcting it adds more error than it removes.
    `sure`: standard deviations by which a bend must differ from none. `most_rad`: the largest looked for.
    """

    least_rad: float = radians(5.0)
    sure: float = 2.0
    most_rad: float = radians(60.0)


@dataclass(frozen=True, slots=True)
class Bend:
    """A bent knee: by how much, how sure, and the azimuth with it allowed for (rad, outwards) and its
    error."""

    knee_rad: float
    sd_rad: float
    out_rad: float
    out_sd_rad: float


def bend(
    midline: Midline, swing: Swing, outwards: float, elongation_m: float, params: KneeParams | None = None
) -> Bend | None:
    """Return the bend of the knee that explains the cable, None where it is small or not sure."""
    p = params or KneeParams()
    out_rad = midline.out_rad(swing, outwards)
    sd_m = midline.elongation_sd_m(swing, outwards)

    def went(knee_rad: float) -> Displacement:
        return bent(midline.reach_m, swing.tilt_rad, out_rad, knee_rad)

    def pull_m(knee_rad: float) -> float:
        return midline.line.pull(went(knee_rad), midline.aside_m).elongation

    straight_m = pull_m(0.0)
    if straight_m - elongation_m <= p.sure * sd_m:
        return None
    low, high = 0.0, p.most_rad
    for _ in range(30):
        middle = 0.5 * (low + high)
        if pull_m(middle) > elongation_m:
            low = middle
        else:
            high = middle
    knee_rad = 0.5 * (low + high)
    if knee_rad < p.least_rad:
        return None
    ankle = went(knee_rad)
    sd_rad = sd_m * knee_rad / (straight_m - elongation_m)
    corrected_rad = atan2(ankle.out, ankle.back)
    return Bend(knee_rad, sd_rad, corrected_rad, abs(corrected_rad - out_rad) * sd_rad / knee_rad)
