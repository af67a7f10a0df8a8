"""Rotation matrices along a trajectory: arrays of shape (n, 3, 3)."""

import numpy as np

from tracker.blocks import FloatArray


def from_rotation_vectors(vectors: FloatArray) -> FloatArray:
    """Return the rotations about the vectors' directions by their lengths (rad); shape (n, 3) in.

    Rodrigues' formula, R = I + a K + b K K, with the limits of a and b at length zero.
    """
    x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
    squared = x * x + y * y + z * z
    angle = np.sqrt(squared)
    small = squared < 1e-12
    safe = np.where(small, 1.0, angle)
    a = np.where(small, 1.0 - squared / 6.0, np.sin(safe) / safe)
    b = np.where(small, 0.5 - squared / 24.0, (1.0 - np.cos(safe)) / (safe * safe))
    matrices = np.empty((len(vectors), 3, 3))
    matrices[:, 0, 0] = 1.0 - b * (y * y + z * z)
    matrices[:, 1, 1] = 1.0 - b * (x * x + z * z)
    matrices[:, 2, 2] = 1.0 - b * (x * x + y * y)
    matrices[:, 0, 1], matrices[:, 1, 0] = b * x * y - a * z, b * x * y + a * z
    matrices[:, 0, 2], matrices[:, 2, 0] = b * x * z + a * y, b * x * z - a * y
    matrices[:, 1, 2], matrices[:, 2, 1] = b * y * z - a * x, b * y * z + a * x
    return matrices


def about_axis(axis: int, angle: FloatArray) -> FloatArray:
    """Return the rotations about one coordinate axis (0, 1, 2) by angles of shape (n,)."""
    vectors = np.zeros((len(angle), 3))
    vectors[:, axis] = angle
    return from_rotation_vectors(vectors)


def turned(rotations: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return each rotation applied to a vector: one of shape (3,) for all, or (n, 3)."""
    return np.asarray(np.matmul(rotations, vectors.reshape(-1, 3, 1))[..., 0], dtype=np.float64)


def turned_back(rotations: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return each rotation's inverse applied to a vector: one of shape (3,) for all, or (n, 3)."""
    return turned(rotations.transpose(0, 2, 1), vectors)


def body_rate(rotations: FloatArray, step_s: float) -> FloatArray:
    """Return the angular rate (rad/s) in the moving frame, shape (n, 3), of rotations `step_s` apart.

    The turn from one to the next is R(k)^T R(k + 1); its axial vector has length sin(angle). The rate at a
    point is the mean of the steps before and after it, at the ends the only one there is.
    """
    steps = np.matmul(rotations[:-1].transpose(0, 2, 1), rotations[1:])
    axial = 0.5 * np.stack(
        (
            steps[:, 2, 1] - steps[:, 1, 2],
            steps[:, 0, 2] - steps[:, 2, 0],
            steps[:, 1, 0] - steps[:, 0, 1],
        ),
        axis=1,
    )
    rates = axial / step_s
    return np.concatenate((rates[:1], 0.5 * (rates[:-1] + rates[1:]), rates[-1:]))
