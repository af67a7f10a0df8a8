"""The script of a session: what hip, leg and cable do over time, and when each movement is meant."""

from dataclasses import dataclass, field

import numpy as np

from tests.gym.session import RepPlan, SessionPlan, Waveform
from tests.gym.waveform import progress
from tracker.blocks import FloatArray

STEP_S = 0.001
"""Everything is computed on a grid this fine, then sampled."""


@dataclass(frozen=True, slots=True)
class Intended:
    """One movement of the leg as it was meant; times in seconds of the session."""

    plan: RepPlan
    set_number: int
    start_s: float
    peak_s: float
    return_s: float
    end_s: float
    is_calibration: bool = False


class Channel:
    """One quantity over time, made of moves."""

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)
        self.now = 0.0

    def move(self, to: float, start_s: float, seconds: float, waveform: Waveform) -> None:
        """Go from where the channel is to `to`."""
        first, last = (min(len(self.values), max(0, round(x / STEP_S))) for x in (start_s, start_s + seconds))
        share = (np.arange(float(first), float(last)) * STEP_S - start_s) / seconds
        self.values[first:last] += (to - self.now) * progress(share, waveform)
        self.values[last:] += to - self.now
        self.now = to

    def bump(self, by: float, start_s: float, seconds: float) -> None:
        """Go out and come back, once, smoothly."""
        first, last = (min(len(self.values), max(0, round(x / STEP_S))) for x in (start_s, start_s + seconds))
        share = (np.arange(float(first), float(last)) * STEP_S - start_s) / seconds
        self.values[first:last] += by * np.sin(np.pi * share) ** 2


CHANNELS = (
    "swing_x",
    "swing_y",
    "knee",
    "roll",
    "pelvis_yaw",
    "pelvis_tilt",
    "hip_x",
    "hip_y",
    "clipped",
    "loaded",
)


@dataclass(slots=True)
class Script:
    """Channels over time. Swing is the leg's lean as a vector (rad): the azimuth the ankle goes to, in the
    body's frame (x forward, y left). Hip in metres. `clipped` goes from 0 to 1 as the cable is pulled
    to the cuff, and back. `loaded` is 1 while standing at the machine under tension. `slack_rad`: how far the
    leg now hangs beyond its start pose.
    """

    duration_s: float
    swing_x: Channel = field(init=False)
    swing_y: Channel = field(init=False)
    knee: Channel = field(init=False)
    roll: Channel = field(init=False)
    pelvis_yaw: Channel = field(init=False)
    pelvis_tilt: Channel = field(init=False)
    hip_x: Channel = field(init=False)
    hip_y: Channel = field(init=False)
    clipped: Channel = field(init=False)
    loaded: Channel = field(init=False)
    heel_strikes_s: list[float] = field(default_factory=list)
    movements: list[Intended] = field(default_factory=list)
    calibrate_s: float | None = None
    slipped_rad: float = 0.0
    slack_rad: float = 0.0

    def __post_init__(self) -> None:
        n = round(self.duration_s / STEP_S)
        for name in CHANNELS:
            setattr(self, name, Channel(n))

    def cut(self, end_s: float) -> None:
        """Let the session end here."""
        for channel in (getattr(self, name) for name in CHANNELS):
            channel.values = channel.values[: round(end_s / STEP_S)]

    @property
    def t(self) -> FloatArray:
        """The grid's times (s)."""
        return np.arange(float(len(self.hip_x.values))) * STEP_S


def write_script(plan: SessionPlan, rng: np.random.Generator) -> Script:
    """Lay the whole session out in time."""
    script = Script(_longest_s(plan))
    turns = np.random.default_rng((plan.seed, 1))
    now = 1.0
    if plan.walk_in:
        now = _walk(script, plan, now, 4.0 + 2.0 * rng.random(), 1.1)
    now += 4.0 + rng.random()
    with_cable = plan.cable
    if with_cable:
        now = _clip_on(script, plan, now, rng)
    script.loaded.move(1.0, now, 0.3, "minimum-jerk")
    now += 0.8 + 0.4 * rng.random()
    if plan.calibrate:
        script.calibrate_s = now
        now += 0.5
        for _ in range(3):
            kick = RepPlan(
                diagonal_deg=rng.normal(plan.kick_error_deg, plan.kick_scatter_deg),
                amplitude_deg=rng.uniform(26.0, 33.0),
                hold_s=0.8,
            )
            now = _kick(script, plan, kick, 0, now, rng, turns, is_calibration=True)
        now += 0.8
    for number, reps in enumerate(plan.sets, start=1):
        for rep in reps:
            now = _kick(script, plan, rep, number, now, rng, turns)
            if rng.random() < 0.15:
                script.hip_y.bump(rng.uniform(-0.012, 0.012), now - 0.5 * rep.pause_s, 1.2)
        now += plan.rest_s if number < len(plan.sets) else 1.0
    script.loaded.move(0.0, now, 0.3, "minimum-jerk")
    if with_cable:
        now = _step_off(script, now)
    if plan.walk_in:
        now = _walk(script, plan, now + 0.8, 3.0, -1.1)
    script.cut(now + 1.5)
    return script


def _longest_s(plan: SessionPlan) -> float:
    kicks = sum(r.concentric_s + r.hold_s + r.eccentric_s + r.pause_s + 0.8 for s in plan.sets for r in s)
    return 50.0 + kicks + plan.rest_s * (len(plan.sets) - 1)


