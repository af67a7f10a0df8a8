"""What is true of a movement's form: the tension on the leg, and how the pelvis went along."""

from dataclasses import dataclass

import numpy as np

from tests.gym.body import Body
from tests.gym.machine import Machine
from tests.gym.script import STEP_S
from tests.gym.session import SessionPlan
from tracker.blocks import FloatArray

LOST = 0.2
"""Tension below this share of the load is lost."""

BEFORE_S = 0.3
"""Of the rest before a set's first rep so much belongs to the set."""


@dataclass(frozen=True, slots=True)
class TrueForm:
    """What is true of one movement; the first three are None without a machine.

    `load_n`: median tension over the movement. `thrown`: largest departure of tension from it on the way
    out, as a share of it: above, or below after the peak. `slack_s`: how long tension was lost in the pause
    before and the return, until it was there again. `shank_deg`: how far the shank swung.
    `opened_deg`, `tilted_deg`: turn of the pelvis to the working side, and change of its inclination, from
    start to peak.
    """

    load_n: float | None
    thrown: float | None
    slack_s: float | None
    shank_deg: float
    opened_deg: float
    tilted_deg: float


def true_form(
    plan: SessionPlan,
    body: Body,
    machine: Machine | None,
    boundaries_s: tuple[float, float, float, float],
    before_s: float | None,
) -> TrueForm:
    """Return the truth of one movement; `body` as intended, `machine` as it ran.

    `boundaries_s`: concentric start, pause start, eccentric start and end. `before_s`: end of the rep before
    in the set, None for its first.
    """
    start, pause, back, end = (round(s / STEP_S) for s in boundaries_s)
    opened_deg, tilted_deg = _pelvis(plan, body.world_from_pelvis, start, pause)
    shank_deg = _between_deg(body.world_from_shank[start, :, 2], body.world_from_shank[pause, :, 2])
    if machine is None:
        return TrueForm(None, None, None, shank_deg, opened_deg, tilted_deg)
    load_n = float(np.median(machine.tension_n[start:end]))
    out = machine.tension_n[start:pause] / load_n
    peak = int(np.argmax(out))
    thrown = max(out[peak] - 1.0, 1.0 - out[peak:].min())
    before = start - round(BEFORE_S / STEP_S) if before_s is None else round(before_s / STEP_S)
    lost = machine.tension_n < LOST * load_n
    held = np.flatnonzero(~lost[back:end])
    kept = back + int(held[-1]) if len(held) else back
    slack_s = float(lost[before:start].sum() + lost[back:kept].sum()) * STEP_S
    return TrueForm(load_n, float(thrown), slack_s, shank_deg, opened_deg, tilted_deg)


def _pelvis(plan: SessionPlan, world_from_pelvis: FloatArray, start: int, peak: int) -> tuple[float, float]:
    """Facing is the pelvis's x axis; up in its frame is the last row of the rotation."""
    rest, held = world_from_pelvis[start], world_from_pelvis[peak]
    to_the_left = np.arctan2(held[1, 0], held[0, 0]) - np.arctan2(rest[1, 0], rest[0, 0])
    opened = to_the_left if plan.leg == "left" else -to_the_left
    return float(np.degrees(opened)), _between_deg(rest[2], held[2])


def _between_deg(one: FloatArray, other: FloatArray) -> float:
    return float(np.degrees(np.arccos(np.clip(one @ other, -1.0, 1.0))))
