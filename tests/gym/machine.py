"""The cable machine: a low pulley, an elastic cable that can only pull, a stack on its guides."""

from dataclasses import dataclass
from math import sqrt, tanh

import numpy as np

from tracker.blocks import FloatArray

GRAVITY_MPS2 = 9.81


def distance(points: FloatArray, pulley: FloatArray) -> FloatArray:
    """Return how far points of shape (n, 3) are from the pulley (m)."""
    return np.asarray(np.sqrt(((points - pulley) ** 2).sum(axis=1)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Machine:
    """`mass_kg`: the stack. `moving_kg`: pulleys and cable, which have inertia but whose weight is balanced.

    `friction`: of guides and pulleys, as a share of the weight, against the movement. `stiffness_npm` and
    `damping` (of critical): the cable and the cuff's give. `rebound`: share of speed kept on landing.
    """

    mass_kg: float
    moving_kg: float = 1.0
    friction: float = 0.05
    stiffness_npm: float = 40_000.0
    damping: float = 0.35
    rebound: float = 0.1


@dataclass(frozen=True, slots=True)
class StackMotion:
    """Travel of the stack (m, 0 on its stop), cable tension (N), landings as (index, speed in m/s)."""

    travel_m: FloatArray
    tension_n: FloatArray
    landings: tuple[tuple[int, float], ...]


STICTION_MPS = 0.005
"""Below this speed friction fades, so that a resting stack pulls with its weight."""

LANDING_MPS = 0.1


def drive(machine: Machine, pulled_m: FloatArray, step_s: float) -> StackMotion:
    """Return what the stack does while the cable's end is `pulled_m` away from its stop.

    The end's excess over the stack's travel stretches the cable; without excess the cable is slack and
    the stack flies free. Semi-implicit Euler steps; stable while step * sqrt(stiffness / mass) < 1.
    """
    weight = machine.mass_kg * GRAVITY_MPS2
    inertia = machine.mass_kg + machine.moving_kg
    damper = 2.0 * machine.damping * sqrt(machine.stiffness_npm * inertia)
    if step_s * sqrt(machine.stiffness_npm / inertia) > 0.5:
        raise ValueError("the cable is too stiff for this step")
    travel: list[float] = []
    tensions: list[float] = []
    landings: list[tuple[int, float]] = []
    here = speed = 0.0
    pulled = pulled_m.tolist()
    before = pulled[0]
    for index, end in enumerate(pulled):
        stretch = end - here
        tension = 0.0
        if stretch > 0.0:
            closing = (end - before) / step_s - speed
            tension = max(0.0, machine.stiffness_npm * stretch + damper * closing)
        before = end
        rubbing = machine.friction * weight * tanh(speed / STICTION_MPS)
        speed += (tension - weight - rubbing) / inertia * step_s
        here += speed * step_s
        if here < 0.0:
            if speed < -LANDING_MPS:
                landings.append((index, -speed))
            here, speed = 0.0, max(0.0, -machine.rebound * speed - 0.01)
        travel.append(here)
        tensions.append(tension)
    return StackMotion(np.array(travel), np.array(tensions), tuple(landings))