def _walk(script: Script, plan: SessionPlan, start_s: float, seconds: float, speed_mps: float) -> float:
    """Walk with a stride of 1.1 s: thigh and knee swing, a heel strike at the end of each swing."""
    t = script.t - start_s
    fade = np.clip(np.minimum(t, seconds - t) / 0.5, 0.0, 1.0)
    angle = 2.0 * np.pi * t / 1.1
    script.swing_x.values += 0.38 * np.sin(angle) * fade
    script.knee.values += 0.9 * np.clip(np.sin(angle + 1.1), 0.0, None) ** 2 * fade
    script.hip_x.move(script.hip_x.now + speed_mps * (seconds - 0.5), start_s, seconds, "trapezoid")
    script.roll.move(script.roll.now + np.radians(plan.gait_turn_deg), start_s - 0.4, 0.4, "minimum-jerk")
    script.roll.move(script.roll.now - np.radians(plan.gait_turn_deg), start_s + seconds, 0.4, "minimum-jerk")
    script.heel_strikes_s += [start_s + 0.33 + 1.1 * i for i in range(int(seconds / 1.1))]
    return start_s + seconds


def _clip_on(script: Script, plan: SessionPlan, now: float, rng: np.random.Generator) -> float:
    """Pull the cable to the cuff, with a slip back, and step away until the stack is lifted."""
    script.clipped.move(1.0, now, 0.6, "minimum-jerk")
    script.swing_x.bump(0.25, now, 1.2)
    script.clipped.move(0.8, now + 0.75, 0.25, "minimum-jerk")
    script.clipped.move(1.0, now + 1.05, 0.4, "minimum-jerk")
    now += 1.6
    steps = 3
    for _ in range(steps):
        script.hip_x.move(script.hip_x.now - 0.45 / steps, now, 0.5, "minimum-jerk")
        script.swing_x.bump(rng.uniform(-0.2, -0.1), now, 0.5)
        script.heel_strikes_s.append(now + 0.45)
        now += 0.55
    return now


def _step_off(script: Script, now: float) -> float:
    script.hip_x.move(script.hip_x.now + 0.45, now, 0.9, "minimum-jerk")
    script.swing_x.bump(0.2, now, 0.8)
    script.clipped.move(0.0, now + 1.4, 0.25, "minimum-jerk")
    return now + 2.0


def _kick(
    script: Script,
    plan: SessionPlan,
    rep: RepPlan,
    set_number: int,
    now: float,
    rng: np.random.Generator,
    turns: np.random.Generator,
    *,
    is_calibration: bool = False,
) -> float:
    """One movement out, held, and back to a start pose that is never quite the same."""
    outwards = -1.0 if plan.leg == "right" else 1.0
    azimuth = np.pi - outwards * np.radians(rep.diagonal_deg)
    size = np.radians(rep.amplitude_deg)
    peak_s = now + rep.concentric_s
    return_s = peak_s + rep.hold_s
    end_s = return_s + rep.eccentric_s
    creep = 1.0 - 0.02 * rep.hold_s / 5.0
    lean = (np.cos(azimuth), np.sin(azimuth))
    beyond = script.slack_rad
    script.slack_rad = rep.slack_m / plan.leg_length_m
    scatter = (rng.normal(0.0, 0.01) + script.slack_rad, rng.normal(0.0, 0.008))
    curve = rng.normal(0.0, 0.03)
    for axis, channel in enumerate((script.swing_x, script.swing_y)):
        channel.move(
            channel.now - (beyond, 0.0)[axis] + size * lean[axis], now, rep.concentric_s, rep.waveform
        )
        channel.bump(curve * (-lean[1], lean[0])[axis], now, rep.concentric_s)
        if rep.hold_s > 0.4:
            channel.move(channel.now * creep, peak_s, rep.hold_s, "minimum-jerk")
        channel.move(scatter[axis], return_s, rep.eccentric_s, rep.waveform)
        if rep.bounce:
            channel.bump(0.12 * size * lean[axis], end_s + 0.02, 0.35)
    script.knee.move(np.radians(rep.knee_bend_deg), now, rep.concentric_s, "minimum-jerk")
    script.pelvis_yaw.move(outwards * np.radians(rep.pelvis_open_deg), now, rep.concentric_s, rep.waveform)
    script.pelvis_yaw.move(0.0, return_s, rep.eccentric_s, rep.waveform)
    script.pelvis_tilt.move(np.radians(rep.pelvis_tilt_deg), now, rep.concentric_s, rep.waveform)
    script.pelvis_tilt.move(0.0, return_s, rep.eccentric_s, rep.waveform)
    script.knee.move(np.radians(2.0), return_s, rep.eccentric_s, "minimum-jerk")
    script.slipped_rad += np.radians(turns.normal(0.0, plan.slip_deg))
    at_peak = script.slipped_rad + rng.normal(0.0, 0.2) * size
    at_rest = script.slipped_rad + rng.normal(0.0, 0.02) + np.radians(turns.normal(0.0, plan.foot_turn_deg))
    script.roll.move(at_peak, now, rep.concentric_s, "minimum-jerk")
    script.roll.move(at_rest, return_s, rep.eccentric_s, "minimum-jerk")
    lean_m = plan.lean_m * rep.amplitude_deg / 32.0
    script.hip_x.move(script.hip_x.now + lean_m, now, rep.concentric_s, rep.waveform)
    script.hip_x.move(script.hip_x.now - lean_m, return_s, rep.eccentric_s, rep.waveform)
    script.movements.append(Intended(rep, set_number, now, peak_s, return_s, end_s, is_calibration))
    return end_s + rep.pause_s + (0.4 if rep.bounce else 0.0)
