"""How far a kick pulls the cable out: the exact geometry of pulley, leg and ankle, and its inverse.

The ankle goes back, out to the side and up from where it hung; the cable leads from there to a low
pulley in front. Elongation is the change of that distance, so that it tells the kick's azimuth where the
leg's length and swing are known: by some 4 mm a degree on the diagonal, and not at all straight back.
"""

from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt
from typing import NamedTuple

THIGH_SHARE = 0.52
"""Hip joint to knee, as a share of hip joint to ankle cuff (Winter, "Biomechanics and motor control of human
movement", 2009, figure 4.1: thigh 0.245, shank 0.246 of body height to the ankle joint, cuff above)."""


class Displacement(NamedTuple):
    """Where the ankle went from the start pose, relative to the hip (m): back, outwards and up."""

    back: float
    out: float
    up: float


class Pull(NamedTuple):
    """Elongation (m), and how it changes with azimuth (m/rad), with the leg's length (m per unit of its
    logarithm) and with the distance the hip stands aside of the pulley (m/m)."""

    elongation: float
    by_azimuth: float
    by_reach: float
    by_aside: float


@dataclass(frozen=True, slots=True)
class CableLine:
    """`distance_m`: pulley to the standing ankle along the floor; hardly matters (5 cm are 0.2 degrees).
    `height_m`: of the pulley above the resting ankle.
    """

    distance_m: float = 1.3
    height_m: float = 0.05

    def pull(self, went: Displacement, aside_m: float) -> Pull:
        """Return what a displacement pulls; `aside_m`: how far outside of the pulley's line the hip is."""
        x, y, z = self.distance_m + went.back, aside_m + went.out, went.up - self.height_m
        far = sqrt(x * x + y * y + z * z)
        near = sqrt(self.distance_m**2 + aside_m**2 + self.height_m**2)
        return Pull(
            far - near,
            (y * went.back - x * went.out) / far,
            (x * went.back + y * went.out + z * went.up) / far,
            y / far - aside_m / near,
        )

    def azimuth(self, leg_m: float, size: float, rise: float, aside_m: float, elongation_m: float) -> float:
        """Return the azimuth (rad, 0 to pi, outwards of straight back) that pulls so far.

        `leg_m`, `size`, `rise`: length of the leg, and its level and upward displacement as shares of it.
        What is more than a kick straight back pulls, or less than one straight ahead, gives the nearest of
        the two. Elongation falls with azimuth from where the pulley's line passes the hip: bisection.
        """
        low, high = 0.0, pi
        for _ in range(40):
            middle = 0.5 * (low + high)
            if self.pull(displaced(leg_m, size, rise, middle), aside_m).elongation > elongation_m:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)


def displaced(leg_m: float, size: float, rise: float, azimuth_rad: float) -> Displacement:
    """Return the displacement of a straight leg's ankle; `size` and `rise` as shares of its length."""
    return Displacement(leg_m * size * cos(azimuth_rad), leg_m * size * sin(azimuth_rad), leg_m * rise)


def bent(leg_m: float, tilt_rad: float, azimuth_rad: float, knee_rad: float) -> Displacement:
    """Return the displacement of the ankle when the shank swung by `tilt_rad` towards `azimuth_rad`, of which
    the knee bent it backwards by `knee_rad` more than the thigh."""
    shank_back, out = tilt_rad * cos(azimuth_rad), tilt_rad * sin(azimuth_rad)
    thigh = _hung(leg_m * THIGH_SHARE, shank_back - knee_rad, out)
    shank = _hung(leg_m * (1.0 - THIGH_SHARE), shank_back, out)
    return Displacement(thigh.back + shank.back, thigh.out + shank.out, thigh.up + shank.up)


def _hung(length_m: float, back: float, out: float) -> Displacement:
    """Return the displacement of a segment's end that hung upright and leans by the vector (back, out)."""
    tilt = hypot(back, out)
    if tilt == 0.0:
        return Displacement(0.0, 0.0, 0.0)
    level = length_m * sin(tilt) / tilt
    return Displacement(level * back, level * out, length_m * (1.0 - cos(tilt)))
