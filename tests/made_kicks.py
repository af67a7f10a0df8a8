"""A leg that kicks, made of rotations as plain quaternions (w, x, y, z), and one that walks."""

from math import cos, radians, sin

import numpy as np

from tracker.blocks import FloatArray
from tracker.poses import Quaternion
from tracker.setup import Leg

REST: Quaternion = (1.0, 0.0, 0.0, 0.0)


def times(a: Quaternion, b: Quaternion) -> Quaternion:
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def turn(x: float, y: float, z: float, angle_deg: float) -> Quaternion:
    half = radians(angle_deg) / 2.0
    return (cos(half), x * sin(half), y * sin(half), z * sin(half))


def kicked(diagonal_deg: float, swing_deg: float, leg: Leg) -> Quaternion:
    """Return the shank's orientation at the peak of a kick; it hangs upright at rest.

    Facing x with y left, straight back is azimuth 180. Outwards is to the right (-y) for the right
    leg, so azimuth 180 + diagonal; for the left leg 180 - diagonal. A leg that hangs from the hip
    goes to azimuth A when it turns about the level axis A - 90 by a negative angle: turning about y
    (A = 180) by +swing carries the lower end (-z) towards -x.
    """
    azimuth = 180.0 + (diagonal_deg if leg == "right" else -diagonal_deg)
    axis = radians(azimuth - 90.0)
    return turn(cos(axis), sin(axis), 0.0, swing_deg)


def stride(t: FloatArray, size: float = 1.0) -> FloatArray:
    """Return the shank's angular rate (rad/s) about its own axes x forwards, y left, z up, in gait.

    A foot that swings forwards turns the shank about left by a negative angle: fast for 0.4 s of a stride
    of 1.1 s, then slowly back while it stands; the two cancel. It rolls and turns a little as well.
    """
    beat = t % 1.1
    swing = np.where(beat < 0.4, -np.sin(np.pi * beat / 0.4) / 0.4, np.sin(np.pi * (beat - 0.4) / 0.7) / 0.7)
    roll, yaw = 0.4 * np.sin(4.0 * np.pi * t / 1.1), 0.6 * np.sin(2.0 * np.pi * t / 1.1 + 1.0)
    return size * np.column_stack((roll, 2.0 * swing, yaw))
