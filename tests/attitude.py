"""An ideal IMU on a known orientation, and the algebra of quaternions (w, x, y, z) that judges a filter."""

from collections.abc import Sequence

import numpy as np

from tracker.blocks import FloatArray
from tracker.orientation import Orientation

GRAVITY_MPS2 = 9.80665


def multiply(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return Hamilton's product of quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(np.asarray(left, dtype=np.float64), -1, 0)
    a, b, c, d = np.moveaxis(np.asarray(right, dtype=np.float64), -1, 0)
    return np.stack(
        (
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ),
        axis=-1,
    )


def inverse(q: FloatArray) -> FloatArray:
    """Return the inverse of unit quaternions."""
    return np.asarray(q, dtype=np.float64) * (1.0, -1.0, -1.0, -1.0)


def turned(q: FloatArray, vectors: FloatArray) -> FloatArray:
    """Return vectors (..., 3) rotated by unit quaternions."""
    v = np.asarray(vectors, dtype=np.float64)
    pure = np.concatenate((np.zeros((*v.shape[:-1], 1)), v), axis=-1)
    return multiply(multiply(q, pure), inverse(q))[..., 1:]


def turn(axis: Sequence[float] | FloatArray, angle_rad: FloatArray | float) -> FloatArray:
    """Return the rotations about one axis by each angle."""
    unit = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    half = 0.5 * np.asarray(angle_rad, dtype=np.float64)[..., None]
    return np.concatenate((np.cos(half), np.sin(half) * unit), axis=-1)


def angle_deg(q: FloatArray) -> FloatArray:
    """Return the angle of each rotation, from 0 to 180 degrees; atan2 keeps small ones exact."""
    return np.asarray(np.degrees(2.0 * np.arctan2(np.linalg.norm(q[..., 1:], axis=-1), np.abs(q[..., 0]))))


def inclination_deg(error: FloatArray) -> FloatArray:
    """Return the part of each error rotation (in the world) that no turn about the vertical explains.

    Any rotation is a turn about the vertical times a turn about a level axis by an angle b, and
    w^2 + z^2 = cos^2(b / 2), x^2 + y^2 = sin^2(b / 2) whatever the first turn is: turning about z mixes
    w with z and x with y and leaves both sums alone. BROAD (Laidig, Caruso, Cereatti, Seel 2021) defines
    inclination error as this b, 2 acos(sqrt(w^2 + z^2)); atan2 is the same and exact when b is small.
    """
    w, x, y, z = np.moveaxis(error, -1, 0)
    return np.asarray(np.degrees(2.0 * np.arctan2(np.hypot(x, y), np.hypot(w, z))))


def between_deg(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the angles between vectors; exact for small angles, where acos is not."""
    return np.asarray(
        np.degrees(
            np.arctan2(np.linalg.norm(np.cross(one, other), axis=-1), np.asarray((one * other).sum(axis=-1)))
        )
    )


def ideal_imu(
    t_s: FloatArray,
    world_from_sensor: FloatArray,
    acceleration_mps2: FloatArray | None = None,
    bias_radps: Sequence[float] | FloatArray = (0.0, 0.0, 0.0),
) -> FloatArray:
    """Return samples (n, 7: time, specific force, angular rate) of an orientation at each time.

    A sample's rate is the rotation vector since the sample before over the time between: a gyroscope
    averages so, and integrating it gives the orientation back exactly. Acceleration is in the world.
    """
    upwards = np.zeros((len(t_s), 3)) if acceleration_mps2 is None else acceleration_mps2.copy()
    upwards[:, 2] += GRAVITY_MPS2
    step = multiply(inverse(world_from_sensor[:-1]), world_from_sensor[1:])
    step = np.where(step[:, :1] < 0.0, -step, step)
    sine = np.linalg.norm(step[:, 1:], axis=1)
    angle = 2.0 * np.arctan2(sine, step[:, 0])
    # angle / sin(angle / 2) is 2 in the limit of no turn
    per_sine = np.divide(angle, sine, out=np.full_like(sine, 2.0), where=sine > 0.0)
    rate = np.zeros((len(t_s), 3))
    rate[1:] = step[:, 1:] * (per_sine / np.diff(t_s))[:, None]
    rate[0] = rate[1]
    force = turned(inverse(world_from_sensor), upwards)
    return np.column_stack((t_s, force, rate + np.asarray(bias_radps)))


def followed(samples: FloatArray, filter_: Orientation | None = None) -> tuple[FloatArray, FloatArray]:
    """Return the filter's quaternion (n, 4) and direction of up in the sensor frame (n, 3) at each sample."""
    filter_ = filter_ or Orientation()
    quaternions, ups = [], []
    for sample in samples.tolist():
        filter_.update(*sample)
        quaternions.append(filter_.quaternion)
        ups.append(filter_.gravity_up)
    return np.array(quaternions), np.array(ups)


def up_in_sensor(world_from_sensor: FloatArray) -> FloatArray:
    """Return the direction of up in the sensor frame."""
    return turned(inverse(world_from_sensor), np.tile((0.0, 0.0, 1.0), (*world_from_sensor.shape[:-1], 1)))


def tumbling(t_s: FloatArray) -> FloatArray:
    """Return an orientation that swings about all axes by up to 60 degrees at unrelated frequencies."""
    swings = [
        turn(axis, np.radians(size) * np.sin(2.0 * np.pi * hz * t_s))
        for axis, size, hz in (((0, 0, 1), 60.0, 0.31), ((0, 1, 0), 50.0, 0.47), ((1, 0, 0), 40.0, 0.83))
    ]
    return multiply(multiply(swings[0], swings[1]), swings[2])


def right_angle_mountings() -> list[FloatArray]:
    """Return the 24 rotations that carry a cube onto itself: an axis to z in six ways, four turns each."""
    quarter = 0.5 * np.pi
    faces = [turn((1, 0, 0), n * quarter) for n in range(4)] + [turn((0, 1, 0), n * quarter) for n in (1, 3)]
    return [multiply(turn((0, 0, 1), n * quarter), face) for face in faces for n in range(4)]
