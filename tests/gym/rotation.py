"""Rotation matrices over time: arrays (n, 3, 3) that take vectors from the right to the left frame."""

import numpy as np

from tracker.blocks import FloatArray

_ORDER = {"x": (1, 2, 0), "y": (2, 0, 1), "z": (0, 1, 2)}
"""A turn about the third takes the first towards the second."""


def about(axis: str, angle_rad: FloatArray | float) -> FloatArray:
    """Return rotations about one axis (x, y or z) by each angle."""
    a = np.atleast_1d(np.asarray(angle_rad, dtype=np.float64))
    r = np.zeros((len(a), 3, 3))
    i, j, k = _ORDER[axis]
    r[:, k, k] = 1.0
    r[:, i, i] = r[:, j, j] = np.cos(a)
    r[:, j, i] = np.sin(a)
    r[:, i, j] = -np.sin(a)
    return r


def turned_about(rotation: FloatArray, axis: str, angle_rad: FloatArray) -> FloatArray:
    """Return `rotation @ about(axis, angle_rad)`: only the columns of the two other axes change."""
    i, j, _ = _ORDER[axis]
    c, s = np.cos(angle_rad)[:, None], np.sin(angle_rad)[:, None]
    turned = rotation.copy()
    turned[:, :, i] = rotation[:, :, i] * c + rotation[:, :, j] * s
    turned[:, :, j] = rotation[:, :, j] * c - rotation[:, :, i] * s
    return turned


def tilting(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the rotations that tip z towards azimuth atan2(y, x) by the angle hypot(x, y) (rad).

    Rodrigues' formula for the axis (-y, x, 0) / hypot(x, y).
    """
    angle = np.hypot(x, y)
    safe = np.where(angle > 0.0, angle, 1.0)
    kx, ky = np.where(angle > 0.0, -y / safe, 0.0), np.where(angle > 0.0, x / safe, 1.0)
    c, s = np.cos(angle), np.sin(angle)
    v = 1.0 - c
    r = np.empty((len(angle), 3, 3))
    r[:, 0, 0], r[:, 0, 1], r[:, 0, 2] = c + kx * kx * v, kx * ky * v, ky * s
    r[:, 1, 0], r[:, 1, 1], r[:, 1, 2] = kx * ky * v, c + ky * ky * v, -kx * s
    r[:, 2, 0], r[:, 2, 1], r[:, 2, 2] = -ky * s, kx * s, c
    return r


def angular_rate(rotation: FloatArray, interval_s: float) -> FloatArray:
    """Return the angular rate (n, 3) in the right-hand frame of rotations sampled evenly.

    R(t)' R(t + dt) is the turn in dt; its skew part over dt is the rate, central about each sample.
    """
    turn = np.einsum("nji,njk->nik", rotation[:-2], rotation[2:])
    skew = np.stack(
        (turn[:, 2, 1] - turn[:, 1, 2], turn[:, 0, 2] - turn[:, 2, 0], turn[:, 1, 0] - turn[:, 0, 1]), axis=1
    )
    rate = skew / (4.0 * interval_s)
    return np.vstack((rate[:1], rate, rate[-1:]))
