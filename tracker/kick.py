"""One excursion of the leg, as the direction is taken from it: when it rested and held, and where it went."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, fsum, hypot

from tracker.load import interpolate
from tracker.messages import Rejection, RepKind
from tracker.phases import Boundaries
from tracker.poses import PoseHistory, Quaternion, rotated, up_in_sensor


@dataclass(frozen=True, slots=True)
class Kick:
    """When a leg rested, left and arrived.

    `start_s`: end of the rest before it, `rested_s` its length. `peak_s`: begin of the hold, `held_s` its
    length. `elongation_m`: cable travel between the two; None without a cable.
    """

    start_s: float
    peak_s: float
    rested_s: float = 0.0
    held_s: float = 0.0
    elongation_m: float | None = None

    MOST_RESTED_S = 0.4
    MOST_HELD_S = 0.5

    @property
    def rest(self) -> tuple[float, float]:
        """The interval that tells the start pose: long enough to average out the cuff's wobble."""
        return self.start_s - min(self.rested_s, self.MOST_RESTED_S), self.start_s

    @property
    def hold(self) -> tuple[float, float]:
        """The interval that tells the peak: its begin, since a leg sinks as it is held."""
        return self.peak_s, self.peak_s + min(self.held_s, self.MOST_HELD_S)


LEAST_KICK_S = 1.5
"""A step of walking takes less, out and back."""


def hurried(verdict: RepKind | Rejection, b: Boundaries) -> bool:
    """Whether a movement is a kick if kicks are announced: who hurries does not stand still before it."""
    slow = b.eccentric_end_s is not None and b.eccentric_end_s - b.concentric_start_s >= LEAST_KICK_S
    return verdict is Rejection.NOT_AT_REST and slow


CAUGHT_S = 0.5
"""A stack that flew hangs on the leg again so long after the leg arrived."""


def caught(kick: Kick) -> Kick | None:
    """Return a kick as of the end of its hold, when the cable tells of it again; None where it was not held
    for so long."""
    left_s = kick.held_s - CAUGHT_S
    if left_s <= 0.0:
        return None
    return replace(kick, peak_s=kick.peak_s + CAUGHT_S, held_s=left_s)


@dataclass(frozen=True, slots=True)
class Swing:
    """Displacement of the leg's long axis between rest and hold.

    `rest`: world_from_sensor at rest. `azimuth_rad`: of the ankle's level displacement in the orientation
    filter's world. `size`, `rise`: level and upward displacement as shares of the leg's length.
    """

    rest: Quaternion
    azimuth_rad: float
    size: float
    rise: float

    @property
    def tilt_rad(self) -> float:
        """The angle of the swing (rad)."""
        return atan2(self.size, 1.0 - self.rise)


def swing(poses: PoseHistory, kick: Kick) -> Swing | None:
    """Measure a kick's swing; None where samples are missing.

    The leg hangs upright in the start pose, so up in the sensor frame is its long axis there: whatever
    way round the cuff is worn, and wherever it has slipped since the last kick.
    """
    rest, hold = poses.mean(*kick.rest), poses.mean(*kick.hold)
    if rest is None or hold is None:
        return None
    x, y, z = rotated(hold, up_in_sensor(rest))
    return Swing(rest, atan2(-y, -x), hypot(x, y), 1.0 - z)


Curve = tuple[Sequence[float], Sequence[float]]


def elongation_m(kick: Kick, travel: Curve) -> float:
    """Return the difference (m) between a curve's (times, positions) means over hold and rest."""
    return _mean_m(travel, *kick.hold) - _mean_m(travel, *kick.rest)


def _mean_m(travel: Curve, start_s: float, end_s: float) -> float:
    inside = [m for t_s, m in zip(*travel, strict=True) if start_s <= t_s <= end_s]
    if not inside:
        return interpolate(travel, 0.5 * (start_s + end_s))
    return fsum(inside) / len(inside)
