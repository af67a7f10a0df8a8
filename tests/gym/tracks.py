"""The intended posture over time: one value per channel, moved from one pose to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tests.gym.profiles import Profile, share_of_way
from tracker.blocks import FloatArray

Channel = Literal[
    "base_x", "base_y", "hip_z", "facing",
    "pelvis_open", "pelvis_tilt", "pelvis_roll",
    "swing_back", "swing_out", "knee", "turn_out",
    "attached", "effort",
]  # fmt: skip
"""Floor position of the pelvis (m); height of the hip joints (m); facing about z (rad, to the left);
pelvis: opening to the working side, forward tilt, roll (rad); swing of the thigh back and outward (rad);
bend of the knee and outward turn of the leg about itself (rad); share of the way on which the cable's end
has come from the pulley to the ankle; how far into a kick the leg is (0 standing, 1 at the peak)."""

Pose = dict[Channel, float]


@dataclass(frozen=True, slots=True)
class _Move:
    start_s: float
    end_s: float
    to: float
    profile: Profile
    bulge: float


class Tracks:
    """Moves of every channel. Moves of one channel follow each other and never overlap."""

    def __init__(self, start: Pose) -> None:
        self._start = {channel: start.get(channel, 0.0) for channel in get_args(Channel)}
        self._moves: dict[Channel, list[_Move]] = {channel: [] for channel in self._start}

    def now(self, channel: Channel) -> float:
        """Where the channel's last move ends."""
        moves = self._moves[channel]
        return moves[-1].to if moves else self._start[channel]

    def move(
        self,
        start_s: float,
        end_s: float,
        to: Mapping[Channel, float],
        profile: Profile = "minimum-jerk",
        bulge: Mapping[Channel, float] | None = None,
    ) -> None:
        """Move channels to new values; `bulge` is how far each strays aside halfway."""
        for channel, value in to.items():
            moves = self._moves[channel]
            if start_s >= end_s or (moves and start_s < moves[-1].end_s - 1e-9):
                raise ValueError(f"{channel}: the move at {start_s:.3f} s overlaps the one before")
            moves.append(_Move(start_s, end_s, value, profile, (bulge or {}).get(channel, 0.0)))

    def sample(self, t: FloatArray) -> dict[Channel, FloatArray]:
        """Return every channel at the times `t` (s, rising)."""
        return {channel: self._channel(channel, t) for channel in self._moves}

    def _channel(self, channel: Channel, t: FloatArray) -> FloatArray:
        values = np.full(t.shape, self._start[channel])
        here = self._start[channel]
        for move in self._moves[channel]:
            first, last = np.searchsorted(t, (move.start_s, move.end_s))
            share = share_of_way(move.profile, (t[first:last] - move.start_s) / (move.end_s - move.start_s))
            values[first:last] = here + (move.to - here) * share + move.bulge * (4.0 * share * (1.0 - share))
            values[last:] = move.to
            here = move.to
        return values
