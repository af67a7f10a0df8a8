"""What is true of each movement, by DESIGN's definitions, from the movement as it was meant."""

from dataclasses import dataclass

import numpy as np

from tests.gym.body import Body
from tests.gym.form import TrueForm, true_form
from tests.gym.machine import Machine
from tests.gym.script import STEP_S, Intended, Script
from tests.gym.session import SessionPlan
from tracker.blocks import FloatArray

BOUNDARY = 0.05


@dataclass(frozen=True, slots=True)
class TrueMovement:
    """One movement; the cable's quantities are None where there is no cable."""

    kind: str
    is_rep: bool
    is_calibration: bool
    set: int
    concentric_start_s: float
    pause_start_s: float
    eccentric_start_s: float
    eccentric_end_s: float
    diagonal_deg: float | None
    rom_deg: float
    knee_bend_deg: float
    rom_m: float | None
    mean_velocity_mps: float | None
    peak_velocity_mps: float | None
    mean_force_n: float | None
    work_j: float | None
    form: TrueForm

    @property
    def mean_power_w(self) -> float | None:
        """Mean power over the concentric phase (W), None where there is no cable."""
        return None if self.work_j is None else self.work_j / (self.pause_start_s - self.concentric_start_s)


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a session."""

    leg: str
    movements: tuple[TrueMovement, ...]

    @property
    def reps(self) -> list[TrueMovement]:
        """The movements that are to be counted."""
        return [m for m in self.movements if m.is_rep and not m.is_calibration]


def true_movements(
    plan: SessionPlan, script: Script, body: Body, demanded_m: FloatArray | None, machine: Machine | None
) -> Truth:
    """Return the truth of a session; `body` and `demanded_m` as intended, `machine` as it ran."""
    movements: list[TrueMovement] = []
    axis = (body.hip - body.ankle) / np.linalg.norm(body.hip - body.ankle, axis=1)[:, None]
    before_s: dict[int, float] = {}
    for meant in script.movements:
        last_s = before_s.get(meant.set_number)
        movements.append(_movement(plan, body, axis, demanded_m, machine, meant, last_s))
        if meant.plan.is_rep:
            before_s[meant.set_number] = movements[-1].eccentric_end_s
    return Truth(plan.leg, tuple(movements))


def _movement(
    plan: SessionPlan,
    body: Body,
    axis: FloatArray,
    demanded_m: FloatArray | None,
    machine: Machine | None,
    meant: Intended,
    before_s: float | None,
) -> TrueMovement:
    """`axis`: direction from ankle to hip (n, 3). `before_s`: when the rep before it in the set ended."""
    first, peak, back, last = (
        round(s / STEP_S) for s in (meant.start_s, meant.peak_s, meant.return_s, meant.end_s)
    )
    if demanded_m is not None:
        out = home = demanded_m
    else:
        out, home = _angle(axis, axis[first]), _angle(axis, axis[last])
    start_s, pause_s, _ = _crossings(out, first, peak)
    return_s, end_s, _ = _crossings(-home, back, last)
    cable: dict[str, float | None] = dict.fromkeys(
        ("rom_m", "mean_velocity_mps", "peak_velocity_mps", "mean_force_n", "work_j")
    )
    if demanded_m is not None and machine is not None:
        cable = _effort(demanded_m, machine, start_s, pause_s)
    return TrueMovement(
        kind=_kind(meant),
        is_rep=meant.plan.is_rep,
        is_calibration=meant.is_calibration,
        set=meant.set_number,
        concentric_start_s=start_s,
        pause_start_s=pause_s,
        eccentric_start_s=return_s,
        eccentric_end_s=end_s,
        diagonal_deg=_diagonal(plan, body, first, peak),
        rom_deg=float(np.degrees(_angle(axis[peak : peak + 1], axis[first])[0])),
        knee_bend_deg=meant.plan.knee_bend_deg,
        form=true_form(plan, body, machine, (start_s, pause_s, return_s, end_s), before_s),
        **cable,
    )


def _kind(meant: Intended) -> str:
    if meant.plan.style == "twitch":
        return "abort"
    return "partial" if meant.plan.style == "partial" else "full"


def _crossings(progress: FloatArray, first: int, last: int) -> tuple[float, float, float]:
    """Return when the speed of progress passes 5 % of its peak on either side, and the peak."""
    speed = np.gradient(progress[first : last + 1], STEP_S)
    fastest = int(np.argmax(speed))
    threshold = BOUNDARY * speed[fastest]
    slow = np.flatnonzero(speed < threshold)
    before, after = slow[slow < fastest], slow[slow > fastest]
    i = int(before[-1]) if len(before) else 0
    j = int(after[0]) if len(after) else len(speed) - 1
    return (first + i) * STEP_S, (first + j) * STEP_S, float(speed[fastest])


def _angle(axis: FloatArray, reference: FloatArray) -> FloatArray:
    chord = np.linalg.norm(axis - reference, axis=1)
    return np.asarray(2.0 * np.arcsin(np.clip(0.5 * chord, 0.0, 1.0)))


def _diagonal(plan: SessionPlan, body: Body, first: int, peak: int) -> float | None:
    """Azimuth of the ankle's horizontal displacement relative to the hip, outwards from straight back."""
    if plan.exercise == "quadruped-kickback":
        return None
    relative = body.ankle - body.hip
    x, y, _ = relative[peak] - relative[first]
    out = -y if plan.leg == "right" else y
    return float(np.degrees(np.arctan2(out, -x)))


def _effort(
    demanded_m: FloatArray, machine: Machine, start_s: float, pause_s: float
) -> dict[str, float | None]:
    first, last = round(start_s / STEP_S), round(pause_s / STEP_S)
    travelled = float(demanded_m[last] - demanded_m[first])
    tension = machine.tension_n[first:last]
    return {
        "rom_m": travelled,
        "mean_velocity_mps": travelled / (pause_s - start_s),
        "peak_velocity_mps": float(np.max(np.gradient(demanded_m[first:last], STEP_S))),
        "mean_force_n": float(np.mean(tension)),
        "work_j": float(np.sum(tension * np.diff(machine.travel_m[first : last + 1]))),
    }
