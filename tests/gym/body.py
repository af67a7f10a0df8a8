"""The body over time: hip, knee and ankle of the working leg, the shank's and the pelvis's orientation."""

from dataclasses import dataclass

import numpy as np

from tests.gym.noise import band, wander
from tests.gym.rotation import about, tilting, turned_about
from tests.gym.script import STEP_S, Script
from tests.gym.session import SessionPlan
from tracker.blocks import FloatArray

THIGH_SHARE = 0.52
HIP_HEIGHT_M = 0.95
QUADRUPED_LEAN_RAD = np.radians(80.0)

SWAY_M = 0.003
"""Root mean square, of the hip of a lifter on one leg."""

TREMOR_RAD = 0.0002
"""About 0.4 m/s2 rms at the ankle: a leg that tires."""

WOBBLE_RAD = 0.006
"""Of the cuff on soft tissue while the leg moves."""

PELVIS_WOBBLE_RAD = 0.008
"""Of a sensor on the lower back, below 2 Hz, while the lifter stands at the machine."""


@dataclass(frozen=True, slots=True)
class Body:
    """Positions (n, 3) in metres and orientations (n, 3, 3) in the world, on the script's grid."""

    hip: FloatArray
    ankle: FloatArray
    world_from_shank: FloatArray
    world_from_pelvis: FloatArray


def intended_body(plan: SessionPlan, script: Script) -> Body:
    """Return the body as it was meant to move: no sway, no tremor, no wobble."""
    n = len(script.t)
    still = np.zeros(n)
    return _body(plan, script, (still, still), (still, still), np.zeros((n, 3)), np.zeros((n, 3)))


def real_body(plan: SessionPlan, script: Script, rng: np.random.Generator) -> Body:
    """Return the body as it moves: hips sway, the lifted leg trembles, the cuff wobbles as the leg moves."""
    n, rate = len(script.t), 1.0 / STEP_S
    loaded = script.loaded.values
    x, y = script.swing_x.values, script.swing_y.values
    lifted = loaded * np.clip(np.hypot(x, y) / 0.3, 0.05, 1.0)
    moving = loaded * np.clip(np.hypot(np.gradient(x, STEP_S), np.gradient(y, STEP_S)) / 0.5, 0.05, 1.0)
    sway = (wander(rng, n, rate, 0.5, SWAY_M) * loaded, wander(rng, n, rate, 0.5, SWAY_M) * loaded)
    tremor = (
        band(rng, n, rate, 6.0, 10.0, TREMOR_RAD) * lifted,
        band(rng, n, rate, 6.0, 10.0, TREMOR_RAD) * lifted,
    )
    wobble = np.column_stack([wander(rng, n, rate, 4.0, WOBBLE_RAD) * moving for _ in range(3)])
    shaken = np.zeros((n, 3))
    if plan.pelvis:
        own = np.random.default_rng((plan.seed, 2))
        shaken = np.column_stack([wander(own, n, rate, 2.0, PELVIS_WOBBLE_RAD) * loaded for _ in range(3)])
    return _body(plan, script, sway, tremor, wobble, shaken)


def _body(
    plan: SessionPlan,
    script: Script,
    sway: tuple[FloatArray, FloatArray],
    tremor: tuple[FloatArray, FloatArray],
    wobble: FloatArray,
    shaken: FloatArray,
) -> Body:
    n = len(script.t)
    x, y = script.swing_x.values + tremor[0], script.swing_y.values + tremor[1]
    thigh, shank = tilting(-x, -y), tilting(-x + script.knee.values, -y)
    if plan.exercise == "quadruped-kickback":
        posture = about("y", QUADRUPED_LEAN_RAD)
        thigh, shank = np.matmul(posture, thigh), np.matmul(posture, shank)
    shank = turned_about(shank, "z", script.roll.values)
    hip = np.column_stack(
        (script.hip_x.values + sway[0], script.hip_y.values + sway[1], np.full(n, HIP_HEIGHT_M))
    )
    length = plan.leg_length_m
    ankle = hip - THIGH_SHARE * length * thigh[:, :, 2] - (1.0 - THIGH_SHARE) * length * shank[:, :, 2]
    for axis, name in enumerate("xyz"):
        if wobble[:, axis].any():
            shank = turned_about(shank, name, wobble[:, axis])
    pelvis = turned_about(about("z", script.pelvis_yaw.values), "y", script.pelvis_tilt.values)
    pelvis = turned_about(pelvis, "x", 0.3 * sway[1])
    if shaken.any():
        for axis, name in enumerate("xyz"):
            pelvis = turned_about(pelvis, name, shaken[:, axis])
    return Body(hip, ankle, shank, pelvis)
