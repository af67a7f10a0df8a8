"""What a simulated lifter is to do: one movement, and a session of sets of them."""

from dataclasses import dataclass
from typing import Literal

from tracker.setup import Leg

RepStyle = Literal["full", "partial", "swung", "twitch", "held", "slow"]
Waveform = Literal["minimum-jerk", "trapezoid", "early"]
SensorGrade = Literal["good", "poor"]


@dataclass(frozen=True, slots=True)
class RepPlan:
    """One movement of the leg, and the rest after it.

    `concentric_s`, `eccentric_s`: from where the leg leaves to where it arrives, a little longer than the
    phases of the truth, which begin and end at 5 % of peak speed; `hold_s` lies between them.
    `pause_s`: rest at the start position after the return. `diagonal_deg`: 0 straight back, 90 straight
    out to the side, for either leg. `amplitude_deg`: lean of the thigh. `knee_bend_deg`: at the peak.
    `pelvis_open_deg`: turn of the pelvis to the working side at the peak, about the working hip.
    `pelvis_tilt_deg`: how far it tips forward there, as when the lower back arches.
    `slack_m`: how far the ankle then returns beyond the start, towards the pulley, until the next movement.
    `bounce`: the leg swings a little back after the return.
    """

    style: RepStyle = "full"
    concentric_s: float = 1.2
    hold_s: float = 1.0
    eccentric_s: float = 2.0
    pause_s: float = 1.0
    diagonal_deg: float = 36.0
    amplitude_deg: float = 32.0
    knee_bend_deg: float = 2.0
    pelvis_open_deg: float = 3.0
    pelvis_tilt_deg: float = 2.0
    slack_m: float = 0.0
    waveform: Waveform = "minimum-jerk"
    bounce: bool = False

    @property
    def is_rep(self) -> bool:
        """Whether a coach would count it."""
        return self.style != "twitch"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session: the lifter, the machine, the sensors and what happens; all chance follows from `seed`.

    `cable`: whether there is a machine. `mounting_deg`: how the cuff is worn, as turns about the shank's
    x, y and z axes. `mass_kg`: of the stack. `rate_error`: share by which the IMU runs fast.
    `tell_leg`: whether the tracker is told the leg. `pelvis`: whether a second IMU is worn, and
    `pelvis_mounting_deg` how. `target`: tempo the lifter aims at, as the tracker is told it.
    `start_travel_m`: how high the stack hangs above its stop where the sets begin; None for far above it.

    What makes a direction hard to tell. `kick_error_deg`, `kick_scatter_deg`: how far out the calibration
    kicks go on the mean, and their scatter. `hip_aside_m`: how far outside of the pulley's line the working
    hip stands. `lean_m`: how far the hips go forward in a kick of 32 degrees. `foot_turn_deg`, `slip_deg`:
    scatter of the leg's turn about itself from rest to rest, and of what the cuff slips each time.
    `gait_turn_deg`: the leg's turn about itself while walking.
    """

    seed: int = 1
    exercise: str = "cable-kickback"
    leg: Leg = "right"
    sets: tuple[tuple[RepPlan, ...], ...] = ((RepPlan(),) * 6,)
    rest_s: float = 18.0
    calibrate: bool = True
    walk_in: bool = True
    cable: bool = True
    sensors: SensorGrade = "good"
    mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    mass_kg: float = 15.0
    leg_length_m: float = 0.85
    pulley_distance_m: float = 1.3
    ankle_hz: float = 208.0
    cable_hz: float = 200.0
    load_hz: float = 320.0
    rate_error: float = 0.01
    tell_leg: bool = False
    pelvis: bool = False
    pelvis_mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    target: str | None = None
    start_travel_m: float | None = None
    kick_error_deg: float = 0.0
    kick_scatter_deg: float = 1.5
    hip_aside_m: float = 0.0
    lean_m: float = 0.0
    foot_turn_deg: float = 0.0
    slip_deg: float = 0.0
    gait_turn_deg: float = 0.0
