"""What a simulated lifter does: one rep, and a session of sets of reps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple

from tests.gym.mounting import Quaternion, mounted
from tests.gym.profiles import Profile
from tracker.setup import Leg

Kind = Literal["full", "partial", "swung", "twitch", "held", "slow"]
Exercise = Literal["cable-kickback", "band-kickback", "quadruped-kickback", "free"]
Imu = Literal["good", "poor"]


class Pace(NamedTuple):
    """Durations (s) and size (degrees) of a kick, before the lifter's own scatter."""

    concentric_s: float
    hold_s: float
    eccentric_s: float
    amplitude_deg: float


PACES: Mapping[Kind, Pace] = MappingProxyType(
    {
        "full": Pace(1.2, 1.0, 2.0, 38.0),
        "partial": Pace(0.9, 0.6, 1.3, 17.0),
        "swung": Pace(0.45, 0.0, 0.55, 42.0),
        "twitch": Pace(0.45, 0.05, 0.5, 5.0),
        "held": Pace(1.2, 4.0, 2.0, 36.0),
        "slow": Pace(4.0, 1.0, 6.0, 36.0),
    }
)
"""What each kind of rep is when its plan says nothing else."""


@dataclass(frozen=True, slots=True)
class RepPlan:
    """One kick and the rest after it; None takes the kind's own figure from `PACES`.

    `concentric_s`, `eccentric_s`: from where the leg leaves to where it arrives, so a little longer than
    the phases of the truth, which begin and end at 5 % of peak speed. `hold_s` lies between them.
    `pause_s`: rest at the start position after the return; 0 is back to back.
    `diagonal_deg`: 0 straight back, 90 straight out to the side, for either leg. `amplitude_deg`: swing of
    the thigh. `knee_bend_deg`: bend of the knee at the peak beyond the standing leg's.
    `creep_m`: how far the ankle sags during the hold. `bounce_deg`: size of the kick back after the return.
    `pelvis_open_deg`, `lumbar_arch_deg`: of the pelvis at the peak. `weight_shift_m`: sideways, in the pause.
    """

    kind: Kind = "full"
    concentric_s: float | None = None
    hold_s: float | None = None
    eccentric_s: float | None = None
    pause_s: float = 1.0
    diagonal_deg: float = 35.0
    amplitude_deg: float | None = None
    knee_bend_deg: float = 2.0
    profile: Profile = "minimum-jerk"
    eccentric_profile: Profile | None = None
    creep_m: float = 0.004
    bounce_deg: float = 0.0
    pelvis_open_deg: float = 1.5
    lumbar_arch_deg: float = 1.5
    weight_shift_m: float = 0.0

    @property
    def is_rep(self) -> bool:
        """Whether a coach would count it."""
        return self.kind != "twitch"

    @property
    def pace(self) -> Pace:
        """The kind's durations and size, with what this plan changes."""
        own = PACES[self.kind]
        changed = {name: value for name in Pace._fields if (value := getattr(self, name)) is not None}
        return own._replace(**changed)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session: the lifter, the machine, the sensors and what happens; all else follows from `seed`.

    `cable`: whether there is a machine; None decides by the exercise (`cable-kickback` has one).
    `mounting`: shank_from_sensor as a quaternion (w, x, y, z). `scatter`: how much a lifter varies from
    rep to rep, 1 as people do, 0 exactly as planned. `wobble_deg`: soft tissue under the cuff at a leg
    speed of 1 rad/s. `hip_sway_m`: rms, of the standing lifter. `facing_deg`: where the lifter faces
    against the pulley in set 1. `unload_between_sets`: step forward to set the weight down.
    `leg_told`: whether the setup names the leg. `pulley_told`: whether it names the pulley's distance.
    """

    seed: int = 1
    exercise: Exercise = "cable-kickback"
    leg: Leg = "right"
    sets: tuple[tuple[RepPlan, ...], ...] = ((RepPlan(),) * 6,)
    calibrate: bool = True
    walk_in: bool = True
    cable: bool | None = None
    rest_s: float = 16.0
    unload_between_sets: bool = False
    announce_sets: bool = False
    target: str | None = None
    leg_told: bool = False
    pulley_told: bool = False
    leg_length_m: float = 0.85
    mass_kg: float = 15.0
    friction: float = 0.05
    stiffness_npm: float = 40_000.0
    pulley_distance_m: float = 1.1
    pulley_height_m: float = 0.2
    pulley_aside_m: float = 0.0
    imu: Imu = "good"
    imu_rate_hz: float = 208.0
    imu_rate_error: float = 0.01
    cable_rate_hz: float = 200.0
    load_rate_hz: float = 320.0
    mounting: Quaternion = mounted()
    pelvis_imu: bool = False
    scatter: float = 1.0
    wobble_deg: float = 0.5
    tremor_m: float = 0.0007
    hip_sway_m: float = 0.002
    facing_deg: float = 0.0

    @property
    def has_cable(self) -> bool:
        """Whether the ankle is on a cable, so that there are cable and load streams."""
        return self.exercise == "cable-kickback" if self.cable is None else self.cable

    @property
    def outward(self) -> float:
        """Side of the working leg along y (left): +1 for the left leg, -1 for the right."""
        return 1.0 if self.leg == "left" else -1.0

    def exact(self) -> "SessionPlan":
        """The same session by a lifter and sensors without any scatter, tremor or wobble."""
        return replace(self, scatter=0.0, wobble_deg=0.0, tremor_m=0.0, hip_sway_m=0.0)
