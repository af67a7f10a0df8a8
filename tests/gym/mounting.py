"""How the cuff sits on the shank: rotations that take sensor axes to shank axes."""

from math import cos, radians, sin

import numpy as np

from tracker.blocks import FloatArray

Quaternion = tuple[float, float, float, float]
"""Unit quaternion (w, x, y, z)."""


def about(axis: tuple[float, float, float], angle_deg: float) -> Quaternion:
    """Return the turn by an angle about an axis of unit length."""
    half = radians(angle_deg) / 2.0
    return (cos(half), *(sin(half) * a for a in axis))


def product(a: Quaternion, b: Quaternion) -> Quaternion:
    """Return the rotation a after b."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def mounted(twist_deg: float = 0.0, tilt_deg: float = 0.0, upside_down: bool = False) -> Quaternion:
    """Return shank_from_sensor of a cuff.

    Twisted about the shank, then tilted forward against it; upside down turns it about its own x axis.
    """
    turned = product(about((0.0, 1.0, 0.0), tilt_deg), about((0.0, 0.0, 1.0), twist_deg))
    return product(turned, about((1.0, 0.0, 0.0), 180.0)) if upside_down else turned


def matrix(q: Quaternion) -> FloatArray:
    """Return the 3 x 3 rotation matrix of a quaternion of any length but zero."""
    w, x, y, z = np.asarray(q, dtype=np.float64) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
