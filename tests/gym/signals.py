"""What acts on the sensors, before any of them has looked at it."""

from dataclasses import dataclass

import numpy as np

from tests.gym.machine import GRAVITY_MPS2
from tests.gym.rotation import angular_rate
from tests.gym.script import STEP_S
from tracker.blocks import FloatArray

STRIKE_LASTS_S = 0.08


@dataclass(frozen=True, slots=True)
class Signals:
    """Quantities on the script's grid, without noise, bias or limit.

    `ankle`, `pelvis`: specific force (m/s2) and angular rate (rad/s) in the axes of the sensor, (n, 6).
    `travel_m`, `tension_n`: of the stack and of the cable, (n,). None where nothing is worn or built.
    """

    ankle: FloatArray
    pelvis: FloatArray | None = None
    travel_m: FloatArray | None = None
    tension_n: FloatArray | None = None


def felt(
    position: FloatArray, world_from_sensor: FloatArray, strikes_s: list[float], rng: np.random.Generator
) -> FloatArray:
    """Return specific force (m/s2) and angular rate (rad/s) in the sensor frame, (n, 6) on the grid.

    Specific force is the second derivative of the sensor's own position minus gravity. A heel strike
    adds a short burst of shaking.
    """
    n = len(position)
    acceleration = np.zeros((n, 3))
    acceleration[1:-1] = (position[2:] - 2.0 * position[1:-1] + position[:-2]) / STEP_S**2
    grid = np.arange(n) * STEP_S
    for strike_s in strikes_s:
        first, last = np.searchsorted(grid - strike_s, (0.0, STRIKE_LASTS_S))
        since = grid[first:last] - strike_s
        ring = np.sin(2.0 * np.pi * 35.0 * since) * np.exp(-since / 0.02)
        acceleration[first:last] += ring[:, None] * rng.normal(0.0, 18.0, 3)
    acceleration[:, 2] += GRAVITY_MPS2
    force = np.einsum("nji,nj->ni", world_from_sensor, acceleration)
    return np.column_stack((force, angular_rate(world_from_sensor, STEP_S)))
