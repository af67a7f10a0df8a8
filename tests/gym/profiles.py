"""How a movement is spread over its time: share of the way against share of the time, 0 to 1.

Each starts and ends without speed, and without acceleration, so that specific force has no steps.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from tracker.blocks import FloatArray

Profile = Literal["minimum-jerk", "trapezoid", "early", "late"]

RAMP = 0.25
"""Share of the time a trapezoid takes to reach its constant speed, and to lose it."""


def share_of_way(profile: Profile, share_of_time: FloatArray) -> FloatArray:
    """Return the share of the way covered; 0 before the start and 1 after the end."""
    return _SHAPES[profile](np.clip(share_of_time, 0.0, 1.0))


def _minimum_jerk(s: FloatArray) -> FloatArray:
    """Flash and Hogan 1985."""
    return s**3 * (10.0 - 15.0 * s + 6.0 * s**2)


def _trapezoid(s: FloatArray) -> FloatArray:
    """Constant speed between two eased ramps: speed 3 x^2 - 2 x^3, way x^3 - x^4 / 2."""

    def ramp(x: FloatArray) -> FloatArray:
        return RAMP * (x**3 - x**4 / 2.0)

    rising = ramp(np.minimum(s / RAMP, 1.0))
    falling = ramp(np.minimum((1.0 - s) / RAMP, 1.0))
    level = np.clip(s - RAMP, 0.0, 1.0 - 2.0 * RAMP)
    way = np.where(s <= 1.0 - RAMP, rising + level, rising + level + ramp(np.ones(1)) - falling)
    return np.asarray(way / (1.0 - RAMP), dtype=np.float64)


def _early(s: FloatArray) -> FloatArray:
    """Speed s^2 (1 - s)^4: fastest after a third of the time."""
    return 105.0 * (s**3 / 3.0 - s**4 + 1.2 * s**5 - 2.0 * s**6 / 3.0 + s**7 / 7.0)


def _late(s: FloatArray) -> FloatArray:
    return 1.0 - _early(1.0 - s)


_SHAPES: Mapping[Profile, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"minimum-jerk": _minimum_jerk, "trapezoid": _trapezoid, "early": _early, "late": _late}
)
