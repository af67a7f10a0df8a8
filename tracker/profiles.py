"""Exercise profiles: what a movement is measured by, and how small a rep can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians
from typing import Literal

InertialProgress = Literal["tilt", "lift"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One exercise.

    `uses_cable`: progress is cable travel whenever a cable stream is there.
    `inertial_progress`: progress from the ankle IMU alone. `tilt`: swing of the leg away from its
    start pose, for exercises that start with the shank's pose known; `lift`: height of the ankle,
    for any movement against gravity.
    `standing`: the leg hangs upright at the start, so that gravity tells its long axis.
    `claims_direction`: whether a diagonal is defined for it.
    `slow_return`: whether a slow return and a pause at the peak belong to it even without a target tempo.
    `least_travel_m`, `least_tilt_rad`, `least_lift_m`: the smallest range that counts as a rep while
    the lifter's own range is unknown (cable travel, swing, ankle height). Larger values reject more
    positioning movements and more short reps.
    `leg_length_m`: hip joint to ankle cuff when nobody measured it.
    """

    title: str
    uses_cable: bool
    inertial_progress: InertialProgress
    standing: bool
    claims_direction: bool
    slow_return: bool
    least_travel_m: float = 0.12
    least_tilt_rad: float = radians(9.0)
    least_lift_m: float = 0.04
    leg_length_m: float = 0.85

    @property
    def lies(self) -> bool:
        """Whether the leg is known to lie across gravity at the start."""
        return self.inertial_progress == "tilt" and not self.standing


PROFILES: Mapping[str, Profile] = {
    "cable-kickback": Profile(
        title="glute medius kickback at the low pulley",
        uses_cable=True,
        inertial_progress="tilt",
        standing=True,
        claims_direction=True,
        slow_return=True,
    ),
    "band-kickback": Profile(
        title="standing kickback against a loop band",
        uses_cable=False,
        inertial_progress="tilt",
        standing=True,
        claims_direction=True,
        slow_return=True,
    ),
    "quadruped-kickback": Profile(
        title="kickback on hands and knees against a band",
        uses_cable=False,
        inertial_progress="tilt",
        standing=False,
        claims_direction=False,
        slow_return=True,
    ),
    "free": Profile(
        title="any movement: reps and phases from whatever is measured",
        uses_cable=True,
        inertial_progress="lift",
        standing=False,
        claims_direction=False,
        slow_return=False,
        least_travel_m=0.15,
    ),
}


def profile_named(name: str) -> Profile:
    """Return the profile; raise ValueError naming the known ones."""
    try:
        return PROFILES[name]
    except KeyError:
        raise ValueError(f"unknown exercise '{name}'; known are {', '.join(PROFILES)}") from None
