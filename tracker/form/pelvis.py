"""`hips_open` and `back_arched`: the pelvis went along with the leg. Only a sensor on the pelvis tells."""

from dataclasses import dataclass
from math import degrees

from tracker.form.fault import FormFault, beyond
from tracker.kick import Kick
from tracker.poses import PoseHistory, turned_rad, up_in_sensor
from tracker.progress import angle_between
from tracker.setup import Leg


@dataclass(frozen=True, slots=True)
class PelvisLimits:
    """`turned_deg`, `tilted_deg`: how far a pelvis may turn about the vertical, and tilt, with the kick.
    `large_deg`: where either is large: twice that, when half of the kick comes out of the back.
    """

    turned_deg: float = 8.0
    tilted_deg: float = 8.0
    large_deg: float = 16.0


@dataclass(frozen=True, slots=True)
class PelvisMotion:
    """How the pelvis moved from the rest before a kick to its peak (degrees), if by the end of the kick it
    was back: so the gyroscope's own turning about the vertical, which nothing else tells, is taken out.

    `opened_deg`: turn about the vertical towards the working side, as when that hip goes back; either way
    round where the leg is not known. `tilted_deg`: change of inclination, either way.
    """

    opened_deg: float
    tilted_deg: float


BACK_S = 0.15
"""Of the time after a kick this much, as far as it is known by then, tells where the pelvis came back to."""


def pelvis_motion(
    poses: PoseHistory, kick: Kick, end_s: float | None, leg: Leg | None
) -> PelvisMotion | None:
    """Measure the pelvis between rest and hold; None where samples are missing, nothing is worn, or the end
    of the kick was not seen.

    `poses`: of a sensor on the pelvis, however it is mounted.
    """
    if end_s is None or poses.broken_s(kick.rest[0], end_s) > 0.0:
        return None
    rest, hold, back = poses.mean(*kick.rest), poses.mean(*kick.hold), poses.mean(end_s, end_s + BACK_S)
    if rest is None or hold is None or back is None:
        return None
    drift_radps = turned_rad(back, rest) / (end_s + 0.5 * BACK_S - _middle(kick.rest))
    held_for_s = _middle(kick.hold) - _middle(kick.rest)
    to_the_left_deg = degrees(turned_rad(hold, rest) - drift_radps * held_for_s)
    opened_deg = {"left": to_the_left_deg, "right": -to_the_left_deg, None: abs(to_the_left_deg)}[leg]
    return PelvisMotion(opened_deg, degrees(angle_between(up_in_sensor(rest), up_in_sensor(hold))))


def _middle(interval: tuple[float, float]) -> float:
    return 0.5 * (interval[0] + interval[1])


def hips_open(motion: PelvisMotion, limits: PelvisLimits | None = None) -> FormFault | None:
    """Return the fault of hips that do not stay square to the machine."""
    p = limits or PelvisLimits()
    return beyond("hips_open", motion.opened_deg, p.turned_deg, p.large_deg)


def back_arched(motion: PelvisMotion, limits: PelvisLimits | None = None) -> FormFault | None:
    """Return the fault of a pelvis that tilts, and takes the lower back with it."""
    p = limits or PelvisLimits()
    return beyond("back_arched", motion.tilted_deg, p.tilted_deg, p.large_deg)
