"""The lifter's body: where hip, knee and ankle are, and how pelvis and shank lie, for a posture.

World: z up, x where the lifter is meant to face, origin on the floor below the working leg at its place.
Shank: x anterior, y left, z proximal, for either leg. A swing of the thigh is one turn about a horizontal
axis: by +angle about y (left) the hanging leg goes straight back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.gym.rotations import about_axis, from_rotation_vectors, turned
from tests.gym.tracks import Channel
from tracker.blocks import FloatArray

HIP_WIDTH_M = 0.18
CUFF_HEIGHT_M = 0.11
THIGH_SHARE = 0.53
"""Of the length from hip joint to cuff (segment lengths after Winter, 2009, table 4.1)."""


@dataclass(frozen=True, slots=True)
class Body:
    """`leg_length_m` from hip joint to cuff; `outward` is +1 for the left leg, -1 for the right."""

    leg_length_m: float
    outward: float

    @property
    def thigh_m(self) -> float:
        """Hip joint to knee."""
        return THIGH_SHARE * self.leg_length_m

    @property
    def shank_m(self) -> float:
        """Knee to cuff."""
        return self.leg_length_m - self.thigh_m

    @property
    def standing_y_m(self) -> float:
        """Where the pelvis is sideways when the working hip is above the origin."""
        return -self.outward * HIP_WIDTH_M / 2.0


@dataclass(frozen=True, slots=True)
class Limbs:
    """A body over time: positions of shape (n, 3) in the world, rotations of shape (n, 3, 3)."""

    pelvis: FloatArray
    hip: FloatArray
    ankle: FloatArray
    world_from_pelvis: FloatArray
    world_from_shank: FloatArray


def limbs(body: Body, pose: Mapping[Channel, FloatArray]) -> Limbs:
    """Return where the limbs are for each posture, by forward kinematics from the floor up."""
    side = body.outward
    world_from_body = about_axis(2, pose["facing"])
    body_from_pelvis = np.matmul(
        about_axis(2, side * pose["pelvis_open"]),
        np.matmul(about_axis(1, pose["pelvis_tilt"]), about_axis(0, pose["pelvis_roll"])),
    )
    world_from_pelvis = np.matmul(world_from_body, body_from_pelvis)
    pelvis = np.stack((pose["base_x"], pose["base_y"], pose["hip_z"]), axis=1)
    hip = pelvis + turned(world_from_pelvis, np.array([0.0, side * HIP_WIDTH_M / 2.0, 0.0]))
    swing = np.stack((side * pose["swing_out"], pose["swing_back"], np.zeros_like(pose["knee"])), axis=1)
    thigh_turn = np.matmul(from_rotation_vectors(swing), about_axis(2, side * pose["turn_out"]))
    world_from_thigh = np.matmul(world_from_body, thigh_turn)
    world_from_shank = np.matmul(world_from_thigh, about_axis(1, pose["knee"]))
    knee = hip + turned(world_from_thigh, np.array([0.0, 0.0, -body.thigh_m]))
    ankle = knee + turned(world_from_shank, np.array([0.0, 0.0, -body.shank_m]))
    return Limbs(pelvis, hip, ankle, world_from_pelvis, world_from_shank)
