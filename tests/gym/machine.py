"""The cable machine: a low pulley, an elastic cable that can only pull, a stack on its guides."""

from dataclasses import dataclass
from math import sqrt, tanh

import numpy as np

from tests.gym.body import Body
from tests.gym.script import STEP_S, Script
from tests.gym.session import SessionPlan
from tracker.blocks import FloatArray

GRAVITY_MPS2 = 9.81

STEP_BACK_M = 0.45
"""How far the lifter steps back to tension; the plan's pulley distance is from where that ends."""

PULLEY_HEIGHT_M = 0.12
PULLEY_KG = 1.0
"""Moving inertia besides the stack; pulleys and cable weigh each other out."""

STIFFNESS_NPM = 35_000.0
DAMPING = 0.6
"""Of critical, in the cable and the cuff's give."""

FRICTION = 0.04
"""Of guides and pulleys, as a share of the stack's weight, against its movement."""

STICTION_MPS = 0.005
"""Below this speed friction fades, so that a resting stack pulls with its weight."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The stack's travel (m, 0 on its stop) and the cable's tension (N) on the script's grid."""

    travel_m: FloatArray
    tension_n: FloatArray


def demanded_travel(plan: SessionPlan, script: Script, body: Body) -> FloatArray:
    """Return how far the cable's end is pulled out (m): the travel of a stack that follows it exactly.

    Unclipped, the end hangs at the pulley; clipped on, the cable is slack until the ankle is three
    quarters of the way from where the lifter first stood to where the set begins; or to where the stack
    hangs as high at the start of a set as the plan says.
    """
    hip_stand_m = script.hip_x.values[np.argmax(script.clipped.values >= 1.0)]
    inwards_m = plan.hip_aside_m if plan.leg == "right" else -plan.hip_aside_m
    pulley = np.array([hip_stand_m + plan.pulley_distance_m - STEP_BACK_M, inwards_m, PULLEY_HEIGHT_M])
    far = np.sqrt(((body.ankle - pulley) ** 2).sum(axis=1))
    clipped = script.clipped.values
    slack_m = 0.75 * float(np.min(far[clipped >= 1.0]))
    if plan.start_travel_m is not None:
        slack_m = float(far[np.argmax(script.loaded.values >= 1.0)]) - plan.start_travel_m
    return np.asarray(np.clip((far - slack_m) * clipped, 0.0, None))


def drive(plan: SessionPlan, pulled_m: FloatArray, friction: float = FRICTION) -> Machine:
    """Return what the stack does while the cable's end is pulled out so far.

    The end's excess over the stack's travel stretches the cable; without excess the cable is slack and
    the stack flies free. Semi-implicit Euler steps, stable while step * sqrt(stiffness / mass) < 1.
    """
    weight = plan.mass_kg * GRAVITY_MPS2
    inertia = plan.mass_kg + PULLEY_KG
    damper = 2.0 * DAMPING * sqrt(STIFFNESS_NPM * inertia)
    rubbing = friction * weight
    pulled_mps = np.diff(pulled_m, prepend=pulled_m[:1]) / STEP_S
    travel: list[float] = []
    tensions: list[float] = []
    here = speed = 0.0
    for end, end_mps in zip(pulled_m.tolist(), pulled_mps.tolist(), strict=True):
        stretch = end - here
        tension = 0.0
        if stretch > 0.0:
            tension = STIFFNESS_NPM * stretch + damper * (end_mps - speed)
            if tension < 0.0:
                tension = 0.0
        if stretch > 0.0 or here > 0.0:
            speed += (tension - weight - rubbing * tanh(speed / STICTION_MPS)) / inertia * STEP_S
            here += speed * STEP_S
            if here < 0.0:
                here, speed = 0.0, max(0.0, speed)
        travel.append(here)
        tensions.append(tension)
    return Machine(np.array(travel), np.array(tensions))
