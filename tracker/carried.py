"""How far a kick carried the ankle, by its own acceleration: twice integrated from rest to hold.

A shank that leans tells where a straight leg went; where its knee bent, the ankle went less far back than
that, and acceleration knows of no knee. Its errors grow with the square of time, but one way out is short,
and both its ends are known: the leg stands still there, so that what is felt is the accelerometer's bias and
the error of the inclination, and is taken out, as is the speed left at the end (zero-velocity updates: Skog
et al., "Zero-velocity detection - an algorithm evaluation", IEEE Transactions on Biomedical Engineering 57
(2010)).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, fsum, hypot, pi, sin, sqrt
from operator import mul

from tracker.kick import Kick
from tracker.poses import PoseHistory, rotated

Level = tuple[float, float]
"""The level part of a vector, in the orientation filter's world."""


@dataclass(frozen=True, slots=True)
class CarriedParams:
    """`before_s`: so much of the rest is integrated too: a phase begins at 5 % of its peak speed, and by then
    the leg has gone a little way. `arrived_s`: over so much of the hold, as long as that is and at least over
    the first, the leg has arrived on the mean, however it trembles.
    `settled_s`: so long before and after a kick the leg is still.
    `mean_s`: what a still sensor feels is the mean over so long. `steady_mps2`: a rest whose halves differ by
    more than the second still has the end of the return before it, and tells nothing; nor does a hold shorter
    than the first of `held_s`, which has the kick around it. Between the two either tells in part.
    `seen`: share of a straight leg's way that is found: the sensor sits above the ankle.
    `sd_m`, `drift_mps2`: error of the way, and how it grows with the square of the time that it took;
    `unknown_mps2`: how it grows further where the rest does not tell what is felt there, and where the hold
    does not.
    """

    before_s: float = 0.15
    arrived_s: tuple[float, float] = (0.1, 0.4)
    settled_s: float = 0.15
    mean_s: float = 0.4
    steady_mps2: tuple[float, float] = (0.1, 0.3)
    held_s: tuple[float, float] = (0.35, 0.65)
    seen: float = 0.97
    sd_m: float = 0.012
    drift_mps2: float = 0.006
    unknown_mps2: float = 0.02


@dataclass(frozen=True, slots=True)
class Carried:
    """Level displacement of the ankle (m) in the orientation filter's world, as a straight leg's would be
    found, and the error of either part."""

    x_m: float
    y_m: float
    sd_m: float

    def along_m(self, azimuth_rad: float) -> float:
        """Return how far the ankle went towards an azimuth (m)."""
        return self.x_m * cos(azimuth_rad) + self.y_m * sin(azimuth_rad)


def carried(poses: PoseHistory, kick: Kick, params: CarriedParams | None = None) -> Carried | None:
    """Return how far a kick carried the ankle; None where no forces were kept."""
    p = params or CarriedParams()
    out_s = kick.peak_s - kick.start_s
    if out_s <= 0.0:
        return None
    still_s, hold_s = kick.start_s - p.settled_s, kick.peak_s + p.settled_s
    first, last = (
        _mean(poses, still_s - k * 0.5 * p.mean_s, still_s - (k - 1) * 0.5 * p.mean_s) for k in (2, 1)
    )
    apart_mps2 = hypot(last[0] - first[0], last[1] - first[1])
    rested, held = 1.0 - _share(apart_mps2, p.steady_mps2), _share(kick.held_s, p.held_s)
    rest = _between((0.0, 0.0), _mean(poses, still_s - p.mean_s, still_s), rested)
    hold = rest
    if held > 0.0:
        hold = _between(rest, _mean(poses, hold_s, min(hold_s + p.mean_s, kick.peak_s + kick.held_s)), held)
    first_s = kick.start_s - min(kick.rested_s, p.before_s)
    last_s = kick.peak_s + min(max(kick.held_s, p.arrived_s[0]), p.arrived_s[1])
    times: list[float] = []
    pushes: tuple[list[float], list[float]] = ([], [])
    for t_s, q, force in poses.felt(first_s, last_s):
        share = _share(t_s, (kick.start_s, kick.peak_s))
        times.append(t_s)
        for axis, level in enumerate(rotated(q, force)[:2]):
            pushes[axis].append(level - rest[axis] - share * (hold[axis] - rest[axis]))
    arrived = _bell(times, kick.peak_s, last_s)
    if fsum(arrived) == 0.0:
        return None
    x_m, y_m = (_way_m(times, push, arrived) / p.seen for push in pushes)
    grows_mps2 = hypot(p.drift_mps2, p.unknown_mps2 * sqrt(2.0 - rested - held))
    return Carried(x_m, y_m, hypot(p.sd_m, grows_mps2 * out_s**2))


def _share(value: float, ends: tuple[float, float]) -> float:
    """Return how far a value lies from the first to the second of two, from 0 to 1."""
    return min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))


def _between(one: Level, other: Level, share: float) -> Level:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def _mean(poses: PoseHistory, start_s: float, end_s: float) -> Level:
    """Return the mean level force (m/s2) of an interval, zero where none was kept."""
    felt = [(t_s, rotated(q, force)) for t_s, q, force in poses.felt(start_s, end_s)]
    weights = _bell([t_s for t_s, _ in felt], start_s, end_s)
    if fsum(weights) == 0.0:
        return 0.0, 0.0
    return _weighed([f[0] for _, f in felt], weights), _weighed([f[1] for _, f in felt], weights)


def _way_m(times: list[float], pushes: list[float], arrived: list[float]) -> float:
    """Integrate an acceleration twice (trapezoids) to where the leg has arrived; what speed is left there is
    taken out evenly."""
    speeds, ways = [0.0], [0.0]
    for (a_s, a), (b_s, b) in pairwise(zip(times, pushes, strict=True)):
        speeds.append(speeds[-1] + 0.5 * (a + b) * (b_s - a_s))
        ways.append(ways[-1] + 0.5 * (speeds[-2] + speeds[-1]) * (b_s - a_s))
    took_s = _weighed(times, arrived) - times[0]
    return _weighed(ways, arrived) - 0.5 * took_s * _weighed(speeds, arrived)


def _bell(times: list[float], start_s: float, end_s: float) -> list[float]:
    """Return weights that rise and fall smoothly over an interval (Hann), so that a tremor averages out and
    no sample counts for much by lying just inside."""
    turn = 2.0 * pi / (end_s - start_s)
    return [1.0 - cos(turn * (t_s - start_s)) if start_s < t_s < end_s else 0.0 for t_s in times]


def _weighed(values: list[float], weights: list[float]) -> float:
    return fsum(map(mul, values, weights)) / fsum(weights)
